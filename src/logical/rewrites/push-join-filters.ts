// Conditions around a join: what reads one side only is decided below the join where that keeps the result, and what compares
// both sides becomes part of the join's condition, where equalities make its key.

import { replaceColumns } from '../../expr/columns.ts';
import { canFail, columnsOf } from '../../expr/properties.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import type { LogicalJoin, LogicalNode } from '../node.ts';
import { conjunction, conjuncts, join } from '../node.ts';
import { split } from './split.ts';

type PushInto = (node: LogicalNode, parts: readonly BoundExpr[]) => LogicalNode;

/** `above`: conjuncts over the join's result, in order. `filtered` puts what must stay back on top. */
export function pushIntoJoin(
  node: LogicalJoin,
  above: readonly BoundExpr[],
  pushInto: PushInto,
  filtered: PushInto,
): LogicalNode {
  const sides = sidesOf(node);
  const on = node.condition === null ? [] : conjuncts(node.condition);
  // Conditions on a side that is always there hold for a joined row when they hold for its part.
  const leftStays = node.type !== 'right' && node.type !== 'full';
  const rightStays = node.type === 'inner' || node.type === 'right';
  const [whereLeft, rest] = split(above, (part) => leftStays && sides.onlyLeft(part) && !canFail(part));
  const [whereRight, both] = split(rest, (part) => rightStays && sides.onlyRight(part) && !canFail(part));
  // The pairs that a condition is evaluated for, and in which order with others, are the same above an inner join and in it.
  const [intoJoin, stay] = node.type === 'inner' ? [both, []] : [[], both];
  // A pair is no match when either row is none: rows of a side that may be missing need not come as far as the join.
  const onLeft = node.type === 'inner' || node.type === 'right' || node.type === 'semi';
  const onRight = node.type !== 'right' && node.type !== 'full';
  const [left, onRest] = split([...on, ...intoJoin], (p) => onLeft && sides.onlyLeft(p) && !canFail(p));
  const [right, condition] = split(onRest, (p) => onRight && sides.onlyRight(p) && !canFail(p));
  const below = join(
    node.type,
    pushInto(node.left, [...whereLeft, ...left]),
    pushInto(node.right, [...whereRight, ...right].map(sides.toRight)),
    conjunction(condition) ?? null,
    node.onClose,
  );
  return filtered(below, stay);
}

interface JoinSides {
  onlyLeft(part: BoundExpr): boolean;
  onlyRight(part: BoundExpr): boolean;
  /** Over the joined row → over the right one. */
  toRight(this: void, part: BoundExpr): BoundExpr;
}

function sidesOf(node: LogicalJoin): JoinSides {
  const width = node.left.columns.length;
  const reads = (part: BoundExpr): readonly number[] => columnsOf(part);
  return {
    // What reads no column stays with the join: it decides about all rows at once.
    onlyLeft: (part) => reads(part).length > 0 && reads(part).every((i) => i < width),
    onlyRight: (part) => reads(part).length > 0 && reads(part).every((i) => i >= width),
    toRight: (part) =>
      replaceColumns(part, (index, column) => ({ ...column, index: index - width }) as BoundExpr),
  };
}
