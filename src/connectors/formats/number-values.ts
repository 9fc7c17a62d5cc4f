// JSON numbers to SQL numbers, exact. The fast readers take what numbers nearly always look like (no exponent, at most 18
// digits) straight from bytes to typed arrays; they return the position after the number, or −1 for "not me". The exact readers
// take any well-formed number and return OK or a reject code.

import { NUMERIC_WIDE } from '../../data/column.ts';
import type { ColumnSlot } from './column-slot.ts';
import { OK, OUT_OF_RANGE, WRONG_TYPE } from './rejection.ts';

const POW10 = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const POWER_UPPER = POW10.map((power) => Math.floor(power / 32768));
const POWER_LOWER = POW10.map((power) => power % 32768);
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const TWO_32 = 4294967296;
const ascii = new TextDecoder('latin1');

/** More digits than any type takes: numeric ends at 131,072 before and 16,383 behind the point. */
const MAX_NUMBER_LENGTH = 200_000;
const MAX_INTEGER_DIGITS = 131_072;
const MAX_SCALE = 16_383;

/** Row `row` of a 64-bit column becomes ±(high · 10^digits + low); high < 10^9, low < 10^digits, digits ≤ 9. */
export function storeDecimal(
  words: Int32Array,
  row: number,
  high: number,
  low: number,
  digits: number,
  negative: boolean,
): void {
  let hi = 0;
  let lo = high;
  if (digits > 0) {
    // high · power without loss: power is split at 15 bits, so both partial products stay below 2^46
    const upper = high * POWER_UPPER[digits]!;
    const lower = high * POWER_LOWER[digits]! + low;
    const upperHigh = Math.floor(upper / 131072);
    const rest = (upper - upperHigh * 131072) * 32768 + lower;
    const carry = Math.floor(rest / TWO_32);
    hi = upperHigh + carry;
    lo = (rest - carry * TWO_32) | 0;
  }
  if (negative) {
    lo = -lo | 0;
    hi = lo === 0 ? -hi | 0 : ~hi;
  }
  words[2 * row] = lo;
  words[2 * row + 1] = hi;
}

/** Row `row` of a 64-bit column becomes `value`, an integer of less than 2^53. */
export function storeSafeInteger(words: Int32Array, row: number, value: number): void {
  const hi = Math.floor(value / TWO_32);
  words[2 * row] = (value - hi * TWO_32) | 0;
  words[2 * row + 1] = hi;
}

function endsNumber(c: number | undefined): boolean {
  return c !== 0x2e && c !== 0x65 && c !== 0x45; // . e E
}

/** bigint of at most 18 digits. */
export function fastInt64(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  const negative = b[p] === 0x2d;
  if (negative) p++;
  const first = p;
  let high = 0;
  let low = 0;
  let d = 0;
  while ((d = b[p]! ^ 0x30) <= 9 && p < first + 9) {
    high = (high * 10 + d) | 0;
    p++;
  }
  const split = p;
  while ((d = b[p]! ^ 0x30) <= 9 && p < first + 18) {
    low = (low * 10 + d) | 0;
    p++;
  }
  if (d <= 9 || p === first || (b[first] === 0x30 && p > first + 1) || !endsNumber(b[p])) return -1;
  storeDecimal(slot.words, row, high, low, p - split, negative);
  return p;
}

/** smallint and integer of at most 9 digits; the caller checks the range of smallint. */
export function fastInt32(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  const negative = b[p] === 0x2d;
  if (negative) p++;
  const first = p;
  let value = 0;
  let d = 0;
  while ((d = b[p]! ^ 0x30) <= 9 && p < first + 9) {
    value = (value * 10 + d) | 0;
    p++;
  }
  if (d <= 9 || p === first || (b[first] === 0x30 && p > first + 1) || !endsNumber(b[p])) return -1;
  if (slot.type.kind === 'smallint' && value > 32767) return -1;
  slot.i32[row] = negative ? -value : value;
  return p;
}

