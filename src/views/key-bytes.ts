// Canonical bytes of keys, version 1 (frozen: tables hold them). Two keys have the same bytes when Postgres says that they
// are not distinct (1.0 = 1.00, −0 = 0, NaN = NaN, '1 mon' = '30 days', NULL = NULL), and bytes compare as Postgres sorts
// the keys (ascending, NULLS LAST, text as UTF-8 bytes), so that sorted epochs touch an index from left to right.
//
// A cell is 0xFF for NULL, otherwise 0x01 and the payload:
//   boolean 1 byte · int, date 4 bytes, bigint, timestamp 8 bytes: big-endian, sign bit flipped · interval: total length in
//   microseconds (month = 30 days) as 16 bytes, alike · double: IEEE bits, all flipped when negative, else the sign bit ·
//   text: UTF-8, 0x00 · other slices (of jsonb, arrays and rows the body): 0x00 as 0x00 0xFF, at the end 0x00 0x01 · numeric: class (−∞, negative, 0, positive, +∞, NaN as 0…5), then for negative and positive
//   numbers the base-10000 exponent + 32768 and each base-10000 digit + 1 as 2 bytes, and 0x0000; complemented for negative ones.

import type { Batch } from '../data/batch.ts';
import type { Column, IntervalColumn, NumericColumn, TextColumn } from '../data/column.ts';
import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN } from '../data/column.ts';
import { bodyEnd } from '../data/tree/writer.ts';
import type { SqlType } from '../data/types.ts';
import { isTree } from '../data/types.ts';
import { words } from '../postgres/binary-cells.ts';
import { parts, splitNumeric } from '../postgres/binary-numeric.ts';

const NULL_TAG = 0xff;
const VALUE_TAG = 0x01;
const MICROS_PER_DAY = 86_400_000_000n;

/** Keys one after the other: key i is `bytes[start[i] … start[i + 1])`. */
export class KeyArena {
  bytes = new Uint8Array(1024);
  start = new Int32Array(256);
  count = 0;
  #cursors = new Int32Array(256);

  get used(): number {
    return this.start[this.count]!;
  }

  get capacityBytes(): number {
    return this.bytes.byteLength + this.start.byteLength + this.#cursors.byteLength;
  }

  clear(): void {
    this.count = 0;
    this.start[0] = 0;
  }

  /** Appends the keys of all rows of a batch. */
  append(batch: Batch, key: readonly number[]): void {
    const n = batch.rows;
    const first = this.count;
    this.#reserveKeys(first + n);
    const cursors = this.#cursors;
    cursors.fill(0, 0, n);
    for (const c of key) addKeySizes(batch.columns[c]!, batch.schema[c]!.type, n, cursors);
    let at = this.used;
    for (let i = 0; i < n; i++) {
      const size = cursors[i]!;
      cursors[i] = at;
      at += size;
      this.start[first + i + 1] = at;
    }
    this.#reserveBytes(at);
    const view = new DataView(this.bytes.buffer);
    for (const c of key)
      writeKeyCells(batch.columns[c]!, batch.schema[c]!.type, n, cursors, view, this.bytes);
    this.count = first + n;
  }

  /** < 0, 0, > 0 as key a sorts before, equals, sorts after key b. */
  compare(a: number, b: number): number {
    const { bytes, start } = this;
    let i = start[a]!;
    let j = start[b]!;
    const endA = start[a + 1]!;
    const endB = start[b + 1]!;
    while (i < endA && j < endB) {
      const difference = bytes[i++]! - bytes[j++]!;
      if (difference !== 0) return difference;
    }
    return endA - i - (endB - j);
  }

  equal(a: number, b: number): boolean {
    const { bytes, start } = this;
    let i = start[a]!;
    let j = start[b]!;
    const end = start[a + 1]!;
    if (end - i !== start[b + 1]! - j) return false;
    while (i < end) if (bytes[i++] !== bytes[j++]) return false;
    return true;
  }

