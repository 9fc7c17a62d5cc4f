// GROUP BY: one aggregate, or, with grouping sets, one per grouping over the same rows, put together: the keys that a grouping does not
// have are NULL in its rows. The stream key of a union says which branch a row is of, so that a group of NULL is not the same row.

import type { BoundColumn, BoundGroup, BoundGroupings } from '../binder/bound.ts';
import { groupColumns } from '../binder/group-row.ts';
import { INTEGER } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { literal } from '../expr/resolve/operand.ts';
import type { LogicalNode } from './node.ts';
import { aggregate, columnsAsExprs, project, union } from './node.ts';

export function fromGroup(input: LogicalNode, group: BoundGroup, onClose: boolean): LogicalNode {
  const { keys, keyNames, calls, groupings } = group;
  if (groupings === undefined) return aggregate(input, keys, keyNames, calls, onClose);
  const columns = groupColumns(group, input.columns);
  const branches = groupings.sets.map((set) => branch(input, group, groupings, set, columns, onClose));
  return branches.length === 1 ? branches[0]! : union(branches, columns);
}

function branch(
  input: LogicalNode,
  { keys, keyNames, calls }: BoundGroup,
  { calls: groupingCalls }: BoundGroupings,
  set: readonly number[],
  columns: readonly BoundColumn[],
  onClose: boolean,
): LogicalNode {
  const grouped = aggregate(
    input,
    set.map((key) => keys[key]!),
    set.map((key) => keyNames[key]!),
    calls,
    onClose,
  );
  const given = columnsAsExprs(grouped.columns);
  const shown = keys.map((key, k): BoundExpr => given[set.indexOf(k)] ?? literal(null, key.type));
  const bits = groupingCalls.map((args) => literal(groupingBits(args, set), INTEGER));
  return project(
    grouped,
    [...shown, ...given.slice(set.length), ...bits],
    columns.map(({ name }) => name),
  );
}

/** GROUPING(a, b): a bit for each argument, the last one least, that is 1 where the grouping does not have it. */
function groupingBits(args: readonly number[], set: readonly number[]): number {
  return args.reduce((bits, key) => bits * 2 + (set.includes(key) ? 0 : 1), 0);
}
