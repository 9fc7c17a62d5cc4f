// first_value, last_value and nth_value: one row of the frame.

import type { Column } from '../../data/column.ts';
import { setValue } from '../../data/value.ts';
import { copyCell } from '../../state/cells.ts';
import type { Frame } from './frame.ts';
import { nthPlace } from './frame.ts';
import type { SlotColumn } from './neighbours.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OverFunction, Stretch } from './over-function.ts';
import type { RowChange } from './row-change.ts';

/** Which place of a frame: `n` from its start, from 0; −1 is its last one. */
export class FrameValue implements OverFunction {
  private readonly value: SlotColumn;
  private readonly frame: Frame;
  private readonly n: number;

  constructor(value: SlotColumn, frame: Frame, n: number) {
    this.value = value;
    this.frame = frame;
    this.n = n;
  }

  reach(change: RowChange): Stretch {
    return this.frame.reach(change);
  }

  compute(rows: OrderedRows, { from, to }: Stretch, ids: Int32Array, column: Column): void {
    const value = this.value();
    const { frame } = this;
    frame.restart();
    for (let place = from; place < to; place++) {
      frame.find(place);
      const wanted = nthPlace(frame.bounds, this.n);
      if (wanted >= 0) copyCell(value, rows.slot(wanted), column, ids[place - from]!);
      else setValue(column, ids[place - from]!, null);
    }
  }
}
