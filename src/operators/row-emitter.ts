// Emits rows that are kept in state, each as often as asked for, in batches of bounded size.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import { copyCell, newArena, resetArena } from '../state/cells.ts';
import type { Slots } from '../state/slots.ts';
import type { Output } from './operator.ts';

const EMIT_ROWS = 4096;

/** What a column of the output is: a column of state, or a bound of the row's window. */
export type Place = number | 'start' | 'end';

function setTime(column: Column, row: number, micros: bigint): void {
  if (column.layout !== 'i64') throw new Error('a bound of a window is a timestamp');
  column.values[row] = micros;
  if (column.nulls !== null) column.nulls[row] = 0;
}

export class RowEmitter {
  private readonly slots: Slots;
  private readonly places: readonly Place[];
  private readonly output: Batch;
  private readonly diffs = new Int32Array(EMIT_ROWS);
  private retracts = false;

  constructor(schema: RowSchema, slots: Slots, places: readonly Place[]) {
    this.slots = slots;
    this.places = places;
    this.output = newBatch(schema, EMIT_ROWS);
    for (const column of this.output.columns) newArena(column);
  }

  /** The row of a slot, `count` times; it leaves where that is negative. */
  emit(slot: number, count: number, out: Output, start = 0n, end = 0n): void {
    for (let left = Math.abs(count); left > 0; left--) {
      if (count < 0) this.retracts = true;
      const row = this.output.rows;
      for (let c = 0; c < this.places.length; c++) {
        const place = this.places[c]!;
        const column = this.output.columns[c]!;
        if (typeof place === 'number') copyCell(this.slots.keys[place]!, slot, column, row);
        else setTime(column, row, place === 'start' ? start : end);
      }
      this.diffs[row] = count < 0 ? -1 : 1;
      this.output.rows = row + 1;
      if (this.output.rows === EMIT_ROWS) this.finish(out);
    }
  }

  finish(out: Output): void {
    const { output } = this;
    if (output.rows === 0) return;
    // As append-only inputs send it, when no row leaves.
    output.diffs = this.retracts ? this.diffs : null;
    out.push(output);
    this.retracts = false;
    output.rows = 0;
    for (const column of output.columns) resetArena(column);
  }
}
