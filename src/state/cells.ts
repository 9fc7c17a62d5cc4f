// Cells of columns that state owns: copying single values between columns and growing owned columns. An owned text column
// has its bytes in an arena that grows by doubling; `arenaUsed` of the column says how much of it is written.

import { equalBytes } from '../data/bytes.ts';
import type { Column, TextColumn } from '../data/column.ts';
import { NUMERIC_WIDE } from '../data/column.ts';
import { grownBigints, grownBytes, grownDoubles, grownInt16s, grownInt32s } from './growing.ts';

const used = new WeakMap<TextColumn, number>();

/** Makes a fresh text column an owned one; other columns are returned as they are. */
export function newArena(column: Column): Column {
  if (column.layout === 'text') {
    column.bytes = new Uint8Array(256);
    used.set(column, 0);
  }
  return column;
}

/** Appends bytes to the arena of an owned text column and gives their start. */
function append(column: TextColumn, bytes: Uint8Array, start: number, end: number): number {
  const at = used.get(column) ?? 0;
  const length = end - start;
  if (at + length > column.bytes.length) {
    const wider = new Uint8Array(Math.max(at + length, column.bytes.length * 2));
    wider.set(column.bytes.subarray(0, at));
    column.bytes = wider;
  }
  for (let i = 0; i < length; i++) column.bytes[at + i] = bytes[start + i]!;
  used.set(column, at + length);
  return at;
}

/** Writes a text to cell `row` of an owned column. */
export function setText(column: Column, row: number, bytes: Uint8Array): void {
  if (column.layout !== 'text') throw new Error(`text for a column of ${column.layout}`);
  const at = append(column, bytes, 0, bytes.length);
  column.start[row] = at;
  column.end[row] = at + bytes.length;
  if (column.nulls !== null) column.nulls[row] = 0;
}

/** Empties the arena of an owned text column; its cells are void. */
export function resetArena(column: Column): void {
  if (column.layout === 'text') used.set(column, 0);
}

/** Copies cell `i` of `from` to cell `j` of the owned column `to` (same layout). */
export function copyCell(from: Column, i: number, to: Column, j: number): void {
  if (to.nulls !== null) to.nulls[j] = from.nulls !== null ? from.nulls[i]! : 0;
  if (from.layout === 'text' && to.layout === 'text') {
    if (from.nulls !== null && from.nulls[i] === 1) {
      to.start[j] = 0;
      to.end[j] = 0;
      return;
    }
    const at = append(to, from.bytes, from.start[i]!, from.end[i]!);
    to.start[j] = at;
    to.end[j] = at + from.end[i]! - from.start[i]!;
  } else if (from.layout === 'numeric' && to.layout === 'numeric') {
    if (from.nulls !== null && from.nulls[i] === 1) {
      to.unscaled[j] = 0n;
      to.scale[j] = 0;
      return;
    }
    to.unscaled[j] = from.unscaled[i]!;
    to.scale[j] = from.scale[i]!;
    if (from.scale[i]! >= 0 && (from.scale[i]! & NUMERIC_WIDE) !== 0) {
      to.wide ??= [];
      to.wide[j] = from.wide![i]!;
    }
  } else if (from.layout === 'interval' && to.layout === 'interval') {
    to.months[j] = from.months[i]!;
    to.days[j] = from.days[i]!;
    to.micros[j] = from.micros[i]!;
  } else if (from.layout === 'i64' && to.layout === 'i64') {
    to.values[j] = from.values[i]!;
  } else if (from.layout === 'i32' && to.layout === 'i32') {
    to.values[j] = from.values[i]!;
  } else if (from.layout === 'f64' && to.layout === 'f64') {
    to.values[j] = from.values[i]!;
  } else if (from.layout === 'bool' && to.layout === 'bool') {
    to.values[j] = from.values[i]!;
  } else {
    throw new Error(`cells differ: ${from.layout}, ${to.layout}`);
  }
}

/** Do two cells of a column print the same? */
export function identicalCells(column: Column, i: number, j: number): boolean {
  if (column.nulls !== null) {
    if (column.nulls[i] !== column.nulls[j]) return false;
    if (column.nulls[i] === 1) return true;
  }
  switch (column.layout) {
    case 'text': {
      const { bytes, start, end } = column;
      return equalBytes(bytes, start[i]!, end[i]!, bytes, start[j]!, end[j]!);
    }
    case 'numeric': {
      const scale = column.scale[i]!;
      if (scale !== column.scale[j]!) return false;
      if (scale >= 0 && (scale & NUMERIC_WIDE) !== 0) return column.wide![i] === column.wide![j];
      return column.unscaled[i] === column.unscaled[j];
    }
    case 'interval':
      return (
        column.months[i] === column.months[j] &&
        column.days[i] === column.days[j] &&
        column.micros[i] === column.micros[j]
      );
    case 'f64':
      return Object.is(column.values[i], column.values[j]);
    default:
      return column.values[i] === column.values[j];
  }
}

export function growColumn(column: Column, capacity: number): void {
  if (column.nulls !== null) column.nulls = grownBytes(column.nulls, capacity);
  switch (column.layout) {
    case 'bool':
      column.values = grownBytes(column.values, capacity);
      return;
    case 'i32':
      column.values = grownInt32s(column.values, capacity);
      return;
    case 'i64':
      column.values = grownBigints(column.values, capacity);
      return;
    case 'f64':
      column.values = grownDoubles(column.values, capacity);
      return;
    case 'text':
      column.start = grownInt32s(column.start, capacity);
      column.end = grownInt32s(column.end, capacity);
      return;
    case 'numeric':
      column.unscaled = grownBigints(column.unscaled, capacity);
      column.scale = grownInt16s(column.scale, capacity);
      return;
    case 'interval':
      column.months = grownInt32s(column.months, capacity);
      column.days = grownInt32s(column.days, capacity);
      column.micros = grownBigints(column.micros, capacity);
  }
}

/** Rewrites the arena without its dead bytes when they are more than half of it; says whether it did. */
export function compactArena(column: TextColumn, dead: number, slots: number): boolean {
  const total = used.get(column) ?? 0;
  if (total < 65_536 || dead * 2 < total) return false;
  const bytes = new Uint8Array(Math.max(256, (total - dead) * 2));
  let at = 0;
  for (let s = 0; s < slots; s++) {
    const length = column.end[s]! - column.start[s]!;
    bytes.set(column.bytes.subarray(column.start[s]!, column.end[s]!), at);
    column.start[s] = at;
    column.end[s] = at + length;
    at += length;
  }
  column.bytes = bytes;
  used.set(column, at);
  return true;
}

export function columnBytes(column: Column): number {
  const nulls = column.nulls?.byteLength ?? 0;
  switch (column.layout) {
    case 'text':
      return nulls + column.bytes.byteLength + column.start.byteLength + column.end.byteLength;
    case 'numeric':
      return nulls + column.unscaled.byteLength + column.scale.byteLength + (column.wide?.length ?? 0) * 24;
    case 'interval':
      return nulls + column.months.byteLength + column.days.byteLength + column.micros.byteLength;
    default:
      return nulls + column.values.byteLength;
  }
}
