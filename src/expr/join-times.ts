// What the condition of a join says about time: how long a row can still meet partners, and what is known of the times of the pairs.
//
// A row of one side whose partners are at most `most` later than a column of it meets none any more when the watermark has passed
// that time for the other side. So it is of no use from then on: state is freed, and that it has no partner is final.

import type { TimeAttribute } from '../data/time-attribute.ts';
import { delayed, heldUntil } from '../data/time-attribute.ts';
import type { BoundExpr } from './bound.ts';
import type { TimeBound } from './time-bounds.ts';
import { timeBoundOf } from './time-bounds.ts';

/** A row meets no partner and does not change any more once the watermark has reached its `column` plus `shift` microseconds. */
export interface Horizon {
  readonly column: number;
  readonly shift: bigint;
}

export interface Horizons {
  readonly left: Horizon | null;
  readonly right: Horizon | null;
}

/** The times of a side's columns, and whether its rows stay for good. */
export interface JoinSide {
  readonly times: readonly (TimeAttribute | null)[];
  readonly grows: boolean;
}

export function timeBounds(condition: BoundExpr | null, width: number): TimeBound[] {
  if (condition === null) return [];
  if (condition.kind === 'and') return condition.args.flatMap((part) => timeBounds(part, width));
  const bound = timeBoundOf(condition, width);
  return bound === null ? [] : [bound];
}

export function horizonsOf(bounds: readonly TimeBound[], left: JoinSide, right: JoinSide): Horizons {
  return {
    left: horizonOf(reach(bounds, 'left', right.times), left),
    right: horizonOf(reach(bounds, 'right', left.times), right),
  };
}

/** The times of the columns of either side in the joined row, of a side that is always there. */
export function joinedTimes(bounds: readonly TimeBound[], left: JoinSide['times'], right: JoinSide['times']) {
  const side = (times: JoinSide['times'], untils: ReadonlyMap<number, bigint>): JoinSide['times'] =>
    times.map((time, column) => delayed(time, untils.get(column) ?? null));
  return { left: side(left, reach(bounds, 'left', right)), right: side(right, reach(bounds, 'right', left)) };
}

/** By column of a side: what the watermark must have reached, counted from its value, when no partner can come any more. */
function reach(
  bounds: readonly TimeBound[],
  side: 'left' | 'right',
  partners: JoinSide['times'],
): ReadonlyMap<number, bigint> {
  const untils = new Map<number, bigint>();
  for (const bound of bounds) {
    const most = side === 'left' ? bound.most : bound.least === null ? null : -bound.least;
    const held = heldUntil(partners[side === 'left' ? bound.right : bound.left] ?? null);
    if (most === null || held === null) continue;
    const column = bound[side];
    const known = untils.get(column);
    if (known === undefined || most + held < known) untils.set(column, most + held);
  }
  return untils;
}

/** The soonest. A row that may leave again is kept at least until its own time is over. */
function horizonOf(untils: ReadonlyMap<number, bigint>, { times, grows }: JoinSide): Horizon | null {
  let best: Horizon | null = null;
  for (const [column, until] of untils) {
    const own = grows ? until : heldUntil(times[column] ?? null);
    if (own === null) continue;
    const shift = own > until ? own : until;
    if (best === null || shift < best.shift) best = { column, shift };
  }
  return best;
}
