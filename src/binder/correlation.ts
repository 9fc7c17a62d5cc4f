// What a bound subquery reads of the queries around it, and other expressions in the place of that. A column with `outer` n is of the
// row n subqueries out, where the right side of a lateral join counts as one.

import type { BoundExpr, ColumnExpr } from '../expr/bound.ts';
import { bindLogic } from '../expr/bind.ts';
import { readsOuter } from '../expr/outer.ts';
import type { BoundQuery, BoundSelect } from './bound.ts';

/** Replaces what it reads of the row right around; of rows further out `f` is not asked. */
export function mapOuter<T>(bound: T, f: (column: ColumnExpr) => BoundExpr): T {
  return changed(bound, 1, (column, out) => (out === 1 ? f(column) : column)) as T;
}

/** As it reads from `by` subqueries further in. */
export function raisedQuery<T>(bound: T, by: number): T {
  if (by === 0) return bound;
  return changed(bound, 1, (column) => ({ ...column, outer: column.outer! + by })) as T;
}

export interface OuterReads {
  /** Columns of the row right around, in the order in which they stand there. */
  readonly near: readonly ColumnExpr[];
  /** It reads rows further out, too. */
  readonly further: boolean;
}

export function outerReadsOf(bound: unknown): OuterReads {
  const near: ColumnExpr[] = [];
  let further = false;
  changed(bound, 1, (column, out) => {
    if (out === 1) near.push(column);
    else further = true;
    return column;
  });
  return { near, further };
}

type Change = (column: ColumnExpr, out: number) => BoundExpr;

/** Whatever is made of queries, relations and expressions. `inside`: from how many subqueries in we look. */
function changed(value: unknown, inside: number, f: Change): unknown {
  if (Array.isArray(value)) return value.map((item) => changed(item, inside, f));
  if (typeof value !== 'object' || value === null || isLeaf(value)) return value;
  if (isColumn(value)) {
    const { outer } = value;
    return outer === undefined || outer < inside ? value : f(value, outer - inside + 1);
  }
  const lateral = 'lateral' in value && value.lateral === true;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      changed(child, lateral && name === 'right' ? inside + 1 : inside, f),
    ]),
  );
}

const LEAVES: readonly unknown[] = ['literal', 'source', 'view read', 'versions', 'one'];

function isLeaf(value: object): boolean {
  return 'kind' in value && LEAVES.includes(value.kind);
}

function isColumn(value: object): value is ColumnExpr {
  return 'kind' in value && value.kind === 'column';
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

/** Does it read the row around in its own WHERE at most? Then its other rows can be joined as they are. */
export function readsInWhereOnly(query: BoundQuery): query is BoundSelect {
  if (query.kind !== 'select' || query.group !== null || query.where === null) return false;
  // What a window function gives depends on which other rows WHERE lets through.
  if (query.numberings.length + query.overs.length > 0) return false;
  const whole = outerReadsOf(query);
  return !whole.further && whole.near.length === outerReadsOf(query.where).near.length;
}