/**
 * double of at most 15 digits and no exponent: the digits are exact below 2^53, and so is a power of ten up to 10^22, so
 * that their one division is correctly rounded (Clinger, "How to read floating point numbers accurately", 1990).
 */
export function fastDouble(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  const negative = b[p] === 0x2d;
  if (negative) p++;
  const first = p;
  let value = 0;
  let d = 0;
  while ((d = b[p]! ^ 0x30) <= 9 && p < first + 15) {
    value = value * 10 + d;
    p++;
  }
  if (p === first || (b[first] === 0x30 && p > first + 1)) return -1;
  if (b[p] === 0x2e) {
    const fraction = ++p;
    while ((d = b[p]! ^ 0x30) <= 9 && p < first + 16) {
      value = value * 10 + d;
      p++;
    }
    if (p === fraction) return -1;
    value /= POW10[p - fraction]!;
  }
  if (d <= 9 || !endsNumber(b[p])) return -1;
  slot.f64[row] = negative ? -value : value;
  return p;
}

/** numeric of at most 18 digits and no exponent; rounding to a declared scale is left to the exact reader. */
export function fastNumeric(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  const negative = b[p] === 0x2d;
  if (negative) p++;
  const first = p;
  let high = 0;
  let low = 0;
  let digits = 0;
  let point = -1;
  for (;;) {
    const d = b[p]! ^ 0x30;
    if (d <= 9) {
      if (digits < 9) high = (high * 10 + d) | 0;
      else low = (low * 10 + d) | 0;
      if (++digits > 18) return -1;
    } else if (b[p] === 0x2e && point < 0) {
      point = digits;
    } else {
      break;
    }
    p++;
  }
  const integerDigits = point < 0 ? digits : point;
  if (integerDigits === 0 || integerDigits === (point < 0 ? -1 : digits)) return -1;
  if ((b[first] === 0x30 && integerDigits > 1) || !endsNumber(b[p])) return -1;
  let scale = digits - integerDigits;
  const type = slot.type;
  if (type.kind === 'numeric' && type.precision !== undefined) {
    const wanted = type.scale ?? 0;
    const significant = b[first] === 0x30 ? 0 : integerDigits;
    if (wanted < scale || digits + wanted - scale > 18 || significant > type.precision - wanted) return -1;
    for (; scale < wanted; scale++, digits++) {
      if (digits < 9) high = (high * 10) | 0;
      else low = (low * 10) | 0;
    }
  }
  storeDecimal(slot.words, row, high, low, digits > 9 ? digits - 9 : 0, negative);
  slot.scale[row] = scale;
  return p;
}

/** ±digits · 10^−scale; `scale` may be negative. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly scale: number;
}

/** A well-formed JSON number; undefined when it has more digits than any type takes. */
function readDecimal(text: string): Decimal | undefined {
  if (text.length > MAX_NUMBER_LENGTH) return undefined;
  const negative = text.startsWith('-');
  const e = text.search(/[eE]/);
  const mantissa = text.slice(negative ? 1 : 0, e < 0 ? undefined : e);
  const exponent = e < 0 ? 0 : Number(text.slice(e + 1));
  const point = mantissa.indexOf('.');
  const fraction = point < 0 ? '' : mantissa.slice(point + 1);
  const digits = (point < 0 ? mantissa : mantissa.slice(0, point)) + fraction;
  return { negative, digits: digits.replace(/^0+(?=.)/, ''), scale: fraction.length - exponent };
}

/** ±digits · 10^power; power ≤ 0 cuts digits off, rounding half away from zero as Postgres does. */
function scaled(decimal: Decimal, power: number): bigint {
  const { digits, negative } = decimal;
  let magnitude: bigint;
  if (power >= 0) magnitude = BigInt(digits) * 10n ** BigInt(power);
  else if (-power > digits.length) magnitude = 0n;
  else {
    const kept = digits.slice(0, digits.length + power);
    magnitude = BigInt(kept === '' ? '0' : kept) + (digits[kept.length]! >= '5' ? 1n : 0n);
  }
  return negative ? -magnitude : magnitude;
}

