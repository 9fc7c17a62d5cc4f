// A part of the change log, version 1: which rows of a view left and entered in one epoch, as columns. Little-endian:
//
//   u32 magic "MRC1" · u32 CRC-32 of all that follows · u8 format version · u16 columns · u32 updates, inserts, deletes
//   then per column: u8 1 = no update changes it · the cells after (updates, inserts) · the cells before (updates unless 1,
//   deletes), each as data/codec.ts writes them
//
// The shape of the rows is the view's. A reader that finds another version or checksum refuses, it never guesses.

import { crc32 } from 'node:zlib';
import type { Batch } from '../data/batch.ts';
import { badFormat, ByteReader, ByteWriter } from '../data/binary-format.ts';
import { readColumn, writeColumn } from '../data/codec.ts';
import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import { layoutOf } from '../data/types.ts';
import { sameCell } from './cell-equality.ts';

const MAGIC = 0x3143524d;
const FORMAT_VERSION = 1;
const CHECKSUM_AT = 4;
const CHECKED_FROM = 8;

/** Row numbers of `rows`; the i-th update takes `updatesFrom[i]` to `updatesTo[i]`. */
export interface RowChanges {
  readonly rows: Batch;
  readonly deletes: Int32Array;
  readonly updatesFrom: Int32Array;
  readonly updatesTo: Int32Array;
  readonly inserts: Int32Array;
}

export function encodeChanges(changes: RowChanges): Buffer {
  const { rows, deletes, updatesFrom, updatesTo, inserts } = changes;
  const w = new ByteWriter(4096);
  w.u32(MAGIC);
  w.u32(0);
  w.u8(FORMAT_VERSION);
  w.u16(rows.columns.length);
  w.u32(updatesTo.length);
  w.u32(inserts.length);
  w.u32(deletes.length);
  const after = concat(updatesTo, inserts);
  const before = concat(updatesFrom, deletes);
  for (const column of rows.columns) {
    const same = isSame(column, updatesFrom, updatesTo);
    w.u8(same ? 1 : 0);
    writeColumn(w, column, after, after.length);
    const left = same ? deletes : before;
    writeColumn(w, column, left, left.length);
  }
  const bytes = w.finish();
  w.patchU32(CHECKSUM_AT, crc32(bytes.subarray(CHECKED_FROM)));
  return Buffer.from(w.finish());
}

function isSame(column: Column, from: Int32Array, to: Int32Array): boolean {
  for (let i = 0; i < from.length; i++) if (!sameCell(column, from[i]!, to[i]!)) return false;
  return true;
}

function concat(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/**
 * Row i of `after`: update i, then the inserts. Row i of `before`: update i, then the deletes; but a column that is
 * `unchanged` has only the deletes there, and its updates are those of `after`.
 */
export interface DecodedChanges {
  readonly updates: number;
  readonly inserts: number;
  readonly deletes: number;
  readonly after: readonly Column[];
  readonly before: readonly Column[];
  readonly unchanged: readonly boolean[];
}

export function decodeChanges(bytes: Uint8Array, schema: RowSchema): DecodedChanges {
  const r = new ByteReader(bytes);
  if (r.u32() !== MAGIC) throw badFormat('it is not a part of a change log');
  if (r.u32() !== crc32(bytes.subarray(CHECKED_FROM)))
    throw badFormat('the checksum of a change-log part is wrong');
  const version = r.u8();
  if (version !== FORMAT_VERSION) throw badFormat(`change-log format ${version} is not known`);
  if (r.u16() !== schema.length)
    throw badFormat('a change-log part has another number of columns than its view');
  const [updates, inserts, deletes] = [r.u32(), r.u32(), r.u32()];
  const after: Column[] = [];
  const before: Column[] = [];
  const unchanged: boolean[] = [];
  for (const { type } of schema) {
    const same = r.u8() === 1;
    unchanged.push(same);
    after.push(readColumn(r, layoutOf(type), updates + inserts));
    before.push(readColumn(r, layoutOf(type), same ? deletes : updates + deletes));
  }
  return { updates, inserts, deletes, after, before, unchanged };
}
