// Postgres' binary form of values back into columns and JavaScript values.

import type { Column } from '../data/column.ts';
import { columnCapacity } from '../data/column.ts';
import type { TypeKind } from '../data/types.ts';
import type { Value } from '../data/value.ts';
import { setValue } from '../data/value.ts';
import { DAYS_TO_2000, MICROS_TO_2000 } from './binary-cells.ts';
import { readNumeric } from './binary-numeric.ts';

const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function readDate(view: DataView, at: number): number {
  const days = view.getInt32(at);
  return days === INT32_MIN || days === INT32_MAX ? days : days + DAYS_TO_2000;
}

function readTime(view: DataView, at: number): bigint {
  const micros = view.getBigInt64(at);
  return micros === INT64_MIN || micros === INT64_MAX ? micros : micros + MICROS_TO_2000;
}

/** One value, as data/value.ts says. */
export function readValue(kind: TypeKind, bytes: Buffer, at: number, length: number): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case 'boolean':
      return bytes[at] === 1;
    case 'smallint':
      return view.getInt16(at);
    case 'integer':
      return view.getInt32(at);
    case 'date':
      return readDate(view, at);
    case 'bigint':
      return view.getBigInt64(at);
    case 'timestamp':
    case 'timestamptz':
      return readTime(view, at);
    case 'double':
      return view.getFloat64(at);
    case 'numeric':
      return readNumeric(view, at);
    case 'text':
      return bytes.toString('utf8', at, at + length);
    case 'interval':
      return { micros: view.getBigInt64(at), days: view.getInt32(at + 8), months: view.getInt32(at + 12) };
  }
}

/**
 * Fills rows 0 … rows − 1 of `column` from cells that begin at `places[step * i]` and have `lengths[step * i]` bytes
 * (−1: NULL). Text is not copied: the column points into `bytes`.
 */
export function readCells(
  column: Column,
  kind: TypeKind,
  bytes: Buffer,
  places: Int32Array,
  lengths: Int32Array,
  first: number,
  step: number,
  rows: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (column.layout === 'text') column.bytes = bytes;
  for (let row = 0, cell = first; row < rows; row++, cell += step) {
    const at = places[cell]!;
    if (lengths[cell]! < 0) {
      column.nulls ??= new Uint8Array(columnCapacity(column));
      column.nulls[row] = 1;
      continue;
    }
    if (column.nulls !== null) column.nulls[row] = 0;
    switch (column.layout) {
      case 'bool':
        column.values[row] = bytes[at]!;
        break;
      case 'i32':
        column.values[row] =
          kind === 'smallint' ? view.getInt16(at) : kind === 'date' ? readDate(view, at) : view.getInt32(at);
        break;
      case 'i64':
        column.values[row] = kind === 'bigint' ? view.getBigInt64(at) : readTime(view, at);
        break;
      case 'f64':
        column.values[row] = view.getFloat64(at);
        break;
      case 'text':
        column.start[row] = at;
        column.end[row] = at + lengths[cell]!;
        break;
      case 'numeric':
        setValue(column, row, readNumeric(view, at));
        break;
      case 'interval':
        column.micros[row] = view.getBigInt64(at);
        column.days[row] = view.getInt32(at + 8);
        column.months[row] = view.getInt32(at + 12);
        break;
    }
  }
}
