// The columns of a joined row. A side that may be missing is NULL then, and no event time; of the other the condition says how late
// its rows can come.

import { joinedTimes, timeBounds } from '../expr/join-times.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { BoundColumn, JoinType } from './bound.ts';

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