/** Any well-formed number that has an integer's value: 5, 5.0, 0.5e1. */
export function exactInteger(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number): number {
  const decimal = readDecimal(ascii.decode(b.subarray(s, Math.min(e, s + MAX_NUMBER_LENGTH + 1))));
  if (decimal === undefined) return OUT_OF_RANGE;
  const zeros = zerosAtEnd(decimal.digits);
  const isZero = zeros === decimal.digits.length;
  if (!isZero && decimal.scale > zeros) return WRONG_TYPE;
  if (!isZero && decimal.digits.length - decimal.scale > 19) return OUT_OF_RANGE;
  const value = isZero ? 0n : scaled(decimal, -decimal.scale);
  return storeInteger(slot, row, value);
}

/** Not /0*$/, which takes the square of the length of a run of zeros that another digit ends. */
function zerosAtEnd(digits: string): number {
  let zeros = 0;
  while (zeros < digits.length && digits[digits.length - 1 - zeros] === '0') zeros++;
  return zeros;
}

function storeInteger(slot: ColumnSlot, row: number, value: bigint): number {
  switch (slot.type.kind) {
    case 'smallint':
      if (value < -32768n || value > 32767n) return OUT_OF_RANGE;
      slot.i32[row] = Number(value);
      return OK;
    case 'integer':
      if (value < -2147483648n || value > 2147483647n) return OUT_OF_RANGE;
      slot.i32[row] = Number(value);
      return OK;
    default:
      if (value < INT64_MIN || value > INT64_MAX) return OUT_OF_RANGE;
      storeInt64(slot.words, row, value);
      return OK;
  }
}

export function storeInt64(words: Int32Array, row: number, value: bigint): void {
  words[2 * row] = Number(BigInt.asIntN(32, value));
  words[2 * row + 1] = Number(value >> 32n);
}

/** Any well-formed number. As Postgres: what overflows, or underflows to zero, is out of range. */
export function exactDouble(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number): number {
  const text = ascii.decode(b.subarray(s, e));
  const value = Number(text);
  if (!Number.isFinite(value)) return OUT_OF_RANGE;
  if (value === 0 && /^-?[0.]*[1-9]/.test(text)) return OUT_OF_RANGE;
  slot.f64[row] = value;
  return OK;
}

/** Any well-formed number, with the display scale that Postgres gives its text: 1.50 has 2, 1.5e3 has 0, 1e-3 has 3. */
export function exactNumeric(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number): number {
  const decimal = readDecimal(ascii.decode(b.subarray(s, Math.min(e, s + MAX_NUMBER_LENGTH + 1))));
  if (decimal === undefined) return OUT_OF_RANGE;
  const type = slot.type;
  const limited = type.kind === 'numeric' && type.precision !== undefined;
  const isZero = decimal.digits === '0' || /^0+$/.test(decimal.digits);
  if (!isZero && decimal.digits.length - decimal.scale > MAX_INTEGER_DIGITS) return OUT_OF_RANGE;
  if (!limited && decimal.scale > MAX_SCALE) return OUT_OF_RANGE;
  const wanted = limited ? (type.scale ?? 0) : Math.max(0, decimal.scale);
  let unscaled = isZero ? 0n : scaled(decimal, wanted - decimal.scale);
  if (limited && (unscaled < 0n ? -unscaled : unscaled) >= 10n ** BigInt(type.precision!))
    return OUT_OF_RANGE;
  if (wanted < 0) unscaled *= 10n ** BigInt(-wanted);
  storeNumeric(slot, row, unscaled, Math.max(0, wanted));
  return OK;
}

function storeNumeric(slot: ColumnSlot, row: number, unscaled: bigint, scale: number): void {
  const column = slot.column;
  if (column.layout !== 'numeric') return;
  if (unscaled >= INT64_MIN && unscaled <= INT64_MAX) {
    storeInt64(slot.words, row, unscaled);
    slot.scale[row] = scale;
  } else {
    column.wide ??= [];
    column.wide[row] = unscaled;
    slot.scale[row] = scale | NUMERIC_WIDE;
  }
}
