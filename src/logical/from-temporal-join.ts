// A temporal join is an as-of join with the versions of a table. Where the nearest version says that the row was deleted, there is none.

import type { BoundJoin } from '../binder/bound.ts';
import { bindCase, bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { literal } from '../expr/resolve/operand.ts';
import { INTEGER } from '../data/types.ts';
import type { LogicalNode } from './node.ts';
import { asOf, columnsAsExprs, filter, project } from './node.ts';

/** The operation that sets a row; see connectors/formats/table-decoder.ts. */
const SET = 0;

/** `right`: the versions, with what became of the row as their last column. */
export function fromTemporalJoin(
  left: LogicalNode,
  right: LogicalNode,
  { type, condition, nearest, columns, merged }: BoundJoin,
  onClose: boolean,
): LogicalNode {
  if (merged.some(({ expr }) => expr !== null)) throw new Error('the key of a table is compared as it is');
  const kind = type === 'left' ? 'left' : 'inner';
  const found = asOf(left, right, { type: kind, condition, nearest: nearest!, onClose });
  const all = columnsAsExprs(found.columns);
  const isSet = bindOperator('=', all.at(-1)!, literal(SET, INTEGER));
  const names = columns.map((column) => column.name);
  if (kind === 'inner') return project(filter(found, isSet), all.slice(0, -1), names);
  const width = left.columns.length;
  const there = (expr: BoundExpr): BoundExpr => bindCase([{ when: isSet, then: expr }], null);
  return project(
    found,
    all.slice(0, -1).map((expr, i) => (i < width ? expr : there(expr))),
    names,
  );
}
