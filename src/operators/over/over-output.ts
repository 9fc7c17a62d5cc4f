// What rows are out with, and their way out: a row of state beside a row of values. Retractions go first, because what they show is
// given back after them.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { gatherOptional } from '../../data/gather.ts';
import type { RowSchema } from '../../data/types.ts';
import { grownInt32s, nextCapacity } from '../../state/growing.ts';
import type { Output, RowError } from '../operator.ts';
import { ResultRows } from './result-rows.ts';

const ROWS = 1024;

export class OverOutput {
  readonly results: ResultRows;
  private readonly width: number;
  private readonly column: (column: number) => Column;
  private readonly batch: Batch;
  private readonly slots = new Int32Array(ROWS);
  private readonly ids = new Int32Array(ROWS);
  private readonly diffs = new Int32Array(ROWS);
  private size = 0;
  /** By slot: the values that the row is out with, plus 1; 0: it is not out. */
  private shown: Int32Array = new Int32Array(64);
  /** Rows whose values fail at present: they are not out. */
  private readonly errors = new Map<number, RowError>();
  /** Values that are void once the buffer is empty. */
  private readonly outdated: number[] = [];

  /** `schema`: the `width` columns of the rows, then those of the values. `column` gives the former by slot. */
  constructor(schema: RowSchema, width: number, column: (column: number) => Column) {
    this.results = new ResultRows(schema.slice(width));
    this.width = width;
    this.column = column;
    this.batch = newBatch(schema, ROWS);
  }

  /** The values that a row is out with; −1: it is not out. */
  shownAs(slot: number): number {
    return slot < this.shown.length ? this.shown[slot]! - 1 : -1;
  }

  /** The row is out with these values, without being sent. */
  adopt(slot: number, id: number): void {
    this.makeRoom(slot);
    this.shown[slot] = id + 1;
  }

  /** Sends the row with new values where they are others. */
  put(slot: number, id: number, out: Output): void {
    this.makeRoom(slot);
    this.mend(slot, out);
    const before = this.shown[slot]! - 1;
    if (before >= 0 && this.results.identical(before, id)) return this.results.drop(id);
    if (before >= 0) this.retract(slot, before, out);
    this.add(slot, id, 1, out);
    this.shown[slot] = id + 1;
  }

  /** A value of the row fails: an error stands in its place. `out` null: it does already. */
  fail(slot: number, error: RowError, out: Output | null): void {
    const known = this.errors.get(slot);
    if (known?.message === error.message && known.expression === error.expression) return;
    if (out !== null) {
      this.remove(slot, out);
      out.error(error, 1);
    }
    this.errors.set(slot, error);
  }

  private mend(slot: number, out: Output): void {
    const known = this.errors.get(slot);
    if (known === undefined) return;
    out.error(known, -1);
    this.errors.delete(slot);
  }

  /** The row has left. */
  remove(slot: number, out: Output): void {
    this.makeRoom(slot);
    this.mend(slot, out);
    const before = this.shown[slot]! - 1;
    if (before < 0) return;
    this.retract(slot, before, out);
    this.shown[slot] = 0;
  }

  private retract(slot: number, id: number, out: Output): void {
    this.add(slot, id, -1, out);
    this.outdated.push(id);
  }

  private add(slot: number, id: number, diff: number, out: Output): void {
    if (this.size === ROWS) this.flush(out);
    this.slots[this.size] = slot;
    this.ids[this.size] = id;
    this.diffs[this.size++] = diff;
  }

  flush(out: Output): void {
    const { batch, size, width } = this;
    if (size > 0) {
      for (let c = 0; c < width; c++) gatherOptional(this.column(c), this.slots, size, batch.columns[c]!);
      this.results.columns.forEach((column, j) =>
        gatherOptional(column, this.ids, size, batch.columns[width + j]!),
      );
      batch.rows = size;
      batch.diffs = this.diffs.slice(0, size);
      this.size = 0;
      out.push(batch);
    }
    for (const id of this.outdated.splice(0)) this.results.drop(id);
  }

  compact(): void {
    this.results.compact();
  }

  bytes(): number {
    return this.results.bytes() + this.shown.byteLength;
  }

  private makeRoom(slot: number): void {
    if (slot < this.shown.length) return;
    this.shown = grownInt32s(this.shown, Math.max(slot + 1, nextCapacity(this.shown.length)));
  }
}
