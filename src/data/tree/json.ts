// jsonb as JavaScript values and as bytes. Order of bytes = order of jsonb in Postgres (compareJsonbContainers): kind, then
// the number of members, then the members; keys lie shorter first. An empty array that is the whole value is least of all.

import type { NumericValue } from '../value.ts';
import type { TreeReader } from './reader.ts';
import type { TreeWriter } from './writer.ts';

export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;
/** `-0.0` is a zero like others to jsonb and numeric; floating point tells it apart. */
export type JsonNumber = NumericValue & { readonly isNegativeZero?: true };
/** Keys in the order in which jsonb keeps them. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

export const TAG = {
  emptyTopArray: 0x10,
  null: 0x21,
  string: 0x22,
  number: 0x23,
  false: 0x24,
  true: 0x25,
  array: 0x30,
  object: 0x40,
} as const;

const encoder = new TextEncoder();

/** Shorter keys first, then by bytes. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  return x.length - y.length || Buffer.compare(x, y);
}

/** Later members win. */
export function jsonObject(members: Iterable<readonly [string, JsonValue]>): JsonObject {
  const last = new Map(members);
  return new Map([...last].sort(([a], [b]) => compareKeys(a, b)));
}

export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}

/** A whole value; parts of it go through `writeJsonPart`. */
export function writeJson(w: TreeWriter, value: JsonValue): void {
  if (isJsonArray(value) && value.length === 0) w.u8(TAG.emptyTopArray);
  else writeJsonPart(w, value);
}

function writeJsonPart(w: TreeWriter, value: JsonValue): void {
  if (value === null) w.u8(TAG.null);
  else if (typeof value === 'boolean') w.u8(value ? TAG.true : TAG.false);
  else if (typeof value === 'string') {
    w.u8(TAG.string);
    w.string(value);
  } else if (isJsonArray(value)) {
    w.u8(TAG.array);
    w.u32(value.length);
    for (const item of value) writeJsonPart(w, item);
  } else if (isJsonObject(value)) {
    w.u8(TAG.object);
    w.u32(value.size);
    for (const [key, item] of value) {
      w.string(key);
      writeJsonPart(w, item);
    }
  } else {
    w.u8(TAG.number);
    w.numeric(value.unscaled, value.scale);
  }
}

export function readJson(r: TreeReader): JsonValue {
  switch (r.u8()) {
    case TAG.emptyTopArray:
      return [];
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.string:
      return r.string();
    case TAG.number:
      return r.numeric();
    case TAG.array: {
      const items: JsonValue[] = [];
      for (let left = r.u32(); left > 0; left--) items.push(readJson(r));
      return items;
    }
    default: {
      const members = new Map<string, JsonValue>();
      for (let left = r.u32(); left > 0; left--) {
        const key = r.string();
        members.set(key, readJson(r));
      }
      return members;
    }
  }
}

/** Passes one value by. */
export function skipJson(r: TreeReader): void {
  const tag = r.u8();
  if (tag === TAG.string) r.textEnd();
  else if (tag === TAG.number) r.skipNumeric();
  else if (tag === TAG.array) for (let left = r.u32(); left > 0; left--) skipJson(r);
  else if (tag === TAG.object)
    for (let left = r.u32(); left > 0; left--) {
      r.textEnd();
      skipJson(r);
    }
}
