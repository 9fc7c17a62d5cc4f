// The contract of window functions: a value per row of an ordered partition.

import type { Column } from '../../data/column.ts';
import type { RowFailure } from '../../data/failure.ts';
import type { OrderedRows } from './ordered-rows.ts';

/** Places from `from` up to and without `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface OverFunction {
  /**
   * Changes at places `changed` (from the first to behind the last one; what left counts where it was): for which rows the value
   * can be another one now?
   */
  reach(changed: Stretch, rows: OrderedRows): Stretch;
  /** Which places must be at hand to compute those of `stretch`. */
  needs(stretch: Stretch, total: number): Stretch;
  /** Writes the values of places `stretch` to cells `ids[0 …]` of `to`; those that fail are told and their cells are void. */
  compute(rows: OrderedRows, stretch: Stretch, ids: Int32Array, to: Column, failed: OnFailure): void;
}

/** The value of the row at `place` fails. */
export type OnFailure = (place: number, failure: RowFailure) => void;

/** Everything. */
export function whole(total: number): Stretch {
  return { from: 0, to: total };
}
