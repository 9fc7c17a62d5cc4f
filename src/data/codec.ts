// Columns as bytes: the rows named by an index array, column by column. Used by segments; the shape of the rows is known to
// the reader, so only values are written.

import type { ByteReader, ByteWriter } from './binary-format.ts';
import { badFormat } from './binary-format.ts';
import type { Column } from './column.ts';
import { NUMERIC_WIDE, newColumn } from './column.ts';
import type { Layout } from './types.ts';

/** Writes the cells `rows[0 … n)` of a column. */
export function writeColumn(w: ByteWriter, column: Column, rows: Int32Array, n: number): void {
  const nulls = column.nulls;
  let anyNull = false;
  if (nulls !== null) for (let i = 0; i < n && !anyNull; i++) anyNull = nulls[rows[i]!] === 1;
  w.u8(anyNull ? 1 : 0);
  if (anyNull) w.array(gather(new Uint8Array(n), nulls!, rows, n));
  switch (column.layout) {
    case 'bool':
      return w.array(gather(new Uint8Array(n), column.values, rows, n));
    case 'i32':
      return w.array(gather(new Int32Array(n), column.values, rows, n));
    case 'f64':
      return w.array(gather(new Float64Array(n), column.values, rows, n));
    case 'i64':
      return w.array(gatherBig(column.values, rows, n));
    case 'interval':
      w.array(gather(new Int32Array(n), column.months, rows, n));
      w.array(gather(new Int32Array(n), column.days, rows, n));
      return w.array(gatherBig(column.micros, rows, n));
    case 'numeric': {
      w.array(gatherBig(column.unscaled, rows, n));
      const scales = gather(new Int16Array(n), column.scale, rows, n);
      // What is left in the place of a NULL says nothing.
      if (anyNull) for (let i = 0; i < n; i++) if (nulls![rows[i]!] === 1) scales[i] = 0;
      w.array(scales);
      for (let i = 0; i < n; i++)
        if (scales[i]! >= 0 && (scales[i]! & NUMERIC_WIDE) !== 0) w.text(String(column.wide![rows[i]!]!));
      return;
    }
    case 'text': {
      const lengths = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        const isNull = anyNull && nulls![rows[i]!] === 1;
        lengths[i] = isNull ? 0 : column.end[rows[i]!]! - column.start[rows[i]!]!;
      }
      w.array(lengths);
      const all = new Uint8Array(lengths.reduce((a, b) => a + b, 0));
      let at = 0;
      for (let i = 0; i < n; i++) {
        const from = column.start[rows[i]!]!;
        all.set(column.bytes.subarray(from, from + lengths[i]!), at);
        at += lengths[i]!;
      }
      w.raw(all);
      return;
    }
  }
}

interface Numbers {
  [i: number]: number;
}

function gather<T extends Numbers>(into: T, values: Numbers, rows: Int32Array, n: number): T {
  for (let i = 0; i < n; i++) into[i] = values[rows[i]!]!;
  return into;
}

function gatherBig(values: BigInt64Array, rows: Int32Array, n: number): BigInt64Array {
  const into = new BigInt64Array(n);
  for (let i = 0; i < n; i++) into[i] = values[rows[i]!]!;
  return into;
}

/** Reads `n` cells back as a column of its own. */
export function readColumn(r: ByteReader, layout: Layout, n: number): Column {
  const anyNull = r.u8() === 1;
  const column = newColumn(layout, 0, false);
  if (anyNull) column.nulls = new Uint8Array(r.array(n));
  switch (column.layout) {
    case 'bool':
      column.values = new Uint8Array(r.array(n));
      break;
    case 'i32':
      column.values = new Int32Array(r.array(n * 4));
      break;
    case 'f64':
      column.values = new Float64Array(r.array(n * 8));
      break;
    case 'i64':
      column.values = new BigInt64Array(r.array(n * 8));
      break;
    case 'interval':
      column.months = new Int32Array(r.array(n * 4));
      column.days = new Int32Array(r.array(n * 4));
      column.micros = new BigInt64Array(r.array(n * 8));
      break;
    case 'numeric':
      column.unscaled = new BigInt64Array(r.array(n * 8));
      column.scale = new Int16Array(r.array(n * 2));
      for (let i = 0; i < n; i++) {
        const scale = column.scale[i]!;
        if (scale >= 0 && (scale & NUMERIC_WIDE) !== 0) (column.wide ??= [])[i] = BigInt(r.text());
      }
      break;
    case 'text':
      readText(r, column, n);
      break;
  }
  return column;
}

function readText(r: ByteReader, column: Extract<Column, { layout: 'text' }>, n: number): void {
  const lengths = new Int32Array(r.array(n * 4));
  column.bytes = r.raw().slice();
  column.start = new Int32Array(n);
  column.end = new Int32Array(n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    if (lengths[i]! < 0 || at + lengths[i]! > column.bytes.length) throw badFormat('a text is out of bounds');
    column.start[i] = at;
    at += lengths[i]!;
    column.end[i] = at;
  }
}
