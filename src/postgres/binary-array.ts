// Columns of a batch as binary array parameters, for `unnest($1::int8[], $2::text[], …)`. A Buffer as a parameter makes pg
// send it in binary. Measured: hand-encoded binary arrays are 1.3–1.5 times as fast as arrays of JavaScript values.

import type { Column } from '../data/column.ts';
import type { SqlType } from '../data/types.ts';
import { BYTEA, isTree, TEXT } from '../data/types.ts';
import type { Rows } from './binary-cells.ts';
import { addCellSizes, writeCells } from './binary-cells.ts';
import { textCells } from './tree-cells.ts';
import { oidOf } from './type-oids.ts';

const HEADER = 20;
const EMPTY_HEADER = 12;

/**
 * The values of `column` in the rows `rows`, in that order. Of jsonb, arrays and rows an array of text comes out, which the
 * statement casts: unnest would take arrays of arrays apart.
 */
export function encodeArray(column: Column, type: SqlType, rows: Rows): Buffer {
  if (isTree(type)) return encodeArray(textCells(column, type, rows), TEXT, rows);
  if (rows.length === 0) return emptyArray(oidOf(type));
  const cursors = new Int32Array(rows.length);
  addCellSizes(column, type, rows, cursors);
  const out = Buffer.allocUnsafe(placeOneAfterTheOther(cursors));
  writeHeader(out, oidOf(type), rows.length, column.nulls !== null);
  writeCells(column, type, rows, cursors, out);
  return out;
}

/** `bytes[start[i] … end[i])` for the entries `rows` as a bytea[]; for the canonical keys of wide-keyed views. */
export function encodeByteaArray(bytes: Uint8Array, start: Int32Array, end: Int32Array, rows: Rows): Buffer {
  if (rows.length === 0) return emptyArray(oidOf(BYTEA));
  const column: Column = { layout: 'text', bytes, start, end, nulls: null };
  const cursors = new Int32Array(rows.length);
  addCellSizes(column, BYTEA, rows, cursors);
  const out = Buffer.allocUnsafe(placeOneAfterTheOther(cursors));
  writeHeader(out, oidOf(BYTEA), rows.length, false);
  writeCells(column, BYTEA, rows, cursors, out);
  return out;
}

/** Turns sizes into places, behind the header; gives the size of the whole. */
function placeOneAfterTheOther(sizes: Int32Array): number {
  let at = HEADER;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    sizes[i] = at;
    at += size;
  }
  return at;
}

function writeHeader(out: Buffer, oid: number, length: number, hasNulls: boolean): void {
  out.writeInt32BE(1, 0);
  out.writeInt32BE(hasNulls ? 1 : 0, 4);
  out.writeInt32BE(oid, 8);
  out.writeInt32BE(length, 12);
  out.writeInt32BE(1, 16);
}

function emptyArray(oid: number): Buffer {
  const out = Buffer.alloc(EMPTY_HEADER);
  out.writeInt32BE(oid, 8);
  return out;
}
