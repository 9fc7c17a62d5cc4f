// Segments: what one task's state tables changed in one epoch (delta), or hold (snapshot), as one checksummed byte string.
//
//   magic "MRS1" · crc32 of what follows · format version · hash version · number of tables
//   per table: fingerprint · length · flags · expired-through (window ends) · key groups that it replaces · rows · key groups (group, rows)… · key columns ·
//              accumulators · tombstones · key groups (group, tombstones)… · their key columns
//
// Rows are sorted by key group and each table starts with the sizes of its groups, so that a task that owns other groups
// can read its part. A delta holds the whole current row of every touched key, and the keys that are gone; expiry of windows is
// one range tombstone. Reading applies tombstones first: a key that went and came back in one epoch is in both. A piece of a snapshot
// names the key groups that it replaces: what was read of them before is void.
//
// Format 1 had no tombstones, and all wide sums as text; it is still read. Format 2 was never released.

import { crc32 } from 'node:zlib';
import { badFormat, ByteReader, ByteWriter } from '../data/binary-format.ts';
import { readColumn, writeColumn } from '../data/codec.ts';
import type { Column } from '../data/column.ts';
import { sliceColumn } from '../data/column.ts';
import { HASH_VERSION } from '../data/hash.ts';
import { layoutOf } from '../data/types.ts';
import type { Accumulator } from './accumulator.ts';
import { newAccumulator } from './accumulator.ts';
import type { KeyGroupRange } from './key-groups.ts';
import { common, overlap } from './key-groups.ts';
import { KEY_GROUPS } from './key-index.ts';
import type { Slots } from './slots.ts';

const MAGIC = 0x3153524d;
const FORMAT = 3;
const FORMAT_WITHOUT_TOMBSTONES = 1;

const EXPIRES = 1;
const REPLACES = 2;

/** One table's part of a segment before it is encoded. */
export interface TableDelta {
  readonly fingerprint: string;
  readonly slots: Slots;
  /** The slots to write: the first `n`. */
  readonly rows: Int32Array;
  readonly n: number;
  /** Slots whose keys are gone, still readable. */
  readonly gone: readonly number[];
  /** Windows that end at or before this (microseconds) are gone; null: none. */
  readonly expiredThrough: bigint | null;
  /** The rows are all that there is in these key groups; null: they are added. */
  readonly replaces: KeyGroupRange | null;
}

/** A table's part read back: row i has key `keys[…][i]` and accumulators `accumulators[…].values[i]`. */
export interface TableRows {
  readonly fingerprint: string;
  readonly rows: number;
  readonly keys: readonly Column[];
  readonly accumulators: readonly Accumulator[];
  /** Keys to take out before the rows are applied. */
  readonly goneRows: number;
  readonly goneKeys: readonly Column[];
  readonly expiredThrough: bigint | null;
  /** What these key groups held before is void. */
  readonly replaces: KeyGroupRange | null;
}

export function encodeSegment(tables: readonly TableDelta[]): Uint8Array {
  const w = new ByteWriter(4096);
  w.u32(MAGIC);
  w.u32(0);
  w.u16(FORMAT);
  w.u16(HASH_VERSION);
  w.u16(tables.length);
  for (const table of tables) writeTable(w, table);
  const bytes = w.finish();
  w.patchU32(4, crc32(bytes.subarray(8)));
  return bytes.slice();
}

function writeTable(w: ByteWriter, table: TableDelta): void {
  w.text(table.fingerprint);
  const lengthAt = w.length;
  w.u32(0);
  const { expiredThrough, replaces } = table;
  w.u8((expiredThrough === null ? 0 : EXPIRES) | (replaces === null ? 0 : REPLACES));
  w.i64(expiredThrough ?? 0n);
  if (replaces !== null) {
    w.u16(replaces.from);
    w.u16(replaces.to);
  }
  const rows = writeGroups(w, table.slots.hashes, table.rows, table.n);
  for (const column of table.slots.keys) writeColumn(w, column, rows, table.n);
  for (const acc of table.slots.accumulators) writeAccumulator(w, acc, rows, table.n);
  const gone = writeGroups(w, table.slots.hashes, Int32Array.from(table.gone), table.gone.length);
  for (const column of table.slots.keys) writeColumn(w, column, gone, gone.length);
  w.patchU32(lengthAt, w.length - lengthAt - 4);
}

