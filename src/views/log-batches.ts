// A part of the change log as batches of signed changes: what left, then what entered. Nothing is copied, the columns are slices of
// what was decoded.

import type { Batch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import type { DecodedChanges } from './change-log-codec.ts';

export function changeBatches(schema: RowSchema, decoded: DecodedChanges): readonly Batch[] {
  const { updates, inserts, deletes, unchanged } = decoded;
  const deleted = decoded.before.map((column, c) => slice(column, unchanged[c]! ? 0 : updates, deletes));
  const updated = decoded.before.map((column, c) => (unchanged[c]! ? decoded.after[c]! : column));
  return [
    batch(schema, deletes, deleted, -1),
    batch(schema, updates, updated, -1),
    batch(schema, updates + inserts, [...decoded.after], 1),
  ].filter(({ rows }) => rows > 0);
}

function batch(schema: RowSchema, rows: number, columns: Column[], diff: 1 | -1): Batch {
  return { schema, rows, columns, diffs: diff === 1 ? null : new Int32Array(rows).fill(-1) };
}

/** `rows` rows from row `from` on. */
function slice(column: Column, from: number, rows: number): Column {
  const to = from + rows;
  const nulls = column.nulls === null ? null : column.nulls.subarray(from, to);
  switch (column.layout) {
    case 'bool':
      return { layout: 'bool', values: column.values.subarray(from, to), nulls };
    case 'i32':
      return { layout: 'i32', values: column.values.subarray(from, to), nulls };
    case 'i64':
      return { layout: 'i64', values: column.values.subarray(from, to), nulls };
    case 'f64':
      return { layout: 'f64', values: column.values.subarray(from, to), nulls };
    case 'text':
      return {
        layout: 'text',
        bytes: column.bytes,
        start: column.start.subarray(from, to),
        end: column.end.subarray(from, to),
        nulls,
      };
    case 'numeric':
      return {
        layout: 'numeric',
        unscaled: column.unscaled.subarray(from, to),
        scale: column.scale.subarray(from, to),
        wide: column.wide === null ? null : column.wide.slice(from, to),
        nulls,
      };
    case 'interval':
      return {
        layout: 'interval',
        months: column.months.subarray(from, to),
        days: column.days.subarray(from, to),
        micros: column.micros.subarray(from, to),
        nulls,
      };
  }
}
