// Functions in FROM: what they need is computed beside each row, the row is repeated, and each copy gets its values.

import type { BoundRepeated } from '../binder/bound.ts';
import { replaceColumns } from '../expr/columns.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalNode } from './node.ts';
import { columnsAsExprs, filter, project, repeat } from './node.ts';

export function fromRepeated(relation: BoundRepeated, input: LogicalNode): LogicalNode {
  const { inputs, count, values, condition, columns } = relation;
  if (values.length === 0) return filter(input, condition!);
  const width = input.columns.length;
  const computed = width + inputs.length;
  const row = [...columnsAsExprs(input.columns), ...inputs];
  const overRow = (expr: BoundExpr): BoundExpr => replaceColumns(expr, (index) => row[index]!);
  const counted = project(
    input,
    [...row, overRow(count)],
    [...input.columns.map(({ name }) => name), ...inputs.map((_, i) => `argument_${i + 1}`), 'copies'],
  );
  const copies = repeat(counted, computed);
  const repeated = columnsAsExprs(copies.columns);
  // The number of the copy stands behind the count, which the values do not see.
  const place = (index: number): BoundExpr => repeated[index < computed ? index : computed + 1]!;
  const valued = project(
    copies,
    [...repeated.slice(0, width), ...values.map((value) => replaceColumns(value, place))],
    columns.map(({ name }) => name),
  );
  return condition === null ? valued : filter(valued, condition);
}
