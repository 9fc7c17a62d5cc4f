// The rows of an epoch, copied out of the batches that were lent: columns that grow by doubling, filled batch by batch with
// whole-array copies. Text goes into one arena per column.

import type { Batch } from '../data/batch.ts';
import { newBatch, reserve } from '../data/batch.ts';
import type { Column, NumericColumn, TextColumn } from '../data/column.ts';
import { columnCapacity, NUMERIC_WIDE } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';

const FIRST_CAPACITY = 256;

export class RowStore {
  readonly batch: Batch;
  /** Bytes in use in the arena of each text column. */
  readonly #arena: number[];

  constructor(schema: RowSchema) {
    this.batch = newBatch(schema, FIRST_CAPACITY);
    this.#arena = schema.map(() => 0);
    for (const column of this.batch.columns) if (column.layout === 'text') column.bytes = new Uint8Array(0);
  }

  get rows(): number {
    return this.batch.rows;
  }

  capacityBytes(): number {
    let total = 0;
    for (const column of this.batch.columns) {
      total += columnCapacity(column) * BYTES_PER_ROW[column.layout];
      if (column.layout === 'text') total += column.bytes.byteLength;
    }
    return total;
  }

  usedBytes(): number {
    const { columns, rows } = this.batch;
    return columns.reduce((sum, { layout }, c) => sum + rows * BYTES_PER_ROW[layout] + this.#arena[c]!, 0);
  }

  clear(): void {
    this.batch.rows = 0;
    this.#arena.fill(0);
    for (const column of this.batch.columns) if (column.layout === 'numeric') column.wide = null;
  }

  append(from: Batch): void {
    const at = this.batch.rows;
    reserve(this.batch, at + from.rows, true);
    for (let c = 0; c < from.columns.length; c++) this.#appendColumn(c, from.columns[c]!, from.rows, at);
    this.batch.rows = at + from.rows;
  }

  #appendColumn(index: number, from: Column, n: number, at: number): void {
    const to = this.batch.columns[index]!;
    appendNulls(from, to, n, at);
    if (from.layout === 'text' && to.layout === 'text') {
      this.#arena[index] = appendText(from, to, n, at, this.#arena[index]!);
    } else if (from.layout === 'numeric' && to.layout === 'numeric') appendNumeric(from, to, n, at);
    else if (from.layout === 'interval' && to.layout === 'interval') {
      to.months.set(from.months.subarray(0, n), at);
      to.days.set(from.days.subarray(0, n), at);
      to.micros.set(from.micros.subarray(0, n), at);
    } else if (from.layout === 'i64' && to.layout === 'i64') to.values.set(from.values.subarray(0, n), at);
    else if (from.layout === 'i32' && to.layout === 'i32') to.values.set(from.values.subarray(0, n), at);
    else if (from.layout === 'f64' && to.layout === 'f64') to.values.set(from.values.subarray(0, n), at);
    else if (from.layout === 'bool' && to.layout === 'bool') to.values.set(from.values.subarray(0, n), at);
    else throw new Error(`a column of ${from.layout} for one of ${to.layout}`);
  }
}

const BYTES_PER_ROW = { bool: 2, i32: 5, i64: 9, f64: 9, numeric: 11, text: 9, interval: 17 } as const;

function appendNulls(from: Column, to: Column, n: number, at: number): void {
  if (from.nulls !== null) {
    to.nulls ??= new Uint8Array(columnCapacity(to));
    to.nulls.set(from.nulls.subarray(0, n), at);
  } else if (to.nulls !== null) to.nulls.fill(0, at, at + n);
}

function appendNumeric(from: NumericColumn, to: NumericColumn, n: number, at: number): void {
  to.unscaled.set(from.unscaled.subarray(0, n), at);
  to.scale.set(from.scale.subarray(0, n), at);
  if (from.wide === null) return;
  for (let i = 0; i < n; i++) {
    const scale = from.scale[i]!;
    if (scale >= 0 && (scale & NUMERIC_WIDE) !== 0) (to.wide ??= [])[at + i] = from.wide[i]!;
  }
}

/** Gives the new end of the arena. */
function appendText(from: TextColumn, to: TextColumn, n: number, at: number, used: number): number {
  let total = used;
  for (let i = 0; i < n; i++) {
    if (from.nulls === null || from.nulls[i] !== 1) total += from.end[i]! - from.start[i]!;
  }
  if (total > to.bytes.length) {
    const wider = new Uint8Array(Math.max(total, to.bytes.length * 2, 1024));
    wider.set(to.bytes.subarray(0, used));
    to.bytes = wider;
  }
  let p = used;
  for (let i = 0; i < n; i++) {
    to.start[at + i] = p;
    if (from.nulls === null || from.nulls[i] !== 1) {
      const stop = from.end[i]!;
      for (let b = from.start[i]!; b < stop; b++) to.bytes[p++] = from.bytes[b]!;
    }
    to.end[at + i] = p;
  }
  return p;
}
