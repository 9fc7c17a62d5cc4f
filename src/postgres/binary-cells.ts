// Postgres' binary form of values, column by column. Arrays and COPY rows are made of the same cells (length word, then
// payload; length −1 is NULL) in another order, so both give each cell a cursor and share these loops. Nothing is
// allocated per value. Numbers are read as 32-bit words of the columns' memory, low word first, as every platform of Node
// that Millrace runs on stores them.

import type { Column, Nulls } from '../data/column.ts';
import type { SqlType } from '../data/types.ts';
import { numericSize, writeNumeric } from './binary-numeric.ts';

/** Days and microseconds from 1970-01-01, our epoch, to 2000-01-01, Postgres'. */
export const DAYS_TO_2000 = 10957;
export const MICROS_TO_2000 = 946_684_800_000_000n;
const MICROS_HIGH = Math.floor(946_684_800_000_000 / 4294967296);
const MICROS_LOW = 946_684_800_000_000 % 4294967296;
const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;

/** Rows `rows[0]`, `rows[1]`, … of a column: the selection that every function here takes. */
export type Rows = Int32Array;

/** Adds the size of cell `rows[i]` to `sizes[i]`. */
export function addCellSizes(column: Column, type: SqlType, rows: Rows, sizes: Int32Array): void {
  const n = rows.length;
  const nulls = column.nulls;
  if (column.layout === 'text') {
    for (let i = 0; i < n; i++) {
      const row = rows[i]!;
      sizes[i]! += nulls !== null && nulls[row] === 1 ? 4 : 4 + column.end[row]! - column.start[row]!;
    }
  } else if (column.layout === 'numeric') {
    const halves = words(column.unscaled);
    for (let i = 0; i < n; i++) {
      const row = rows[i]!;
      sizes[i]! += nulls !== null && nulls[row] === 1 ? 4 : 4 + numericSize(column, halves, row);
    }
  } else {
    const full = 4 + fixedWidth(type.kind);
    for (let i = 0; i < n; i++) sizes[i]! += nulls !== null && nulls[rows[i]!] === 1 ? 4 : full;
  }
}

function fixedWidth(kind: SqlType['kind']): number {
  switch (kind) {
    case 'boolean':
      return 1;
    case 'smallint':
      return 2;
    case 'integer':
    case 'date':
    case 'real':
      return 4;
    case 'interval':
      return 16;
    default:
      return 8;
  }
}

/** Writes cell `rows[i]` at `cursors[i]` and moves the cursor behind it. */
export function writeCells(
  column: Column,
  { kind }: SqlType,
  rows: Rows,
  cursors: Int32Array,
  out: Buffer,
): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  writeNulls(column.nulls, rows, cursors, view);
  switch (column.layout) {
    case 'bool':
      return writeBool(column.values, column.nulls, rows, cursors, view);
    case 'i32':
      if (kind === 'smallint') return writeSmallint(column.values, column.nulls, rows, cursors, view);
      return writeI32(column.values, column.nulls, kind === 'date', rows, cursors, view);
    case 'i64':
      return writeI64(
        words(column.values),
        column.nulls,
        kind === 'timestamp' || kind === 'timestamptz',
        rows,
        cursors,
        view,
      );
    case 'f64':
      if (kind === 'real') return writeF32(column.values, column.nulls, rows, cursors, view);
      return writeF64(column.values, column.nulls, rows, cursors, view);
    case 'text':
      return writeText(column, rows, cursors, view, out);
    case 'numeric':
      return writeNumerics(column, rows, cursors, view);
    case 'interval':
      return writeInterval(column, rows, cursors, view);
  }
}

export function words(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function writeNulls(nulls: Nulls, rows: Rows, cursors: Int32Array, view: DataView): void {
  if (nulls === null) return;
  for (let i = 0; i < rows.length; i++) {
    if (nulls[rows[i]!] !== 1) continue;
    view.setInt32(cursors[i]!, -1);
    cursors[i]! += 4;
  }
}

function writeBool(values: Uint8Array, nulls: Nulls, rows: Rows, cursors: Int32Array, view: DataView): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    view.setInt32(p, 1);
    view.setUint8(p + 4, values[row]!);
    cursors[i] = p + 5;
  }
}

function writeSmallint(v: Int32Array, nulls: Nulls, rows: Rows, cursors: Int32Array, view: DataView): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    view.setInt32(p, 2);
    view.setInt16(p + 4, v[row]!);
    cursors[i] = p + 6;
  }
}

function writeI32(
  values: Int32Array,
  nulls: Nulls,
  isDate: boolean,
  rows: Rows,
  cursors: Int32Array,
  view: DataView,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    const value = values[row]!;
    const infinite = value === INT32_MIN || value === INT32_MAX;
    view.setInt32(p, 4);
    view.setInt32(p + 4, isDate && !infinite ? value - DAYS_TO_2000 : value);
    cursors[i] = p + 8;
  }
}

function writeI64(
  halves: Int32Array,
  nulls: Nulls,
  isTime: boolean,
  rows: Rows,
  cursors: Int32Array,
  view: DataView,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    let low = halves[2 * row]!;
    let high = halves[2 * row + 1]!;
    if (isTime && !(high === INT32_MAX && low === -1) && !(high === INT32_MIN && low === 0)) {
      const difference = (low >>> 0) - MICROS_LOW;
      low = difference | 0;
      high = high - MICROS_HIGH - (difference < 0 ? 1 : 0);
    }
    view.setInt32(p, 8);
    view.setInt32(p + 4, high);
    view.setInt32(p + 8, low);
    cursors[i] = p + 12;
  }
}

function writeF64(v: Float64Array, nulls: Nulls, rows: Rows, cursors: Int32Array, view: DataView): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    view.setInt32(p, 8);
    view.setFloat64(p + 4, v[row]!);
    cursors[i] = p + 12;
  }
}

function writeF32(v: Float64Array, nulls: Nulls, rows: Rows, cursors: Int32Array, view: DataView): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    view.setInt32(p, 4);
    view.setFloat32(p + 4, v[row]!);
    cursors[i] = p + 8;
  }
}

/** Below this a loop beats the call that copies. */
const SHORT = 32;

function writeText(
  column: Extract<Column, { layout: 'text' }>,
  rows: Rows,
  cursors: Int32Array,
  view: DataView,
  out: Buffer,
): void {
  const { bytes, start, end, nulls } = column;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    const from = start[row]!;
    const length = end[row]! - from;
    view.setInt32(p, length);
    if (length < SHORT) for (let b = 0; b < length; b++) out[p + 4 + b] = bytes[from + b]!;
    else out.set(bytes.subarray(from, from + length), p + 4);
    cursors[i] = p + 4 + length;
  }
}

function writeNumerics(
  column: Extract<Column, { layout: 'numeric' }>,
  rows: Rows,
  cursors: Int32Array,
  view: DataView,
): void {
  const halves = words(column.unscaled);
  const { nulls } = column;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    const end = writeNumeric(column, halves, row, view, p + 4);
    view.setInt32(p, end - p - 4);
    cursors[i] = end;
  }
}

function writeInterval(
  column: Extract<Column, { layout: 'interval' }>,
  rows: Rows,
  cursors: Int32Array,
  view: DataView,
): void {
  const halves = words(column.micros);
  const { nulls } = column;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const p = cursors[i]!;
    view.setInt32(p, 16);
    view.setInt32(p + 4, halves[2 * row + 1]!);
    view.setInt32(p + 8, halves[2 * row]!);
    view.setInt32(p + 12, column.days[row]!);
    view.setInt32(p + 16, column.months[row]!);
    cursors[i] = p + 20;
  }
}
