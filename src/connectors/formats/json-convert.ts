// One JSON value to one row of one column. docs/formats.md has the table of what converts to what; this is the code of it.

import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import type { ColumnSlot } from './column-slot.ts';
import { exactDate, exactInterval, exactTimestamp } from './datetime-text.ts';
import { fastDate, fastTimestamp } from './datetime-values.ts';
import { skipValue } from './json-scan.ts';
import { valueOfText } from './json-values.ts';
import { valueBytes } from '../../data/value.ts';
import {
  exactDouble,
  exactInteger,
  exactNumeric,
  fastDouble,
  fastInt32,
  fastInt64,
  fastNumeric,
  storeInt64,
} from './number-values.ts';
import { NOT_NULL, OK, OUT_OF_RANGE, WRONG_TYPE } from './rejection.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const decoder = new TextDecoder('utf-8', { fatal: false });

/** The well-formed JSON value `b[s … e)` becomes row `row`: OK, or why it cannot. */
export function convert(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number): number {
  if (b[s] === 0x6e) return convertNull(slot, row);
  switch (slot.type.kind) {
    case 'boolean':
      return convertBoolean(slot, row, b[s]!);
    case 'smallint':
    case 'integer':
      if (!isNumber(b[s]!)) return WRONG_TYPE;
      return fastInt32(slot, row, b, s) === e ? OK : exactInteger(slot, row, b, s, e);
    case 'bigint':
      if (!isNumber(b[s]!)) return WRONG_TYPE;
      return fastInt64(slot, row, b, s) === e ? OK : exactInteger(slot, row, b, s, e);
    case 'double':
      if (b[s] === QUOTE) return specialDouble(slot, row, stringOf(b, s, e));
      if (!isNumber(b[s]!)) return WRONG_TYPE;
      return fastDouble(slot, row, b, s) === e ? OK : exactDouble(slot, row, b, s, e);
    case 'numeric':
      if (b[s] === QUOTE) return specialNumeric(slot, row, stringOf(b, s, e));
      if (!isNumber(b[s]!)) return WRONG_TYPE;
      return fastNumeric(slot, row, b, s) === e ? OK : exactNumeric(slot, row, b, s, e);
    case 'text':
      return b[s] === QUOTE ? convertText(slot, row, b, s + 1, e - 1) : WRONG_TYPE;
    case 'date':
      if (b[s] !== QUOTE) return WRONG_TYPE;
      return fastDate(slot, row, b, s) === e ? OK : exactDate(slot, row, stringOf(b, s, e));
    case 'timestamp':
    case 'timestamptz':
      if (b[s] !== QUOTE) return WRONG_TYPE;
      return fastTimestamp(slot, row, b, s) === e ? OK : exactTimestamp(slot, row, stringOf(b, s, e));
    case 'interval':
      return b[s] === QUOTE ? exactInterval(slot, row, stringOf(b, s, e)) : WRONG_TYPE;
    case 'real':
    case 'varchar':
    case 'bytea':
    case 'uuid':
    case 'time':
    case 'jsonb':
    case 'array':
    case 'row':
      return convertByValue(slot, row, decoder.decode(b.subarray(s, e)));
  }
}

/** The types without a reading of their own over bytes. */
function convertByValue(slot: ColumnSlot, row: number, text: string): number {
  const found = valueOfText(text, slot.type);
  if (typeof found === 'number') return found;
  const { value } = found;
  if (slot.type.kind === 'real') slot.f64[row] = value as number;
  else if (slot.type.kind === 'time') storeInt64(slot.words, row, value as bigint);
  else if (slot.projected) slot.putBytes(row, valueBytes(value));
  return OK;
}

/** No value, or null: NULL. */
export function convertNull(slot: ColumnSlot, row: number): number {
  if (slot.notNull) return NOT_NULL;
  slot.setNull(row);
  return OK;
}

/**
 * The value at `p`, whatever it is: the position after it, or −1 if it is not well-formed or does not convert. What a generated
 * layout calls when a value is not of the usual form; depth 1, for it is a member of the document.
 */
export function oddValue(slot: ColumnSlot, row: number, b: Uint8Array, p: number, e: number): number {
  const end = skipValue(b, p, e, 1);
  return end >= 0 && convert(slot, row, b, p, end) === OK ? end : -1;
}

/** `true` or `false` at `p`: the position after it, or −1. */
export function fastBoolean(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  if (b[p] === 0x74 && b[p + 1] === 0x72 && b[p + 2] === 0x75 && b[p + 3] === 0x65) {
    slot.bool[row] = 1;
    return p + 4;
  }
  if (b[p] !== 0x66 || b[p + 1] !== 0x61 || b[p + 2] !== 0x6c || b[p + 3] !== 0x73 || b[p + 4] !== 0x65)
    return -1;
  slot.bool[row] = 0;
  return p + 5;
}

function isNumber(c: number): boolean {
  return c === 0x2d || (c ^ 0x30) <= 9;
}

function convertBoolean(slot: ColumnSlot, row: number, first: number): number {
  if (first !== 0x74 && first !== 0x66) return WRONG_TYPE;
  slot.bool[row] = first === 0x74 ? 1 : 0;
  return OK;
}

/** The string of a JSON string, quotes included in `b[s … e)`. */
function stringOf(b: Uint8Array, s: number, e: number): string {
  const text = decoder.decode(b.subarray(s, e));
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

function convertText(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number): number {
  let p = s;
  while (p < e && b[p] !== BACKSLASH) p++;
  if (p === e) {
    slot.start[row] = s;
    slot.end[row] = e;
    return OK;
  }
  const start = slot.arena.position;
  const end = slot.arena.unescape(b, s, e);
  if (end < 0) return end;
  if (slot.projected) {
    slot.start[row] = start;
    slot.end[row] = end;
    slot.usesArena = true;
  } else {
    slot.arena.truncate(start);
  }
  return OK;
}

/** The three doubles that have no JSON number, spelled as Postgres' to_json and our own sinks spell them. */
function specialDouble(slot: ColumnSlot, row: number, text: string): number {
  if (text !== 'NaN' && text !== 'Infinity' && text !== '-Infinity') return WRONG_TYPE;
  slot.f64[row] = Number(text);
  return OK;
}

function specialNumeric(slot: ColumnSlot, row: number, text: string): number {
  const limited = slot.type.kind === 'numeric' && slot.type.precision !== undefined;
  if (text === 'NaN') slot.scale[row] = NUMERIC_NAN;
  else if (text !== 'Infinity' && text !== '-Infinity') return WRONG_TYPE;
  else if (limited) return OUT_OF_RANGE;
  else slot.scale[row] = text === 'Infinity' ? NUMERIC_PLUS_INFINITY : NUMERIC_MINUS_INFINITY;
  storeInt64(slot.words, row, 0n);
  return OK;
}
