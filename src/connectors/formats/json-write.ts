// Values as JSON bytes: each function writes at `q` and returns the position behind. Callers have made room: 6 bytes per byte of
// text, 32 for numbers and times that are not odd. Odd values go through the text forms that Postgres gives them.

import { doubleToText } from '../../data/double-text.ts';
import { intervalToText } from '../../data/interval-text.ts';
import { numericToText } from '../../data/numeric-text.ts';
import { civilFromDays } from '../../data/time.ts';
import { dateToText, timestampToText } from '../../data/time-text.ts';

const HEX = '0123456789abcdef';
const TWO_32 = 4294967296;
/** Beyond it a pair of words is no exact double. */
const SAFE_HIGH = 0x1fffff;

export function writeAscii(to: Uint8Array, q: number, text: string): number {
  for (let i = 0; i < text.length; i++) to[q++] = text.charCodeAt(i);
  return q;
}

function writeQuoted(to: Uint8Array, q: number, text: string): number {
  to[q++] = 0x22;
  q = writeAscii(to, q, text);
  to[q++] = 0x22;
  return q;
}

/** 0 … 2^32 − 1 in decimal. */
function writeUint32(to: Uint8Array, q: number, value: number): number {
  return writePadded(to, q, value, value < 100_000 ? digitsOfSmall(value) : digitsOfLarge(value));
}

function digitsOfSmall(value: number): number {
  return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
}

function digitsOfLarge(value: number): number {
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  return value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10;
}

/** The last `digits` digits of 0 … 2^32 − 1, two at a time. */
export function writePadded(to: Uint8Array, q: number, value: number, digits: number): number {
  let p = q + digits;
  while (p > q + 1) {
    const rest = (value / 100) >>> 0;
    const pair = value - rest * 100;
    const tens = (pair * 205) >>> 11; // pair / 10, exact below 100
    to[--p] = 0x30 + (pair - tens * 10);
    to[--p] = 0x30 + tens;
    value = rest;
  }
  if (p > q) to[q] = 0x30 + (value % 10);
  return q + digits;
}

export function writeInt32(to: Uint8Array, q: number, value: number): number {
  if (value >= 0) return writeUint32(to, q, value);
  to[q++] = 0x2d;
  return writeUint32(to, q, -value);
}

/** A 64-bit integer as its two words. */
export function writeInt64(to: Uint8Array, q: number, lo: number, hi: number): number {
  if (hi === lo >> 31) return writeInt32(to, q, lo);
  if (hi < -SAFE_HIGH || hi > SAFE_HIGH) return writeAscii(to, q, wordsToBigint(lo, hi).toString());
  let value = hi * TWO_32 + (lo >>> 0);
  if (value < 0) {
    to[q++] = 0x2d;
    value = -value;
  }
  const billions = Math.floor(value / 1e9);
  if (billions === 0) return writeUint32(to, q, value);
  q = writeUint32(to, q, billions);
  return writePadded(to, q, value - billions * 1e9, 9);
}

