// Moves filters towards the scans: through projections, windows and unions, and below an aggregate when they read only its keys.
// The one rule of safety: an expression that can fail is never evaluated for a row that a filter would have kept from
// it before, so it never moves below a filter (or an aggregate); see `pushable`.

import { replaceColumns } from '../../expr/columns.ts';
import { canFail, columnsOf } from '../../expr/properties.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import { limitByNumber, limitByRank } from './limit-by-number.ts';
import { pushIntoJoin } from './push-join-filters.ts';
import { split } from './split.ts';
import type { LogicalAggregate, LogicalNode, LogicalOver, LogicalTopN, LogicalWindows } from '../node.ts';
import { conjunction, conjuncts, filter, inputsOf, withInputs } from '../node.ts';

export function pushFilters(node: LogicalNode): LogicalNode {
  if (node.kind === 'filter') return pushInto(node.input, conjuncts(node.condition));
  if (node.kind === 'join') return pushInto(node, []);
  return withInputs(node, inputsOf(node).map(pushFilters));
}

/** `node` with `parts` (evaluated in this order) applied to its rows. */
function pushInto(node: LogicalNode, parts: readonly BoundExpr[]): LogicalNode {
  switch (node.kind) {
    case 'scan':
    case 'versions':
    case 'table input':
    case 'one':
    case 'view read':
      return filtered(node, parts);
    case 'filter':
      return pushInto(node.input, [...conjuncts(node.condition), ...parts]);
    case 'project': {
      const below = parts.map((part) => replaceColumns(part, (index) => node.exprs[index]!));
      return { ...node, input: pushInto(node.input, below.flatMap(conjuncts)) };
    }
    case 'union':
      return { ...node, inputs: node.inputs.map((input) => pushInto(input, parts)) };
    case 'windows':
      return pushAround(node, parts);
    case 'repeat': {
      // Rows that are repeated no time are not to fail.
      const width = node.input.columns.length;
      const [below, above] = split(
        parts,
        (part) => columnsOf(part).every((column) => column < width) && !canFail(part),
      );
      return filtered({ ...node, input: pushInto(node.input, below) }, above);
    }
    case 'temporal': {
      // A condition that can fail is for the rows that are there.
      const [below, above] = split(parts, (part) => !canFail(part));
      return filtered({ ...node, input: pushInto(node.input, below) }, above);
    }
    case 'top n': {
      const { limited, rest } = limitByNumber(node, parts);
      return pushPartitions(limited, rest);
    }
    case 'over': {
      const { limited, rest } = limitByRank(node, parts) ?? { limited: node, rest: parts };
      return pushPartitions(limited, rest);
    }
    case 'aggregate':
      return pushBelowAggregate(node, parts);
    case 'as of': {
      // A left row's partner does not depend on other left rows.
      const width = node.left.columns.length;
      const [left, above] = split(parts, (part) => {
        const reads = columnsOf(part);
        return reads.length > 0 && reads.every((column) => column < width) && !canFail(part);
      });
      return filtered({ ...node, left: pushInto(node.left, left), right: pushFilters(node.right) }, above);
    }
    case 'join':
      return pushIntoJoin(node, parts, pushInto, filtered);
  }
}

/**
 * What does not read the window's columns is decided before rows are cut into windows, unless it can fail: some rows are in none.
 * A session is made by all rows of its partition, so that only whole partitions can be left out before.
 */
function pushAround(node: LogicalWindows, parts: readonly BoundExpr[]): LogicalNode {
  const width = node.input.columns.length;
  const everyRow = node.shape.kind === 'tumble' && !node.input.columns[node.timeColumn]!.nullable;
  const { shape } = node;
  const decided = (column: number): boolean =>
    shape.kind === 'session' ? shape.partition.includes(column) : column < width;
  const mayMove = (part: BoundExpr): boolean =>
    columnsOf(part).every(decided) && (everyRow || !canFail(part));
  const [below, above] = split(parts, mayMove);
  const input = pushInto(node.input, below);
  return filtered({ ...node, input }, above);
}

/** A condition on the partition alone keeps whole partitions. */
function pushPartitions(node: LogicalTopN | LogicalOver, parts: readonly BoundExpr[]): LogicalNode {
  const [below, above] = split(parts, (part) => {
    const reads = columnsOf(part);
    return reads.length > 0 && reads.every((column) => node.partition.includes(column)) && !canFail(part);
  });
  return filtered({ ...node, input: pushInto(node.input, below) }, above);
}

/** A condition on group keys alone holds for all rows of a group or for none. */
function pushBelowAggregate(node: LogicalAggregate, parts: readonly BoundExpr[]): LogicalNode {
  const overKeys = (part: BoundExpr): BoundExpr => replaceColumns(part, (index) => node.keys[index]!);
  const [below, above] = split(parts, (part) => {
    const reads = columnsOf(part);
    // Without keys there is a group even over no rows: the condition stays to decide about it.
    return reads.length > 0 && reads.every((column) => column < node.keys.length) && !canFail(overKeys(part));
  });
  return filtered({ ...node, input: pushInto(node.input, below.map(overKeys)) }, above);
}

function filtered(node: LogicalNode, parts: readonly BoundExpr[]): LogicalNode {
  const condition = conjunction(parts);
  return condition === undefined ? node : filter(node, condition);
}
