// first_value, last_value and nth_value: one row of the frame.

import type { Column } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import { setValue } from '../../data/value.ts';
import { copyCell } from '../../state/cells.ts';
import type { Frame } from './frame.ts';
import { nthPlace } from './frame.ts';
import type { SlotColumn } from './neighbours.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OnFailure, OverFunction, Stretch } from './over-function.ts';
import type { RowChange } from './row-change.ts';

/** Which place of a frame: `n` from its start, from 0, −1 being its last one; or a column that says it for each row, from 1. */
export class FrameValue implements OverFunction {
  private readonly value: SlotColumn;
  private readonly frame: Frame;
  private readonly n: number | SlotColumn;

  constructor(value: SlotColumn, frame: Frame, n: number | SlotColumn) {
    this.value = value;
    this.frame = frame;
    this.n = n;
  }

  reach(change: RowChange): Stretch {
    return this.frame.reach(change);
  }

  compute(
    rows: OrderedRows,
    { from, to }: Stretch,
    ids: Int32Array,
    column: Column,
    failed: OnFailure,
  ): void {
    const value = this.value();
    const { frame, n } = this;
    const counts = typeof n === 'number' ? null : n();
    frame.restart();
    for (let place = from; place < to; place++) {
      frame.find(place);
      const nth = counts === null ? (n as number) : countAt(counts, rows.slot(place));
      if (nth !== null && nth < -1) failed(place, NOT_POSITIVE);
      const wanted = nth === null ? -1 : nthPlace(frame.bounds, nth);
      if (wanted >= 0) copyCell(value, rows.slot(wanted), column, ids[place - from]!);
      else setValue(column, ids[place - from]!, null);
    }
  }
}

const NOT_POSITIVE = new RowFailure('22016', 'argument of nth_value must be greater than zero');

/** From 0; −2 where it is not greater than zero. */
function countAt(column: Column, slot: number): number | null {
  if (column.layout !== 'i32') throw new Error('a count is an integer');
  if (column.nulls?.[slot] === 1) return null;
  return column.values[slot]! > 0 ? column.values[slot]! - 1 : -2;
}
