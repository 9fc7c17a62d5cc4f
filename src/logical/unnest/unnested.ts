// A subquery on its way to stand beside the query around it: a plan that reads nothing of the outer row, what must hold between its
// rows and the outer row, and what its columns are over both. (After T. Neumann and A. Kemper, Unnesting Arbitrary Queries, BTW
// 2015: conditions go up as far as they can; where something must be known per outer row before, the plan is joined with the
// domain, the distinct values that the subquery reads, and what goes up from there compares with these.)

import { BIGINT, sameUnconstrained } from '../../data/types.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import { bindCoalesce } from '../../expr/bind.ts';
import { canonicalText } from '../../expr/columns.ts';
import { outerColumnsOf, readsOuter, substituted } from '../../expr/outer.ts';
import { columnsOf } from '../../expr/properties.ts';
import { literal } from '../../expr/resolve/operand.ts';
import type { LogicalNode } from '../node.ts';
import { columnsAsExprs, conjunction, join, project } from '../node.ts';
import type { Domain } from './domain.ts';
import { inDomain } from './domain.ts';

/** Expressions here are over the row of `node`, and over the outer row as columns with `outer` 1. */
export interface Unnested {
  readonly node: LogicalNode;
  readonly conditions: readonly BoundExpr[];
  /** What the columns of the subquery are. */
  readonly outputs: readonly BoundExpr[];
  /** It gives exactly one row: where no row of `node` meets the conditions, that one has NULL in their place. */
  readonly total: boolean;
  /** Where in `node` columns of the outer row are. */
  readonly places: ReadonlyMap<number, number>;
}

export const NOWHERE: ReadonlyMap<number, number> = new Map();

/** A plan that reads nothing of the outer row. */
export function plain(node: LogicalNode): Unnested {
  const outputs = columnsAsExprs(node.columns);
  return { node, conditions: [], outputs, total: false, places: NOWHERE };
}

/** An expression over the subquery's columns → over the row of `node`. */
export function composed(expr: BoundExpr, { node, outputs, places }: Unnested): BoundExpr {
  return substituted(expr, (column) => {
    if (column.outer === undefined) return outputs[column.index]!;
    const place = column.outer === 1 ? places.get(column.index) : undefined;
    return place === undefined ? column : columnsAsExprs(node.columns)[place]!;
  });
}

/** A condition `inner = outer`, which state is kept by. */
export interface Correlation {
  readonly inner: BoundExpr;
  /** Text of all but the inner side. */
  readonly form: string;
  /** The condition with another inner side. */
  with(inner: BoundExpr): BoundExpr;
}

/** Null: the condition is another one. */
export function correlationOf(condition: BoundExpr): Correlation | null {
  if (condition.kind !== 'call' || condition.args.length !== 2) return null;
  const name = condition.fn.slice(0, condition.fn.lastIndexOf('('));
  if (name !== '=' && name !== 'is not distinct from') return null;
  const [a, b] = condition.args as [BoundExpr, BoundExpr];
  if (!sameUnconstrained(a.type, b.type)) return null;
  const at = isInner(a) && isOuter(b) ? 0 : isInner(b) && isOuter(a) ? 1 : -1;
  if (at < 0) return null;
  const place = (inner: BoundExpr): BoundExpr => ({ ...condition, args: condition.args.with(at, inner) });
  const hole: BoundExpr = { kind: 'column', index: 0, name: '', type: a.type, nullable: true };
  return { inner: condition.args[at]!, form: canonicalText(place(hole)), with: place };
}

function isInner(expr: BoundExpr): boolean {
  return !readsOuter(expr) && columnsOf(expr).length > 0;
}

function isOuter(expr: BoundExpr): boolean {
  return outerColumnsOf(expr).length > 0 && columnsOf(expr).length === 0;
}

/** Joined with the domain: every outer column that is read is there, and the conditions compare with these alone. */
export function settled(unnested: Unnested, domainOf: () => Domain): Unnested {
  const { node, conditions, outputs, total, places } = unnested;
  if (places.size > 0 && !total) return unnested;
  const domain = domainOf();
  const width = domain.node.columns.length;
  const values = columnsAsExprs(domain.node.columns);
  const over = (expr: BoundExpr): BoundExpr =>
    substituted(expr, (column) => {
      if (column.outer === undefined)
        return { ...column, index: width + column.index, nullable: column.nullable || total };
      return column.outer === 1 ? values[domain.places.get(column.index)!]! : column;
    });
  const on = conjunction(conditions.map(over)) ?? null;
  return {
    node: join(total ? 'left' : 'inner', domain.node, node, on, false),
    conditions: inDomain(domain, 0),
    outputs: outputs.map(over),
    total: false,
    places: domain.places,
  };
}

/** The columns of the subquery, behind what is compared with the outer row. */
export interface Keyed {
  readonly node: LogicalNode;
  /** Each compares the column of its index with the outer row. */
  readonly correlations: readonly Correlation[];
  readonly places: ReadonlyMap<number, number>;
}

/** Can rows be told by what they are compared with, and computed without the outer row? `exprs` are over the subquery's columns. */
export function isKeyed({ conditions, outputs, total }: Unnested, exprs: readonly BoundExpr[]): boolean {
  if (total || outputs.some(readsOuter) || exprs.some(readsOuter)) return false;
  return conditions.every((condition) => correlationOf(condition) !== null);
}

export function keyed(unnested: Unnested, domain: () => Domain, exprs: readonly BoundExpr[] = []): Keyed {
  const { node, conditions, outputs, places } = isKeyed(unnested, exprs)
    ? unnested
    : settled(unnested, domain);
  const correlations = conditions.map((condition) => correlationOf(condition)!);
  const inner = correlations.map((correlation) => correlation.inner);
  const names = [...inner.map((_, i) => `key ${i + 1}`), ...outputs.map((_, i) => `value ${i + 1}`)];
  const at = new Map(
    [...places].flatMap(([outer, place]): readonly [number, number][] => {
      const key = inner.findIndex((expr) => expr.kind === 'column' && expr.index === place);
      return key < 0 ? [] : [[outer, key]];
    }),
  );
  return { node: project(node, [...inner, ...outputs], names), correlations, places: at };
}

/** An expression over the subquery's columns → over the keys and these. */
export function overKeyed(expr: BoundExpr, { node, correlations, places }: Keyed): BoundExpr {
  const columns = columnsAsExprs(node.columns);
  return substituted(expr, (column) => {
    if (column.outer === undefined) return columns[correlations.length + column.index]!;
    const place = column.outer === 1 ? places.get(column.index) : undefined;
    return place === undefined ? column : columns[place]!;
  });
}

/** `node` has the keys in front, then the columns of the subquery. */
export function unkeyed(node: LogicalNode, { correlations, places }: Keyed): Unnested {
  const columns = columnsAsExprs(node.columns);
  return {
    node,
    conditions: correlations.map((correlation, i) => correlation.with(columns[i]!)),
    outputs: columns.slice(correlations.length),
    total: false,
    places,
  };
}

/** What a column of an aggregate without keys is where there is no row to aggregate. */
export function withoutRows(column: BoundExpr, fn: string): BoundExpr {
  const missing = { ...column, nullable: true } as BoundExpr;
  return fn === 'count' || fn === 'count_star' ? bindCoalesce([missing, literal(0n, BIGINT)]) : missing;
}

export function isTrue(expr: BoundExpr | null): boolean {
  return expr === null || (expr.kind === 'literal' && expr.value === true);
}