  hash(key: number): number {
    const { bytes, start } = this;
    const end = start[key + 1]!;
    let h = 0x811c9dc5 | 0;
    for (let i = start[key]!; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
    h ^= h >>> 15;
    h = Math.imul(h, 0x85ebca6b);
    return h ^ (h >>> 13);
  }

  #reserveKeys(keys: number): void {
    if (this.#cursors.length < keys) this.#cursors = new Int32Array(Math.max(keys, this.#cursors.length * 2));
    if (this.start.length > keys) return;
    const wider = new Int32Array(Math.max(keys + 1, this.start.length * 2));
    wider.set(this.start.subarray(0, this.count + 1));
    this.start = wider;
  }

  #reserveBytes(bytes: number): void {
    if (this.bytes.length >= bytes) return;
    const wider = new Uint8Array(Math.max(bytes, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
  }
}

function addKeySizes(column: Column, type: SqlType, n: number, sizes: Int32Array): void {
  const nulls = column.nulls;
  if (column.layout === 'text' && !isText(type)) return addSliceSizes(column, isTree(type), n, sizes);
  if (column.layout === 'text' || column.layout === 'numeric') {
    const halves = column.layout === 'numeric' ? words(column.unscaled) : null;
    for (let i = 0; i < n; i++) {
      if (nulls !== null && nulls[i] === 1) sizes[i]! += 1;
      else if (column.layout === 'text') sizes[i]! += 2 + column.end[i]! - column.start[i]!;
      else sizes[i]! += 1 + numericKeySize(column, halves!, i);
    }
    return;
  }
  const full = 1 + FIXED_WIDTH[column.layout];
  for (let i = 0; i < n; i++) sizes[i]! += nulls !== null && nulls[i] === 1 ? 1 : full;
}

const FIXED_WIDTH = { bool: 1, i32: 4, i64: 8, f64: 8, interval: 16 } as const;

function writeKeyCells(
  column: Column,
  type: SqlType,
  n: number,
  cursors: Int32Array,
  view: DataView,
  out: Uint8Array,
): void {
  const nulls = column.nulls;
  for (let i = 0; i < n; i++) out[cursors[i]!++] = nulls !== null && nulls[i] === 1 ? NULL_TAG : VALUE_TAG;
  switch (column.layout) {
    case 'bool':
      for (let i = 0; i < n; i++)
        if (nulls === null || nulls[i] !== 1) out[cursors[i]!++] = column.values[i]!;
      return;
    case 'i32':
      for (let i = 0; i < n; i++) {
        if (nulls !== null && nulls[i] === 1) continue;
        view.setInt32(cursors[i]!, column.values[i]! ^ 0x80000000);
        cursors[i]! += 4;
      }
      return;
    case 'i64': {
      const halves = words(column.values);
      for (let i = 0; i < n; i++) {
        if (nulls !== null && nulls[i] === 1) continue;
        view.setInt32(cursors[i]!, halves[2 * i + 1]! ^ 0x80000000);
        view.setInt32(cursors[i]! + 4, halves[2 * i]!);
        cursors[i]! += 8;
      }
      return;
    }
    case 'f64':
      return writeDoubles(column.values, nulls, n, cursors, view);
    case 'text':
      if (!isText(type)) return writeSlices(column, isTree(type), n, cursors, out);
      return writeTexts(column, n, cursors, out);
    case 'numeric':
      return writeNumerics(column, n, cursors, view);
    case 'interval':
      return writeIntervals(column, n, cursors, view);
  }
}

function writeDoubles(
  values: Float64Array,
  nulls: Uint8Array | null,
  n: number,
  cursors: Int32Array,
  view: DataView,
): void {
  for (let i = 0; i < n; i++) {
    if (nulls !== null && nulls[i] === 1) continue;
    const p = cursors[i]!;
    const value = values[i]!;
    view.setFloat64(p, value === 0 ? 0 : value);
    if (value !== value) view.setInt32(p, 0x7ff80000);
    if (value !== value) view.setInt32(p + 4, 0);
    const high = view.getInt32(p);
    if (high < 0) {
      view.setInt32(p, ~high);
      view.setInt32(p + 4, ~view.getInt32(p + 4));
    } else view.setInt32(p, high ^ 0x80000000);
    cursors[i] = p + 8;
  }
}

function writeTexts(column: TextColumn, n: number, cursors: Int32Array, out: Uint8Array): void {
  const { bytes, start, end, nulls } = column;
  for (let i = 0; i < n; i++) {
    if (nulls !== null && nulls[i] === 1) continue;
    let p = cursors[i]!;
    for (let b = start[i]!; b < end[i]!; b++) out[p++] = bytes[b]!;
    out[p++] = 0;
    cursors[i] = p;
  }
}

function isText(type: SqlType): boolean {
  return type.kind === 'text' || type.kind === 'varchar';
}

function sliceEnd(column: TextColumn, tree: boolean, row: number): number {
  const end = column.end[row]!;
  return tree ? bodyEnd(column.bytes, column.start[row]!, end) : end;
}

function addSliceSizes(column: TextColumn, tree: boolean, n: number, sizes: Int32Array): void {
  for (let i = 0; i < n; i++) {
    sizes[i]! += 1;
    if (column.nulls !== null && column.nulls[i] === 1) continue;
    const end = sliceEnd(column, tree, i);
    sizes[i]! += 2 + end - column.start[i]!;
    for (let b = column.start[i]!; b < end; b++) if (column.bytes[b] === 0) sizes[i]!++;
  }
}

function writeSlices(
  column: TextColumn,
  tree: boolean,
  n: number,
  cursors: Int32Array,
  out: Uint8Array,
): void {
  for (let i = 0; i < n; i++) {
    if (column.nulls !== null && column.nulls[i] === 1) continue;
    let p = cursors[i]!;
    const end = sliceEnd(column, tree, i);
    for (let b = column.start[i]!; b < end; b++) {
      out[p++] = column.bytes[b]!;
      if (column.bytes[b] === 0) out[p++] = 0xff;
    }
    out[p++] = 0;
    out[p++] = 1;
    cursors[i] = p;
  }
}

function numericKeySize(column: NumericColumn, halves: Int32Array, row: number): number {
  if (column.scale[row]! < 0) return 1;
  splitNumeric(column, halves, row);
  return parts.count === 0 ? 1 : 5 + 2 * parts.count;
}

function writeNumerics(column: NumericColumn, n: number, cursors: Int32Array, view: DataView): void {
  const halves = words(column.unscaled);
  const { nulls } = column;
  for (let i = 0; i < n; i++) {
    if (nulls !== null && nulls[i] === 1) continue;
    const p = cursors[i]!;
    const scale = column.scale[i]!;
    if (scale < 0) {
      view.setUint8(p, scale === NUMERIC_NAN ? 5 : scale === NUMERIC_MINUS_INFINITY ? 0 : 4);
      cursors[i] = p + 1;
      continue;
    }
    splitNumeric(column, halves, i);
    cursors[i] = parts.count === 0 ? writeZero(view, p) : writeDigits(view, p);
  }
}

function writeZero(view: DataView, p: number): number {
  view.setUint8(p, 2);
  return p + 1;
}

function writeDigits(view: DataView, start: number): number {
  const flip = parts.negative ? 0xffff : 0;
  view.setUint8(start, parts.negative ? 1 : 3);
  view.setUint16(start + 1, (parts.lowest + parts.count - 1 + 32768) ^ flip);
  let p = start + 3;
  for (let g = parts.count - 1; g >= 0; g--, p += 2) view.setUint16(p, (parts.groups[g]! + 1) ^ flip);
  view.setUint16(p, flip);
  return p + 2;
}

function writeIntervals(column: IntervalColumn, n: number, cursors: Int32Array, view: DataView): void {
  const { nulls, months, days, micros } = column;
  for (let i = 0; i < n; i++) {
    if (nulls !== null && nulls[i] === 1) continue;
    const p = cursors[i]!;
    const total = (BigInt(months[i]!) * 30n + BigInt(days[i]!)) * MICROS_PER_DAY + micros[i]!;
    view.setBigUint64(p, BigInt.asUintN(64, (total >> 64n) ^ (1n << 63n)));
    view.setBigUint64(p + 8, BigInt.asUintN(64, total));
    cursors[i] = p + 16;
  }
}
