// Postgres' binary form of values back into columns and JavaScript values.

import type { Column } from '../data/column.ts';
import { columnCapacity } from '../data/column.ts';
import type { SqlType } from '../data/types.ts';
import { isTree } from '../data/types.ts';
import { parseValue } from '../data/text-forms.ts';
import { encodeArray, encodeRow } from '../data/tree/cells.ts';
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
export function readValue(type: SqlType, bytes: Buffer, at: number, length: number): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type.kind) {
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
    case 'time':
      return view.getBigInt64(at);
    case 'timestamp':
    case 'timestamptz':
      return readTime(view, at);
    case 'real':
      return view.getFloat32(at);
    case 'double':
      return view.getFloat64(at);
    case 'numeric':
      return readNumeric(view, at);
    case 'text':
    case 'varchar':
      return bytes.toString('utf8', at, at + length);
    case 'bytea':
    case 'uuid':
      return Uint8Array.from(bytes.subarray(at, at + length));
    case 'jsonb':
      return parseValue(bytes.toString('utf8', at + 1, at + length), type);
    case 'array': {
      const count = view.getInt32(at) === 0 ? 0 : view.getInt32(at + 12);
      const element = type.element;
      return encodeArray(
        readList(bytes, at + 20, count, () => element),
        type,
      );
    }
    case 'row': {
      const { fields } = type;
      return encodeRow(
        readList(bytes, at + 4, fields.length, (i) => fields[i]!.type, 4),
        type,
      );
    }
    case 'interval':
      return { micros: view.getBigInt64(at), days: view.getInt32(at + 8), months: view.getInt32(at + 12) };
  }
}

/** Cells one after the other, each behind its length and, in a row, the number of its type. */
function readList(
  bytes: Buffer,
  from: number,
  count: number,
  typeOf: (i: number) => SqlType,
  before: 0 | 4 = 0,
): Value[] {
  const values: Value[] = [];
  let at = from;
  for (let i = 0; i < count; i++) {
    const length = bytes.readInt32BE(at + before);
    at += before + 4;
    values.push(length < 0 ? null : readValue(typeOf(i), bytes, at, length));
    at += Math.max(length, 0);
  }
  return values;
}

/**
 * Fills rows 0 … rows − 1 of `column` from cells that begin at `places[step * i]` and have `lengths[step * i]` bytes
 * (−1: NULL). Text is not copied: the column points into `bytes`.
 */
export function readCells(
  column: Column,
  type: SqlType,
  bytes: Buffer,
  places: Int32Array,
  lengths: Int32Array,
  first: number,
  step: number,
  rows: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { kind } = type;
  if (isTree(type)) return readTrees(column, type, bytes, places, lengths, first, step, rows);
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
        column.values[row] = kind === 'bigint' || kind === 'time' ? view.getBigInt64(at) : readTime(view, at);
        break;
      case 'f64':
        column.values[row] = kind === 'real' ? view.getFloat32(at) : view.getFloat64(at);
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

function readTrees(
  column: Column,
  type: SqlType,
  bytes: Buffer,
  places: Int32Array,
  lengths: Int32Array,
  first: number,
  step: number,
  rows: number,
): void {
  for (let row = 0, cell = first; row < rows; row++, cell += step) {
    const length = lengths[cell]!;
    setValue(column, row, length < 0 ? null : readValue(type, bytes, places[cell]!, length));
  }
}
