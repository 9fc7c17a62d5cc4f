// The columns of a joined row. A side that may be missing is NULL then, and no event time; of the other the condition says how late
// its rows can come.

import type { TimeAttribute } from '../data/time-attribute.ts';
import { delayed, heldUntil } from '../data/time-attribute.ts';
import { joinedTimes, timeBounds } from '../expr/join-times.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { ownColumn } from '../expr/outer.ts';
import type { BoundColumn, JoinType, Nearest } from './bound.ts';

/** `condition` is bound to both rows side by side; null: every pair. */
export function joinedColumns(
  type: JoinType,
  left: readonly BoundColumn[],
  right: readonly BoundColumn[],
  condition: BoundExpr | null,
): readonly BoundColumn[] {
  const bounds = timeBounds(condition, left.length);
  const timesOf = (columns: readonly BoundColumn[]) => columns.map((column) => column.time);
  const times = joinedTimes(bounds, timesOf(left), timesOf(right));
  const side = (columns: readonly BoundColumn[], which: 'left' | 'right', optional: boolean) =>
    columns.map((column, i) => ({
      ...column,
      nullable: column.nullable || optional,
      time: optional ? null : times[which][i]!,
    }));
  return [
    ...side(left, 'left', type === 'right' || type === 'full'),
    ...(type === 'semi' || type === 'anti' ? [] : side(right, 'right', type === 'left' || type === 'full')),
  ];
}

/** Of an as-of join: the left row, whose nearest row can change as long as rows of its time come on the right. */
export function nearestColumns(
  type: JoinType,
  left: readonly BoundColumn[],
  right: readonly BoundColumn[],
  nearest: Nearest,
): readonly BoundColumn[] {
  const until = nearest.before ? heldUntil(timeIn(right, nearest.right)) : null;
  return [
    ...left.map((column, i) => ({
      ...column,
      time: delayed(column.time, i === indexOf(nearest.left) ? until : null),
    })),
    ...right.map((column) => ({ ...column, nullable: column.nullable || type === 'left', time: null })),
  ];
}

function indexOf(expr: BoundExpr): number {
  return ownColumn(expr) ?? -1;
}

function timeIn(columns: readonly BoundColumn[], expr: BoundExpr): TimeAttribute | null {
  return columns[indexOf(expr)]?.time ?? null;
}
