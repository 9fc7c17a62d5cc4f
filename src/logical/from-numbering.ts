// row_number() and the forms that keep the first rows: what partitions and orders the rows is computed beside them first.

import type { BoundNumbering, OutputOrder } from '../binder/bound.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import type { LogicalNode } from './node.ts';
import { columnsAsExprs, project, topN } from './node.ts';

/** The columns of `node`, then one number per numbering. */
export function withNumbers(node: LogicalNode, numberings: readonly BoundNumbering[]): LogicalNode {
  return numberings.reduce((input, numbering) => withNumber(input, numbering), node);
}

function withNumber(node: LogicalNode, { partition, order }: BoundNumbering): LogicalNode {
  const width = node.columns.length;
  const exprs: BoundExpr[] = [...columnsAsExprs(node.columns)];
  const place = (expr: BoundExpr): number => {
    const text = canonicalText(expr);
    const there = exprs.findIndex((known) => canonicalText(known) === text);
    return there >= 0 ? there : exprs.push(expr) - 1;
  };
  const partitionAt = [...new Set(partition.map(place))];
  const orderAt = order.map(({ expr, ...direction }): OutputOrder => ({ column: place(expr), ...direction }));
  const names = exprs.map((_, i) => node.columns[i]?.name ?? `order ${i - width + 1}`);
  const computed = exprs.length === width ? node : project(node, exprs, names);
  const form = { partition: partitionAt, order: orderAt, limit: null, offset: 0, numbered: true };
  const numbered = topN(computed, form);
  if (computed === node) return numbered;
  const all = columnsAsExprs(numbered.columns);
  const kept = [...all.slice(0, width), all.at(-1)!];
  return project(numbered, kept, [...names.slice(0, width), numbered.columns.at(-1)!.name]);
}
