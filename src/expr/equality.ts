// Which conditions are equalities between two rows that stand side by side: the keys of joins.

import { sameUnconstrained } from '../data/types.ts';
import type { BoundExpr } from './bound.ts';
import { replaceColumns } from './columns.ts';
import { columnsOf } from './properties.ts';

/** `left = right`, each over its own row. */
export interface Equality {
  readonly left: BoundExpr;
  readonly right: BoundExpr;
  /** IS NOT DISTINCT FROM: NULL equals NULL. */
  readonly nullSafe: boolean;
}

/** The equality that a condition is, or null. Both sides have one type, so that equal values have equal keys. */
export function equalityOf(condition: BoundExpr, width: number): Equality | null {
  if (condition.kind !== 'call' || condition.args.length !== 2) return null;
  const name = condition.fn.slice(0, condition.fn.lastIndexOf('('));
  const nullSafe = name === 'is not distinct from';
  if (name !== '=' && !nullSafe) return null;
  const [a, b] = condition.args as [BoundExpr, BoundExpr];
  if (!sameUnconstrained(a.type, b.type)) return null;
  if (isOnly(a, width, true) && isOnly(b, width, false)) return { left: a, right: shift(b, width), nullSafe };
  if (isOnly(b, width, true) && isOnly(a, width, false)) return { left: b, right: shift(a, width), nullSafe };
  return null;
}

function isOnly(expr: BoundExpr, width: number, left: boolean): boolean {
  const reads = columnsOf(expr);
  return reads.length > 0 && reads.every((index) => index < width === left);
}

function shift(expr: BoundExpr, by: number): BoundExpr {
  return replaceColumns(expr, (index, column) => ({ ...column, index: index - by }) as BoundExpr);
}
