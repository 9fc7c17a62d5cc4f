// jsonb: taking values out of it, walking over its bytes.

import { equalBytes } from '../../data/bytes.ts';
import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import { readJson, skipJson, TAG } from '../../data/tree/json.ts';
import { jsonToText } from '../../data/tree/json-text.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { writeString } from './arena.ts';
import { giveTree } from './cells.ts';

const reader = new TreeReader();

/** Moves to the value of a key; false when there is none. */
function toKey(r: TreeReader, key: Uint8Array, start: number, end: number): boolean {
  if (r.u8() !== TAG.object) return false;
  for (let left = r.u32(); left > 0; left--) {
    const from = r.at;
    if (equalBytes(r.bytes, from, r.textEnd(), key, start, end)) return true;
    skipJson(r);
  }
  return false;
}

/** Moves to an item; negative ones count from the end. */
function toItem(r: TreeReader, index: number): boolean {
  if (r.u8() !== TAG.array) return false;
  const count = r.u32();
  const at = index < 0 ? count + index : index;
  if (at < 0 || at >= count) return false;
  for (let i = 0; i < at; i++) skipJson(r);
  return true;
}

/** The value at the reader as jsonb. */
function give(r: TreeReader): number {
  const [from, details] = [r.at, r.detail];
  skipJson(r);
  const empty = r.bytes[from] === TAG.array && r.at === from + 5 && r.bytes[from + 4] === 0;
  return giveTree((w) => {
    if (empty) w.u8(TAG.emptyTopArray);
    else w.raw(r.bytes, from, r.at);
    if (details >= 0) w.details(r.bytes, details, r.detail);
  });
}

/** The value at the reader as text; NULL for null. */
function giveText(r: TreeReader): number {
  const tag = r.bytes[r.at];
  result.isNull = tag === TAG.null;
  if (tag === TAG.null) return 0;
  if (tag !== TAG.string) return writeString(jsonToText(readJson(r)));
  const start = ++r.at;
  result.bytes = r.bytes;
  result.end = r.textEnd();
  return start;
}

function none(): number {
  result.isNull = true;
  return 0;
}

function found(r: TreeReader): number {
  result.isNull = false;
  const start = give(r);
  result.isNull = false;
  return start;
}

export function fieldOf(
  b: Uint8Array,
  s: number,
  e: number,
  key: Uint8Array,
  ks: number,
  ke: number,
): number {
  return toKey(reader.open(b, s, e), key, ks, ke) ? found(reader) : none();
}

export function fieldTextOf(
  b: Uint8Array,
  s: number,
  e: number,
  key: Uint8Array,
  ks: number,
  ke: number,
): number {
  return toKey(reader.open(b, s, e), key, ks, ke) ? giveText(reader) : none();
}

/** A scalar that is the whole value counts as an array of one. */
function toTopItem(b: Uint8Array, s: number, e: number, index: number): boolean {
  reader.open(b, s, e);
  if (SCALARS.has(b[s]!)) return index === 0 || index === -1;
  return toItem(reader, index);
}

const SCALARS: ReadonlySet<number> = new Set([TAG.null, TAG.string, TAG.number, TAG.false, TAG.true]);

export function itemOf(b: Uint8Array, s: number, e: number, index: number): number {
  return toTopItem(b, s, e, index) ? found(reader) : none();
}

export function itemTextOf(b: Uint8Array, s: number, e: number, index: number): number {
  return toTopItem(b, s, e, index) ? giveText(reader) : none();
}

const path = new TreeReader();

/** Goes down an array of keys and indexes; false where there is nothing. */
function toPath(b: Uint8Array, s: number, e: number, pb: Uint8Array, ps: number, pe: number): boolean {
  reader.open(b, s, e);
  path.open(pb, ps, pe);
  while (path.bytes[path.at] !== 0) {
    if (path.u8() === 0xff) return false;
    const start = path.at;
    const end = path.textEnd();
    const isArray = reader.bytes[reader.at] === TAG.array;
    if (!isArray && !toKey(reader, pb, start, end)) return false;
    if (isArray) {
      const index = indexOf(pb, start, end);
      if (index === undefined || !toItem(reader, index)) return false;
    }
  }
  return true;
}

function indexOf(bytes: Uint8Array, start: number, end: number): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(start, end));
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(text)) return undefined;
  const index = Number(text);
  return Math.abs(index) <= 2147483647 ? index : undefined;
}

export function pathOf(b: Uint8Array, s: number, e: number, pb: Uint8Array, ps: number, pe: number): number {
  return toPath(b, s, e, pb, ps, pe) ? found(reader) : none();
}

export function pathTextOf(
  b: Uint8Array,
  s: number,
  e: number,
  pb: Uint8Array,
  ps: number,
  pe: number,
): number {
  return toPath(b, s, e, pb, ps, pe) ? giveText(reader) : none();
}

const KIND_NAMES: ReadonlyMap<number, string> = new Map([
  [TAG.emptyTopArray, 'array'],
  [TAG.array, 'array'],
  [TAG.object, 'object'],
  [TAG.string, 'string'],
  [TAG.number, 'number'],
  [TAG.true, 'boolean'],
  [TAG.false, 'boolean'],
  [TAG.null, 'null'],
]);

export function kindOf(b: Uint8Array, s: number, _e: number): number {
  return writeString(KIND_NAMES.get(b[s]!)!);
}

export function arrayLength(b: Uint8Array, s: number, e: number): number {
  reader.open(b, s, e);
  const tag = reader.u8();
  if (tag === TAG.emptyTopArray) return 0;
  if (tag === TAG.array) return reader.u32();
  fail('22023', `cannot get array length of a ${tag === TAG.object ? 'non-array' : 'scalar'}`);
}
