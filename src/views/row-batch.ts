// Rows as JavaScript values to columns. For snapshots: the change log is columns already.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { TextColumn } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import { setValue, valueBytes } from '../data/value.ts';
import type { ViewRow } from './row-change.ts';

export function batchOfRows(schema: RowSchema, rows: readonly ViewRow[]): Batch {
  const batch = newBatch(schema, rows.length);
  batch.columns.forEach((column, c) => {
    if (column.layout === 'text') fillText(column, rows, c);
    else for (let r = 0; r < rows.length; r++) setValue(column, r, rows[r]![c]!);
  });
  batch.rows = rows.length;
  return batch;
}

const NO_BYTES = new Uint8Array(0);

/** All slices of the column, joined at once. */
function fillText(column: TextColumn, rows: readonly ViewRow[], c: number): void {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let r = 0; r < rows.length; r++) {
    const value = rows[r]![c]!;
    const bytes = value === null ? NO_BYTES : valueBytes(value);
    if (value === null) (column.nulls ??= new Uint8Array(rows.length))[r] = 1;
    column.start[r] = at;
    column.end[r] = at += bytes.length;
    pieces.push(bytes);
  }
  const joined = Buffer.concat(pieces);
  column.bytes = new Uint8Array(joined.buffer, joined.byteOffset, joined.length);
}
