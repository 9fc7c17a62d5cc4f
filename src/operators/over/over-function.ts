// The contract of window functions: a value per row of an ordered partition.

import type { Column } from '../../data/column.ts';
import type { RowFailure } from '../../data/failure.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { RowChange } from './row-change.ts';

/** Places from `from` up to and without `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface OverFunction {
  /** A row has come or gone: for which rows can the value be another one now? Too many are no mistake, too few are. */
  reach(change: RowChange, rows: OrderedRows): Stretch;
  /**
   * Writes the values of places `stretch` to cells `ids[0 …]` of `to`; those that fail are told and their cells are void. Values of rows
   * that no change reaches are out as they were (`shown`).
   */
  compute(rows: OrderedRows, stretch: Stretch, ids: Int32Array, to: Column, failed: OnFailure): void;
  /** What it keeps per node of the tree of the rows. */
  readonly nodes?: NodeValues;
}

/** Values of nodes of an ordered index: they follow from its rows, so they are not stored. */
export interface NodeValues {
  /** Before calls of `fresh`: there may be more nodes, and columns may have moved. */
  freshen(): void;
  /** The node `ref` has changed; those below it are fresh. */
  fresh(ref: number): void;
  bytes(): number;
}

/** The value of the row at `place` fails. */
export type OnFailure = (place: number, failure: RowFailure) => void;

/** The cell of the values that a slot is out with; −1: it is not. */
export type Shown = (slot: number) => number;

/** Everything. */
export function whole(total: number): Stretch {
  return { from: 0, to: total };
}
