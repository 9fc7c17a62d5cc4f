// Rows on their way between tasks: parts one after the other in one buffer, each the chosen rows of a batch, column by column. Both
// ends run the same build and know the shape, so only values are written.

import type { Batch } from '../data/batch.ts';
import type { ByteWriter } from '../data/binary-format.ts';
import { ByteReader } from '../data/binary-format.ts';
import { readColumn, writeColumn } from '../data/codec.ts';
import type { RowSchema } from '../data/types.ts';
import { layoutOf } from '../data/types.ts';

/** Appends rows `rows[0 … n)`. */
export function writeRows(w: ByteWriter, batch: Batch, rows: Int32Array, n: number): void {
  w.u32(n);
  w.u8(batch.diffs === null ? 0 : 1);
  if (batch.diffs !== null) {
    const diffs = new Int32Array(n);
    for (let i = 0; i < n; i++) diffs[i] = batch.diffs[rows[i]!]!;
    w.array(diffs);
  }
  for (const column of batch.columns) writeColumn(w, column, rows, n);
}

/** Part after part. */
export function readRows(bytes: Uint8Array, schema: RowSchema, take: (batch: Batch) => void): void {
  const r = new ByteReader(bytes);
  while (!r.atEnd()) {
    const rows = r.u32();
    const diffs = r.u8() === 1 ? new Int32Array(r.array(rows * 4)) : null;
    const columns = schema.map((field) => readColumn(r, layoutOf(field.type), rows));
    take({ schema, rows, columns, diffs });
  }
}
