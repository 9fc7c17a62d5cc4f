// Text forms of numeric, and its exact conversions from and to the other number types.

import {
  NUMERIC_MINUS_INFINITY as MINUS,
  NUMERIC_NAN as NAN,
  NUMERIC_PLUS_INFINITY as PLUS,
} from './column.ts';
import { fail } from './failure.ts';
import { digitCount, divideRounding, MAX_SCALE, powerOfTen } from './numeric.ts';
import { result } from './registers.ts';
import type { NumericValue } from './value.ts';
import { trimSpace } from './trim.ts';

export function numericToText(u: bigint, s: number): string {
  if (s === 0) return u.toString();
  if (s < 0) return s === NAN ? 'NaN' : s === PLUS ? 'Infinity' : '-Infinity';
  const negative = u < 0n;
  const digits = (negative ? -u : u).toString().padStart(s + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -s)}.${digits.slice(-s)}`;
}

/** Before the point. */
const MOST_DIGITS = 131_072;

// Classes and no groups under a repetition: for those the engine keeps what millions of digits need no memory for, and gives up.
const DECIMAL = /^([+-]?)(\d[\d_]*)?(?:\.(\d[\d_]*)?)?(?:[eE]([+-]?\d[\d_]*))?$/;
const RADIX = /^([+-]?)0(?:[xX]([0-9a-fA-F_]+)|[oO]([0-7_]+)|[bB]([01_]+))$/;

/** An underscore stands between two digits, or between 0x and a digit. */
export function matchRadix(text: string): RegExpExecArray | null {
  return /__|_(?![0-9a-fA-F])/.test(text) ? null : RADIX.exec(text);
}

const isGrouped = (text: string): boolean => !/__|_(?!\d)/.test(text);

/** numeric_in, without a type modifier. */
export function parseNumeric(text: string): NumericValue {
  const trimmed = trimSpace(text);
  const special = specialNamed(trimmed);
  if (special !== undefined) return { unscaled: 0n, scale: special };
  const radix = matchRadix(trimmed);
  if (radix !== null) return { unscaled: inRange(radix), scale: 0 };
  const match = isGrouped(trimmed) ? DECIMAL.exec(trimmed) : null;
  if (match === null || (match[2] === undefined && match[3] === undefined))
    fail('22P02', `invalid input syntax for type numeric: "${text}"`);
  return fromDigits(match[1] === '-', plain(match[2]), plain(match[3]), Number(plain(match[4])));
}

function plain(digits: string | undefined): string {
  return (digits ?? '').replaceAll('_', '');
}

function specialNamed(text: string): number | undefined {
  const match = /^(?:nan|([+-]?)inf(?:inity)?)$/i.exec(text);
  if (match === null) return undefined;
  return match[1] === undefined ? NAN : match[1] === '-' ? MINUS : PLUS;
}

export function radixInteger(match: RegExpExecArray): bigint {
  const [, sign, hex, octal, binary] = match;
  const value =
    hex !== undefined
      ? BigInt(`0x${plain(hex)}`)
      : octal !== undefined
        ? BigInt(`0o${plain(octal)}`)
        : BigInt(`0b${plain(binary)}`);
  return sign === '-' ? -value : value;
}

/** Its digits are counted before they are read: hexadecimal ones are the fewest of a number. */
function inRange(radix: RegExpExecArray): bigint {
  const value = radix[0].length > MOST_DIGITS * 4 ? null : radixInteger(radix);
  if (value === null || digitCount(value < 0n ? -value : value) > MOST_DIGITS)
    fail('22003', 'value overflows numeric format');
  return value;
}

function fromDigits(negative: boolean, integer: string, fraction: string, exponent: number): NumericValue {
  if (Math.abs(exponent) > 1_073_741_823 || integer.length + fraction.length > 400_000)
    fail('22003', 'value overflows numeric format');
  const magnitude = BigInt(integer + fraction || '0');
  const unscaled = negative ? -magnitude : magnitude;
  const scale = fraction.length - exponent;
  if (magnitude !== 0n && digitCount(magnitude) - scale > MOST_DIGITS)
    fail('22003', 'value overflows numeric format');
  if (scale > MAX_SCALE) {
    const cut = scale - MAX_SCALE;
    if (cut > integer.length + fraction.length + 1) return { unscaled: 0n, scale: MAX_SCALE };
    return { unscaled: divideRounding(unscaled, powerOfTen(cut)), scale: MAX_SCALE };
  }
  if (scale >= 0) return { unscaled, scale };
  return { unscaled: magnitude === 0n ? 0n : unscaled * powerOfTen(-scale), scale: 0 };
}

/** The nearest double; too large values fail. */
export function numericToDouble(u: bigint, s: number): number {
  if (s < 0) return s === NAN ? NaN : s === PLUS ? Infinity : -Infinity;
  const value = Number(`${u.toString()}e-${s}`);
  if (!Number.isFinite(value) || (value === 0 && u !== 0n))
    fail('22003', `"${numericToText(u, s)}" is out of range for type double precision`);
  return value;
}

/** Postgres keeps 15 significant digits, so that 0.1 becomes 0.1. */
export function doubleToNumeric(value: number): bigint {
  if (!Number.isFinite(value)) {
    result.scale = Number.isNaN(value) ? NAN : value > 0 ? PLUS : MINUS;
    return 0n;
  }
  const { unscaled, scale } = parseNumeric(significantDigits(value, 15));
  result.scale = scale;
  return unscaled;
}

/** printf("%.<n>g"): toPrecision, but exact halves go to the even digit, and trailing zeros are dropped. */
export function significantDigits(value: number, count: number): string {
  const [mantissa, exponent] = value.toExponential(count - 1).split('e') as [string, string];
  let digits = mantissa;
  const exact = Math.abs(value)
    .toExponential(100)
    .replace(/^(\d)\./, '$1')
    .replace(/e.*$/, '');
  if (/^50*$/.test(exact.slice(count)) && /[13579]$/.test(digits)) {
    const unit = BigInt(digits.replace('.', ''));
    const even = (unit < 0n ? unit + 1n : unit - 1n).toString();
    digits = even.replace(/^(-?\d)(\d+)$/, '$1.$2');
  }
  return `${digits.replace(/\.?0+$/, '')}e${exponent}`;
}

function integerPart(u: bigint, s: number, type: string): bigint {
  if (s < 0) fail('0A000', `cannot convert ${s === NAN ? 'NaN' : 'infinity'} to ${type}`);
  return s === 0 ? u : divideRounding(u, powerOfTen(s));
}

export function numericToInt64(u: bigint, s: number): bigint {
  const whole = integerPart(u, s, 'bigint');
  if (BigInt.asIntN(64, whole) !== whole) fail('22003', 'bigint out of range');
  return whole;
}

export function numericToInt32(u: bigint, s: number): number {
  const whole = integerPart(u, s, 'integer');
  if (BigInt.asIntN(32, whole) !== whole) fail('22003', 'integer out of range');
  return Number(whole);
}

export function numericToInt16(u: bigint, s: number): number {
  const whole = integerPart(u, s, 'smallint');
  if (BigInt.asIntN(16, whole) !== whole) fail('22003', 'smallint out of range');
  return Number(whole);
}
