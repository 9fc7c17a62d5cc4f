// The rows that a subquery is asked about, each once: what it reads of the query around it. Equal values that print otherwise
// (1.0 and 1.00, -0 and 0) are told apart by their texts, because a subquery may show them.

import type { BoundExpr } from '../../expr/bound.ts';
import { bindCast, bindIsDistinct } from '../../expr/bind.ts';
import { raised } from '../../expr/outer.ts';
import { hasVariants, TEXT } from '../../data/types.ts';
import type { LogicalColumn, LogicalNode } from '../node.ts';
import { aggregate, columnsAsExprs, project } from '../node.ts';
import { raisedPlan } from './outer-reads.ts';

export interface Domain {
  /** Seen from within the subquery. */
  readonly node: LogicalNode;
  /** Over the outer row: what each column of the node is made of. */
  readonly values: readonly BoundExpr[];
  /** Where in the node's row an outer column is. */
  readonly places: ReadonlyMap<number, number>;
}

/** `reads`: columns of the rows of `outer`. */
export function domainOf(outer: LogicalNode, reads: readonly number[]): Domain {
  const columns = columnsAsExprs(outer.columns);
  const values = reads.map((index) => columns[index]!);
  const texts = values.filter(({ type }) => hasVariants(type)).map((value) => bindCast(value, TEXT));
  const all = [...values, ...texts];
  const names = all.map((_, i) => (i < reads.length ? outer.columns[reads[i]!]!.name : `text ${i + 1}`));
  const rows = project(outer, all, names);
  const distinct = aggregate(rows, columnsAsExprs(rows.columns), names, [], false);
  return {
    node: raisedPlan(distinct, 1),
    values: all,
    places: new Map(reads.map((index, place) => [index, place])),
  };
}

/** For each column of the domain, which starts at `at` in a row: it is that of the outer row. */
export function inDomain({ node, values }: Domain, at: number): readonly BoundExpr[] {
  return values.map((value, i) => {
    const { name, type, nullable }: LogicalColumn = node.columns[i]!;
    const own: BoundExpr = { kind: 'column', index: at + i, name, type, nullable };
    return bindIsDistinct(own, asOuter(value), true);
  });
}

/** Over the outer row → the same, read from within the subquery. */
function asOuter(value: BoundExpr): BoundExpr {
  return toOuter(raised(value, 1));
}

function toOuter(value: BoundExpr): BoundExpr {
  if (value.kind === 'column') return { ...value, outer: 1 };
  return value.kind === 'cast' ? { ...value, arg: toOuter(value.arg) } : value;
}
