// Choosing rows of a batch by index, into arrays of one's own. Text keeps pointing into the bytes of the original.

import type { Batch } from './batch.ts';
import { reserve } from './batch.ts';
import type { Column } from './column.ts';
import { columnCapacity } from './column.ts';

/** Rows `rows[0 … n)` of `from` become the rows of `to` (same schema), which lends what `from` lends. */
export function gatherBatch(from: Batch, rows: Int32Array, n: number, to: Batch): void {
  reserve(to, n);
  for (let c = 0; c < from.columns.length; c++) gatherColumn(from.columns[c]!, rows, n, to.columns[c]!);
  if (from.diffs === null) to.diffs = null;
  else {
    to.diffs = new Int32Array(n);
    gatherNumbers(from.diffs, rows, n, to.diffs);
  }
  to.rows = n;
}

interface Numbers {
  [i: number]: number;
}

function gatherNumbers(from: Numbers, rows: Int32Array, n: number, to: Numbers): void {
  for (let i = 0; i < n; i++) to[i] = from[rows[i]!]!;
}

function gatherBig(from: BigInt64Array, rows: Int32Array, n: number, to: BigInt64Array): void {
  for (let i = 0; i < n; i++) to[i] = from[rows[i]!]!;
}

/** `to` has room for `n` rows. */
export function gatherColumn(from: Column, rows: Int32Array, n: number, to: Column): void {
  if (from.nulls === null) to.nulls = null;
  else {
    if (to.nulls === null || to.nulls.length < n) to.nulls = new Uint8Array(columnCapacity(to));
    gatherNumbers(from.nulls, rows, n, to.nulls);
  }
  switch (from.layout) {
    case 'i64':
      if (to.layout === 'i64') gatherBig(from.values, rows, n, to.values);
      return;
    case 'bool':
    case 'i32':
    case 'f64':
      if (to.layout === from.layout) gatherNumbers(from.values, rows, n, to.values);
      return;
    case 'text':
      if (to.layout !== 'text') return;
      to.bytes = from.bytes;
      gatherNumbers(from.start, rows, n, to.start);
      gatherNumbers(from.end, rows, n, to.end);
      return;
    case 'interval':
      if (to.layout !== 'interval') return;
      gatherNumbers(from.months, rows, n, to.months);
      gatherNumbers(from.days, rows, n, to.days);
      gatherBig(from.micros, rows, n, to.micros);
      return;
    case 'numeric':
      if (to.layout !== 'numeric') return;
      gatherBig(from.unscaled, rows, n, to.unscaled);
      gatherNumbers(from.scale, rows, n, to.scale);
      to.wide = null;
      if (from.wide !== null) {
        const wide: bigint[] = [];
        for (let i = 0; i < n; i++) {
          const value = from.wide[rows[i]!];
          if (value !== undefined) wide[i] = value;
        }
        to.wide = wide;
      }
  }
}

/** As gatherColumn, where row −1 is NULL. */
export function gatherOptional(from: Column, rows: Int32Array, n: number, to: Column): void {
  const some = firstRow(rows, n);
  if (some < 0) {
    to.nulls ??= new Uint8Array(columnCapacity(to));
    if (to.layout === 'text') to.bytes = NO_BYTES;
    for (let i = 0; i < n; i++) clearCell(to, to.nulls, i);
    return;
  }
  if (!hasMissing(rows, n)) return gatherColumn(from, rows, n, to);
  gatherColumn(
    from,
    rows.map((row) => (row < 0 ? some : row)),
    n,
    to,
  );
  to.nulls ??= new Uint8Array(columnCapacity(to));
  for (let i = 0; i < n; i++) if (rows[i]! < 0) clearCell(to, to.nulls, i);
}

const NO_BYTES = new Uint8Array(0);

function firstRow(rows: Int32Array, n: number): number {
  for (let i = 0; i < n; i++) if (rows[i]! >= 0) return rows[i]!;
  return -1;
}

function hasMissing(rows: Int32Array, n: number): boolean {
  for (let i = 0; i < n; i++) if (rows[i]! < 0) return true;
  return false;
}

function clearCell(to: Column, nulls: Uint8Array, i: number): void {
  nulls[i] = 1;
  if (to.layout !== 'text') return;
  to.start[i] = 0;
  to.end[i] = 0;
}
