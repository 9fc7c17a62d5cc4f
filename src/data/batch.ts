// A batch: rows of signed changes in columns. The unit that operators pass on.

import type { Column } from './column.ts';
import { columnCapacity, newColumn } from './column.ts';
import type { RowSchema } from './types.ts';
import { layoutOf } from './types.ts';

/**
 * `rows` rows of `schema`, column by column. `diffs[i]` is +1 (row enters) or −1 (row leaves); weights other than ±1
 * occur only in consolidated sets. `diffs === null` means +1 throughout, which is what append-only inputs send.
 *
 * A batch given to an operator is lent: it is valid until the call returns, and the arrays may be used again after it.
 * Who keeps rows copies them. Nobody writes to a batch that was lent to him.
 */
export interface Batch {
  readonly schema: RowSchema;
  rows: number;
  readonly columns: Column[];
  diffs: Int32Array | null;
}

export function newBatch(schema: RowSchema, capacity: number): Batch {
  return {
    schema,
    rows: 0,
    columns: schema.map((field) => newColumn(layoutOf(field.type), capacity, field.nullable)),
    diffs: null,
  };
}

/** Makes room for `capacity` rows. The rows that are there are kept when `keep` is given. */
export function reserve(batch: Batch, capacity: number, keep = false): void {
  for (let c = 0; c < batch.columns.length; c++) {
    const column = batch.columns[c]!;
    const have = columnCapacity(column);
    if (have >= capacity) continue;
    const wider = newColumn(column.layout, Math.max(capacity, have * 2), batch.schema[c]!.nullable);
    if (keep) copyArrays(column, wider, batch.rows);
    batch.columns[c] = wider;
  }
  if (batch.diffs !== null && batch.diffs.length < capacity) {
    const wider = new Int32Array(Math.max(capacity, batch.diffs.length * 2));
    if (keep) wider.set(batch.diffs.subarray(0, batch.rows));
    batch.diffs = wider;
  }
}

function copyArrays(from: Column, to: Column, rows: number): void {
  if (to.nulls !== null && from.nulls !== null) to.nulls.set(from.nulls.subarray(0, rows));
  if (from.layout === 'numeric' && to.layout === 'numeric') {
    to.unscaled.set(from.unscaled.subarray(0, rows));
    to.scale.set(from.scale.subarray(0, rows));
    to.wide = from.wide;
  } else if (from.layout === 'text' && to.layout === 'text') {
    to.bytes = from.bytes;
    to.start.set(from.start.subarray(0, rows));
    to.end.set(from.end.subarray(0, rows));
  } else if (from.layout === 'interval' && to.layout === 'interval') {
    to.months.set(from.months.subarray(0, rows));
    to.days.set(from.days.subarray(0, rows));
    to.micros.set(from.micros.subarray(0, rows));
  } else if (from.layout === 'i64' && to.layout === 'i64') {
    to.values.set(from.values.subarray(0, rows));
  } else if (from.layout === 'i32' && to.layout === 'i32') {
    to.values.set(from.values.subarray(0, rows));
  } else if (from.layout === 'f64' && to.layout === 'f64') {
    to.values.set(from.values.subarray(0, rows));
  } else if (from.layout === 'bool' && to.layout === 'bool') {
    to.values.set(from.values.subarray(0, rows));
  }
}