/** The number of rows and the sizes of their key groups; gives the rows in that order. */
function writeGroups(w: ByteWriter, hashes: Int32Array, given: Int32Array, n: number): Int32Array {
  w.u32(n);
  const { rows, groups } = byKeyGroup(hashes, given, n);
  w.u16(groups.length);
  for (const [group, count] of groups) {
    w.u8(group);
    w.u32(count);
  }
  return rows;
}

/** Counting sort by key group; within a group the order given is kept. */
function byKeyGroup(
  hashes: Int32Array,
  given: Int32Array,
  n: number,
): { rows: Int32Array; groups: [number, number][] } {
  const counts = new Int32Array(KEY_GROUPS);
  for (let i = 0; i < n; i++) {
    const g = hashes[given[i]!]! >>> 24;
    counts[g] = counts[g]! + 1;
  }
  const at = new Int32Array(KEY_GROUPS);
  const groups: [number, number][] = [];
  for (let g = 0, sum = 0; g < KEY_GROUPS; g++) {
    at[g] = sum;
    sum += counts[g]!;
    if (counts[g]! > 0) groups.push([g, counts[g]!]);
  }
  const rows = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const g = hashes[given[i]!]! >>> 24;
    rows[at[g]!] = given[i]!;
    at[g] = at[g]! + 1;
  }
  return { rows, groups };
}

function writeAccumulator(w: ByteWriter, acc: Accumulator, rows: Int32Array, n: number): void {
  switch (acc.kind) {
    case 'big':
      return writeBigs(w, acc.values, rows, n);
    case 'bytes':
      for (let i = 0; i < n; i++) w.raw(acc.values[rows[i]!] ?? new Uint8Array(0));
      return;
    default: {
      const copy = newAccumulator(acc.kind, n);
      for (let i = 0; i < n; i++) copy.values[i] = acc.values[rows[i]!]!;
      w.array(copy.values as Float64Array);
    }
  }
}

/** Most are 0 or fit 64 bits: those stand in an array of their own, the others as text. */
const [ZERO, SHORT, LONG] = [0, 1, 2];

function writeBigs(
  w: ByteWriter,
  values: readonly (bigint | undefined)[],
  rows: Int32Array,
  n: number,
): void {
  const forms = new Uint8Array(n);
  const short: bigint[] = [];
  const long: bigint[] = [];
  for (let i = 0; i < n; i++) {
    const value = values[rows[i]!] ?? 0n;
    if (value === 0n) continue;
    const isShort = BigInt.asIntN(64, value) === value;
    forms[i] = isShort ? SHORT : LONG;
    (isShort ? short : long).push(value);
  }
  w.array(forms);
  w.u32(short.length);
  w.array(BigInt64Array.from(short));
  for (const value of long) w.text(value.toString());
}

function readBigs(r: ByteReader, n: number): bigint[] {
  const forms = new Uint8Array(r.array(n));
  const short = new BigInt64Array(r.array(r.u32() * 8));
  let at = 0;
  const values: bigint[] = [];
  for (const form of forms)
    values.push(form === ZERO ? 0n : form === SHORT ? (short[at++] ?? 0n) : BigInt(r.text()));
  return values;
}

/** What reading needs of a table; null for one that is not wanted (its part is skipped). Throws for one that nobody knows. */
export type ShapeOf = (fingerprint: string) => Slots | null;

/** `groupsOf` says which key groups of a table are wanted; null: all of them. */
export function decodeSegment(
  bytes: Uint8Array,
  shapeOf: ShapeOf,
  groupsOf: (fingerprint: string) => KeyGroupRange | null = () => null,
): TableRows[] {
  const r = new ByteReader(bytes);
  if (r.u32() !== MAGIC) throw badFormat('it is not a segment');
  const crc = r.u32();
  if (crc !== crc32(bytes.subarray(8))) throw badFormat('the checksum of a segment does not match');
  const format = r.u16();
  if (format !== FORMAT && format !== FORMAT_WITHOUT_TOMBSTONES)
    throw badFormat('the segment is of another format version');
  if (r.u16() !== HASH_VERSION) throw badFormat('the segment is of another hash version');
  const count = r.u16();
  const tables: TableRows[] = [];
  for (let t = 0; t < count; t++) {
    const fingerprint = r.text();
    const length = r.u32();
    const shape = shapeOf(fingerprint);
    if (shape === null) r.skip(length);
    else tables.push(readTable(r, { fingerprint, slots: shape, groups: groupsOf(fingerprint) }, format));
  }
  if (!r.atEnd()) throw badFormat('a segment is longer than it says');
  return tables;
}

