// Columns of the queries around a subquery, in its expressions: which there are, and other expressions in their place.

import type { BoundExpr, ColumnExpr } from './bound.ts';
import { childrenOf, mapChildren } from './tree.ts';

/** Does it read a column of the query right around? */
export function readsOuter(expr: BoundExpr): boolean {
  if (expr.kind === 'column') return expr.outer === 1;
  return childrenOf(expr).some(readsOuter);
}

/** Which column of its own row it is; undefined: none. */
export function ownColumn(expr: BoundExpr): number | undefined {
  return expr.kind === 'column' && expr.outer === undefined ? expr.index : undefined;
}

/** The columns of the query right around that it reads, in the order of the text. */
export function outerColumnsOf(expr: BoundExpr): readonly ColumnExpr[] {
  if (expr.kind === 'column') return expr.outer === 1 ? [expr] : [];
  return childrenOf(expr).flatMap(outerColumnsOf);
}

/** As it reads from `by` subqueries further in (or out, below 0). */
export function raised(expr: BoundExpr, by: number): BoundExpr {
  if (expr.kind !== 'column') return mapChildren(expr, (child) => raised(child, by));
  return expr.outer === undefined ? expr : { ...expr, outer: expr.outer + by };
}

/** Every column replaced, those of queries around, too. What can be NULL in the place of what cannot makes NULL what is made of it. */
export function substituted(expr: BoundExpr, f: (column: ColumnExpr) => BoundExpr): BoundExpr {
  if (expr.kind === 'column') return f(expr);
  return loosened(
    expr,
    mapChildren(expr, (child) => substituted(child, f)),
  );
}

/** `after` is `before` over other children, some of which may be NULL now. */
export function loosened(before: BoundExpr, after: BoundExpr): BoundExpr {
  const were = childrenOf(before);
  const turned = childrenOf(after).some((child, i) => child.nullable && !were[i]!.nullable);
  return turned && after.kind !== 'isNull' ? ({ ...after, nullable: true } as BoundExpr) : after;
}
