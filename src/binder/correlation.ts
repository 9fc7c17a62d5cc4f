// Subqueries that read columns of the query around them: the conditions that do so are taken out of the subquery's WHERE and
// become the condition of the join that takes its place (T. Neumann and A. Kemper, Unnesting Arbitrary Queries, BTW 2015, where
// the correlation is a conjunction over the subquery's own rows).

import { callExprs } from './aggregate-call.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { replaceColumns } from '../expr/columns.ts';
import { bindLogic } from '../expr/bind.ts';
import { childrenOf } from '../expr/tree.ts';
import type { BoundQuery, BoundSelect } from './bound.ts';
import { unsupported } from './fail.ts';

/** Does it read a column of the query around it? */
export function readsOuter(expr: BoundExpr): boolean {
  if (expr.kind === 'column') return expr.outer === true;
  return childrenOf(expr).some(readsOuter);
}

/** Throws at the first outer column of `expr`. */
export function refuseOuter(expr: BoundExpr, where: string): void {
  if (expr.kind === 'column' && expr.outer === true) {
    throw unsupported(
      `column "${expr.name}" of the outer query in ${where} of a subquery`,
      expr.span ?? { offset: 0, end: 0 },
      'compare it in the WHERE clause of the subquery, or join',
    );
  }
  for (const child of childrenOf(expr)) refuseOuter(child, where);
}

/** What is left of a subquery's WHERE, and the conditions that read outer columns. */
export function splitWhere(query: BoundSelect): {
  readonly inner: BoundExpr | null;
  readonly correlated: readonly BoundExpr[];
} {
  const parts = query.where === null ? [] : conjuncts(query.where);
  const inner = parts.filter((part) => !readsOuter(part));
  const joined = inner.length < 2 ? (inner[0] ?? null) : bindLogic('and', inner, query.where!.span);
  return { inner: joined, correlated: parts.filter(readsOuter) };
}

function conjuncts(condition: BoundExpr): readonly BoundExpr[] {
  return condition.kind === 'and' ? condition.args.flatMap(conjuncts) : [condition];
}

/** Bound to the subquery's row with outer columns → bound to the outer row followed by the subquery's columns. */
export function overBoth(
  expr: BoundExpr,
  outerWidth: number,
  inner: (index: number) => number = (index) => index,
): BoundExpr {
  return replaceColumns(expr, (index, column) => {
    if (column.kind !== 'column') return column;
    const { outer, ...plain } = column;
    return outer === true ? plain : { ...plain, index: outerWidth + inner(index) };
  });
}

/** Correlation is understood in the subquery's own WHERE; anywhere else it is refused by name. */
export function refuseOuterOutsideWhere(query: BoundQuery): void {
  if (query.kind === 'union') return query.branches.forEach(refuseOuterAnywhere);
  if (query.kind === 'set operation') return [query.left, query.right].forEach(refuseOuterAnywhere);
  if (query.kind === 'top n') return refuseOuterAnywhere(query.input);
  query.outputs.forEach((output) => refuseOuter(output, 'the select list'));
  query.group?.keys.forEach((key) => refuseOuter(key, 'GROUP BY'));
  query.group?.calls.forEach((call) => {
    callExprs(call).forEach((expr) => refuseOuter(expr, 'an aggregate'));
  });
  if (query.having !== null) refuseOuter(query.having, 'HAVING');
}

function refuseOuterAnywhere(query: BoundQuery): void {
  refuseOuterOutsideWhere(query);
  if (query.kind === 'select' && query.where !== null) refuseOuter(query.where, 'a set operation');
}
