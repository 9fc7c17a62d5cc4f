// What the planner and the kernel generator ask about a bound expression.

import { sameUnconstrained } from '../data/types.ts';
import type { BoundExpr } from './bound.ts';
import { findCast } from './functions/casts.ts';
import { functionByKey } from './functions/table.ts';
import { childrenOf } from './tree.ts';

/** Can computing it raise an error for some row? Such an expression never moves below a filter or out of a CASE arm. */
export function canFail(expr: BoundExpr): boolean {
  return ownFailure(expr) || childrenOf(expr).some(canFail);
}

function ownFailure(expr: BoundExpr): boolean {
  if (expr.kind === 'call') return functionByKey(expr.fn).fails;
  if (expr.kind !== 'cast') return false;
  const from = expr.arg.type.kind;
  if (expr.type.kind === 'numeric' && expr.type.precision !== undefined) return true;
  const same = sameUnconstrained(expr.arg.type, expr.type) && expr.type.kind !== 'array';
  return !same && findCast(from, expr.type.kind)!.fails;
}

/** Does it read any column? */
export function isConstant(expr: BoundExpr): boolean {
  return expr.kind !== 'column' && childrenOf(expr).every(isConstant);
}

/** The columns that it reads, ascending. */
export function columnsOf(expr: BoundExpr): readonly number[] {
  const found = new Set<number>();
  const visit = (e: BoundExpr): void => {
    if (e.kind === 'column' && e.outer === undefined) found.add(e.index);
    childrenOf(e).forEach(visit);
  };
  visit(expr);
  return [...found].sort((a, b) => a - b);
}