export function wordsToBigint(lo: number, hi: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

export function writeBoolean(to: Uint8Array, q: number, value: number): number {
  return writeAscii(to, q, value === 1 ? 'true' : 'false');
}

export function writeDouble(to: Uint8Array, q: number, value: number): number {
  if ((value | 0) === value && !Object.is(value, -0)) return writeInt32(to, q, value);
  if (!Number.isFinite(value)) return writeQuoted(to, q, doubleToText(value));
  return writeAscii(to, q, doubleToText(value));
}

/** 10^0 … 10^9. */
const POWERS = Float64Array.from({ length: 10 }, (_, i) => Number(`1e${i}`));

/** A numeric that fits 64 bits; `scale` as in its column. */
export function writeNumeric(to: Uint8Array, q: number, lo: number, hi: number, scale: number): number {
  if (scale < 0) return writeQuoted(to, q, numericToText(0n, scale));
  if (scale === 0) return writeInt64(to, q, lo, hi);
  const value = hi * TWO_32 + (lo >>> 0);
  if (scale > 9 || hi < -SAFE_HIGH || hi > SAFE_HIGH)
    return writeAscii(to, q, numericToText(wordsToBigint(lo, hi), scale));
  const size = Math.abs(value);
  const unit = POWERS[scale]!;
  const whole = Math.floor(size / unit);
  if (whole >= TWO_32) return writeAscii(to, q, numericToText(wordsToBigint(lo, hi), scale));
  if (value < 0) to[q++] = 0x2d;
  q = writeUint32(to, q, whole);
  to[q++] = 0x2e;
  return writePadded(to, q, size - whole * unit, scale);
}

/** YYYY-MM-DD of a day in the years 1 … 9999. */
function writeDay(to: Uint8Array, q: number, day: number): number {
  const civil = civilFromDays(day);
  writePadded(to, q, civil.year, 4);
  to[q + 4] = to[q + 7] = 0x2d;
  writePadded(to, q + 5, civil.month, 2);
  return writePadded(to, q + 8, civil.day, 2);
}

/** Days of 0001-01-01 and 10000-01-01: between them a year has four digits. */
const FIRST_PLAIN_DAY = -719162;
const END_PLAIN_DAY = 2932897;

export function writeDate(to: Uint8Array, q: number, day: number): number {
  if (day < FIRST_PLAIN_DAY || day >= END_PLAIN_DAY) return writeQuoted(to, q, dateToText(day));
  to[q++] = 0x22;
  q = writeDay(to, q, day);
  to[q++] = 0x22;
  return q;
}

const FIRST_PLAIN_SECOND = FIRST_PLAIN_DAY * 86_400;
const END_PLAIN_SECOND = END_PLAIN_DAY * 86_400;

let cachedSecond = NaN;
/** "YYYY-MM-DDTHH:MM:SS." of the cached second; rows of one batch are mostly of a few seconds. */
const cachedText = new Uint8Array(20);
const cachedWords = new DataView(cachedText.buffer);

function cacheSecond(second: number): void {
  const day = Math.floor(second / 86_400);
  const ofDay = second - day * 86_400;
  const minutes = (ofDay / 60) | 0;
  const hours = (minutes / 60) | 0;
  writeDay(cachedText, 0, day);
  cachedText[10] = 0x54;
  writePadded(cachedText, 11, hours, 2);
  writePadded(cachedText, 14, minutes - hours * 60, 2);
  writePadded(cachedText, 17, ofDay - minutes * 60, 2);
  cachedText[13] = cachedText[16] = 0x3a;
  cachedText[19] = 0x2e;
  cachedSecond = second;
}

/**
 * "YYYY-MM-DDTHH:MM:SS.mmm", with six digits where there are microseconds: what Date.toISOString writes, and finer where needed, so
 * that times which come as milliseconds leave as they came.
 */
export function writeTimestamp(
  to: Uint8Array,
  view: DataView,
  q: number,
  lo: number,
  hi: number,
  zoned: boolean,
): number {
  const micros = hi * TWO_32 + (lo >>> 0);
  const second = Math.floor(micros / 1e6);
  const plain = second >= FIRST_PLAIN_SECOND && second < END_PLAIN_SECOND;
  if (hi < -SAFE_HIGH || hi > SAFE_HIGH || !plain)
    return writeQuoted(to, q, timestampToText(wordsToBigint(lo, hi), zoned ? '+00' : ''));
  if (second !== cachedSecond) cacheSecond(second);
  const fraction = micros - second * 1e6;
  to[q++] = 0x22;
  for (let i = 0; i < 20; i += 4) view.setInt32(q + i, cachedWords.getInt32(i));
  q += 20;
  const millis = (fraction / 1000) | 0;
  q = millis * 1000 === fraction ? writePadded(to, q, millis, 3) : writePadded(to, q, fraction, 6);
  if (zoned) to[q++] = 0x5a;
  to[q++] = 0x22;
  return q;
}

export function writeInterval(
  to: Uint8Array,
  q: number,
  months: number,
  days: number,
  lo: number,
  hi: number,
): number {
  return writeQuoted(to, q, intervalToText(months, days, wordsToBigint(lo, hi)));
}

/** The rest of a text, from a byte on that must be escaped: `from[p … e)`. */
export function writeEscaped(to: Uint8Array, q: number, from: Uint8Array, p: number, e: number): number {
  for (; p < e; p++) {
    const c = from[p]!;
    if (c >= 0x20 && c !== 0x22 && c !== 0x5c) {
      to[q++] = c;
      continue;
    }
    to[q++] = 0x5c;
    const short = SHORT_ESCAPES.get(c);
    if (short === undefined) q = writeAscii(to, q, `u00${HEX[c >> 4]!}${HEX[c & 15]!}`);
    else to[q++] = short;
  }
  return q;
}

/** As JSON.stringify writes them. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x08, 0x62],
  [0x0c, 0x66],
  [0x0a, 0x6e],
  [0x0d, 0x72],
  [0x09, 0x74],
]);
