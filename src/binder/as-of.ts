// ASOF JOIN: each row of the left side with the one row of the right side that is nearest to it in an order. ON compares keys for
// equality and has one inequality, which says what is near: `a.ts >= b.ts` takes the latest b that is not after a.

import type { TextSpan } from '../errors.ts';
import { bindLogic } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { replaceColumns } from '../expr/columns.ts';
import { equalityOf } from '../expr/equality.ts';
import { columnsOf } from '../expr/properties.ts';
import { sameUnconstrained } from '../data/types.ts';
import type { Join } from '../sql/ast.ts';
import type { Nearest } from './bound.ts';
import { invalidQuery, unsupported } from './fail.ts';

const HINT =
  'write the keys and one inequality: a ASOF JOIN b ON a.k = b.k AND a.ts >= b.ts; other conditions belong into WHERE';

export function refuseAsOfForm({ type, condition, right }: Join): void {
  if (type === 'right' || type === 'full')
    throw unsupported(
      `ASOF ${type.toUpperCase()} JOIN`,
      right.span,
      'ASOF JOIN and ASOF LEFT JOIN are there',
    );
  if (condition?.kind !== 'on') throw invalidQuery('ASOF JOIN needs a condition', right.span, HINT);
}

/** The parts of ON: equalities, and what is nearest. Over both rows side by side, the left one `width` columns wide. */
export function splitAsOf(
  on: BoundExpr,
  width: number,
  span: TextSpan,
): { readonly equal: BoundExpr | null; readonly nearest: Nearest } {
  const parts = on.kind === 'and' ? on.args : [on];
  const equal = parts.filter((part) => equalityOf(part, width) !== null);
  const rest = parts.filter((part) => equalityOf(part, width) === null);
  const nearest = rest.length === 1 ? nearestOf(rest[0]!, width) : null;
  if (nearest === null) {
    const many = rest.length > 1 ? rest[1]!.span : rest[0]?.span;
    throw invalidQuery('ON of an ASOF JOIN has one inequality beside its equalities', many ?? span, HINT);
  }
  return { equal: equal.length < 2 ? (equal[0] ?? null) : bindLogic('and', equal), nearest };
}

const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function nearestOf(part: BoundExpr, width: number): Nearest | null {
  if (part.kind !== 'call' || part.args.length !== 2) return null;
  const operator = part.fn.slice(0, part.fn.lastIndexOf('('));
  const [a, b] = part.args as [BoundExpr, BoundExpr];
  if (!(operator in TURNED) || !sameUnconstrained(a.type, b.type)) return null;
  const isLeft = (expr: BoundExpr): boolean => reads(expr, (column) => column < width);
  const isRight = (expr: BoundExpr): boolean => reads(expr, (column) => column >= width);
  const over = (left: BoundExpr, right: BoundExpr, op: string): Nearest => ({
    left,
    right: replaceColumns(right, (index, column) => ({ ...column, index: index - width }) as BoundExpr),
    before: op.startsWith('>'),
    inclusive: op.endsWith('='),
  });
  if (isLeft(a) && isRight(b)) return over(a, b, operator);
  return isLeft(b) && isRight(a) ? over(b, a, TURNED[operator]!) : null;
}

function reads(expr: BoundExpr, which: (column: number) => boolean): boolean {
  const columns = columnsOf(expr);
  return columns.length > 0 && columns.every(which);
}
