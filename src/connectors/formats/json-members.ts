// The exact reading of a document: any order of keys, any spacing, escaped keys, duplicates (the last one counts). Checks the
// whole document and says where the value of each declared column stands.

import { skipSpace, skipString, skipValue } from './json-scan.ts';
import { NOT_AN_OBJECT, NOT_JSON, OK } from './rejection.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false });
const BUCKETS = 128;

/** Column names by their UTF-8 bytes. */
export class KeyTable {
  private readonly keys: readonly Uint8Array[];
  private readonly byName: ReadonlyMap<string, number>;
  /** Chains of columns with the same length, first and last byte. */
  private readonly heads = new Int32Array(BUCKETS).fill(-1);
  private readonly nextInBucket: Int32Array;

  constructor(names: readonly string[]) {
    this.keys = names.map((name) => encoder.encode(name));
    this.byName = new Map(names.map((name, index) => [name, index]));
    this.nextInBucket = new Int32Array(names.length).fill(-1);
    for (let index = 0; index < names.length; index++) {
      const key = this.keys[index]!;
      const bucket = bucketOf(key, 0, key.length);
      this.nextInBucket[index] = this.heads[bucket]!;
      this.heads[bucket] = index;
    }
  }

  /** The column whose name the JSON string with inside `b[s … e)` spells, or −1. */
  find(b: Uint8Array, s: number, e: number): number {
    for (let i = this.heads[bucketOf(b, s, e)]!; i >= 0; i = this.nextInBucket[i]!) {
      if (sameBytes(this.keys[i]!, b, s, e)) return i;
    }
    for (let p = s; p < e; p++) if (b[p] === 0x5c) return this.findEscaped(b, s, e);
    return -1;
  }

  private findEscaped(b: Uint8Array, s: number, e: number): number {
    return this.byName.get(JSON.parse(decoder.decode(b.subarray(s - 1, e + 1))) as string) ?? -1;
  }
}

function bucketOf(b: Uint8Array, s: number, e: number): number {
  return e === s ? 0 : ((e - s) * 31 + b[s]! * 7 + b[e - 1]!) & (BUCKETS - 1);
}

function sameBytes(key: Uint8Array, b: Uint8Array, s: number, e: number): boolean {
  if (key.length !== e - s) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== b[s + i]) return false;
  return true;
}

export class MemberLocator {
  /** Where the value of each column starts and ends; −1 = the document has no such key. */
  readonly at: Int32Array;
  readonly to: Int32Array;
  private readonly keys: KeyTable;

  constructor(keys: KeyTable, columns: number) {
    this.keys = keys;
    this.at = new Int32Array(columns);
    this.to = new Int32Array(columns);
  }

  /** Reads the document `b[s … e)` to its end: OK, or the reason why it is no JSON object. */
  locate(b: Uint8Array, s: number, e: number): number {
    this.at.fill(-1);
    let p = skipSpace(b, s, e);
    if (p >= e) return NOT_JSON;
    if (b[p] !== 0x7b) {
      p = skipValue(b, p, e, 0);
      if (p < 0) return p;
      return skipSpace(b, p, e) === e ? NOT_AN_OBJECT : NOT_JSON;
    }
    p = skipSpace(b, p + 1, e);
    if (p < e && b[p] === 0x7d) p++;
    else p = this.members(b, p, e);
    if (p < 0) return p;
    return skipSpace(b, p, e) === e ? OK : NOT_JSON;
  }

  /** `p` stands on the first key: the position after the closing brace. */
  private members(b: Uint8Array, p: number, e: number): number {
    for (;;) {
      if (p >= e || b[p] !== 0x22) return NOT_JSON;
      const key = p + 1;
      p = skipString(b, key, e);
      if (p < 0) return p;
      const column = this.keys.find(b, key, p - 1);
      p = skipSpace(b, p, e);
      if (p >= e || b[p] !== 0x3a) return NOT_JSON;
      const value = skipSpace(b, p + 1, e);
      p = skipValue(b, value, e, 1);
      if (p < 0) return p;
      if (column >= 0) {
        this.at[column] = value;
        this.to[column] = p;
      }
      p = skipSpace(b, p, e);
      if (p >= e) return NOT_JSON;
      if (b[p] === 0x7d) return p + 1;
      if (b[p] !== 0x2c) return NOT_JSON;
      p = skipSpace(b, p + 1, e);
    }
  }
}