interface TableReading {
  readonly fingerprint: string;
  readonly slots: Slots;
  readonly groups: KeyGroupRange | null;
}

function readTable(r: ByteReader, { fingerprint, slots, groups }: TableReading, format: number): TableRows {
  const flags = r.u8();
  if ((flags & ~(EXPIRES | REPLACES)) !== 0) throw badFormat('the segment has parts of another format');
  const through = r.i64();
  const replaces = (flags & REPLACES) === 0 ? null : wantedOf({ from: r.u16(), to: r.u16() }, groups);
  const rows = readGroups(r, groups);
  const keys = readKeys(r, slots, rows);
  const accumulators = slots.accumulators.map((acc) =>
    sliceAccumulator(readAccumulator(r, acc.kind, rows.count, format), rows),
  );
  const expiredThrough = (flags & EXPIRES) === 0 ? null : through;
  const read = { fingerprint, rows: rows.to - rows.from, keys, accumulators, expiredThrough, replaces };
  if (format === FORMAT_WITHOUT_TOMBSTONES) return { ...read, goneRows: 0, goneKeys: [] };
  const gone = readGroups(r, groups);
  return { ...read, goneRows: gone.to - gone.from, goneKeys: readKeys(r, slots, gone) };
}

/** What others wrote of groups that are not wanted replaces nothing. */
function wantedOf(replaced: KeyGroupRange, wanted: KeyGroupRange | null): KeyGroupRange | null {
  if (wanted === null) return replaced;
  return overlap(replaced, wanted) ? common(replaced, wanted) : null;
}

/** So many rows follow, of which those in `from … to` are wanted: rows are sorted by key group. */
interface Rows {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

function readGroups(r: ByteReader, wanted: KeyGroupRange | null): Rows {
  const count = r.u32();
  const groups = r.u16();
  let [from, to] = [0, 0];
  for (let g = 0; g < groups; g++) {
    const group = r.u8();
    const rows = r.u32();
    if (wanted !== null && group < wanted.from) from += rows;
    if (wanted === null || group < wanted.to) to += rows;
  }
  return { count, from, to };
}

function readKeys(r: ByteReader, { keySchema }: Slots, { count, from, to }: Rows): Column[] {
  return keySchema.map((field) => sliceColumn(readColumn(r, layoutOf(field.type), count), from, to));
}

function sliceAccumulator(acc: Accumulator, { from, to }: Rows): Accumulator {
  switch (acc.kind) {
    case 'big':
      return { kind: acc.kind, values: acc.values.slice(from, to) };
    case 'bytes':
      return { kind: acc.kind, values: acc.values.slice(from, to) };
    case 'f64':
      return { kind: acc.kind, values: acc.values.subarray(from, to) };
    case 'i64':
      return { kind: acc.kind, values: acc.values.subarray(from, to) };
    case 'i32':
      return { kind: acc.kind, values: acc.values.subarray(from, to) };
    case 'u8':
      return { kind: acc.kind, values: acc.values.subarray(from, to) };
  }
}

function readAccumulator(r: ByteReader, kind: Accumulator['kind'], n: number, format: number): Accumulator {
  switch (kind) {
    case 'f64':
      return { kind, values: new Float64Array(r.array(n * 8)) };
    case 'i64':
      return { kind, values: new BigInt64Array(r.array(n * 8)) };
    case 'i32':
      return { kind, values: new Int32Array(r.array(n * 4)) };
    case 'u8':
      return { kind, values: new Uint8Array(r.array(n)) };
    case 'big': {
      if (format !== FORMAT_WITHOUT_TOMBSTONES) return { kind, values: readBigs(r, n) };
      const values: bigint[] = [];
      for (let i = 0; i < n; i++) values.push(BigInt(r.text()));
      return { kind, values };
    }
    case 'bytes': {
      const values: Uint8Array[] = [];
      for (let i = 0; i < n; i++) values.push(r.raw().slice());
      return { kind, values };
    }
  }
}
