// Rows of state on their way out of an operator, by slot, with a number beside them where it is part of the output.

import { newBatch } from '../data/batch.ts';
import type { Batch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import { gatherOptional } from '../data/gather.ts';
import type { RowSchema } from '../data/types.ts';
import type { Output } from './operator.ts';

const ROWS = 1024;

export class SlotBuffer {
  private readonly slots = new Int32Array(ROWS);
  private readonly numbers = new Float64Array(ROWS);
  private readonly diffs = new Int32Array(ROWS);
  private size = 0;
  private readonly batch: Batch;
  private readonly column: (column: number) => Column;
  private readonly numbered: boolean;

  /** `column` gives the columns by slot; with `numbered` the last column of `schema` (bigint) is the number. */
  constructor(schema: RowSchema, column: (column: number) => Column, numbered: boolean) {
    this.column = column;
    this.numbered = numbered;
    this.batch = newBatch(schema, ROWS);
  }

  /** Slots must stay readable until the next `flush`. */
  add(slot: number, number: number, diff: number, out: Output): void {
    this.slots[this.size] = slot;
    this.numbers[this.size] = number;
    this.diffs[this.size++] = diff;
    if (this.size === ROWS) this.flush(out);
  }

  flush(out: Output): void {
    const { batch, size } = this;
    if (size === 0) return;
    const stored = batch.columns.length - (this.numbered ? 1 : 0);
    for (let c = 0; c < stored; c++) gatherOptional(this.column(c), this.slots, size, batch.columns[c]!);
    if (this.numbered) this.writeNumbers(batch.columns[stored]!, size);
    batch.rows = size;
    batch.diffs = this.diffs.slice(0, size);
    this.size = 0;
    out.push(batch);
  }

  private writeNumbers(to: Column, size: number): void {
    if (to.layout !== 'i64') throw new Error('a row number is a bigint');
    for (let i = 0; i < size; i++) to.values[i] = BigInt(this.numbers[i]!);
  }
}
