// to_char of integers, doubles and numerics: the digits that the template has place for. After int4_to_char, float8_to_char and
// numeric_to_char in src/backend/utils/adt/formatting.c.

import { fail } from '../../data/failure.ts';
import {
  compareNumeric,
  digitCount,
  divideRounding,
  MAX_SCALE,
  powerOfTen,
  roundNumeric,
} from '../../data/numeric.ts';
import { numericToText } from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import { readString, writeString } from './arena.ts';
import { printExponent, printFixed } from './exact-print.ts';
import type { NumberFormat, NumberShape } from './number-format.ts';
import { numberFormat } from './number-format.ts';
import { layOut, romanOf } from './number-shown.ts';

type Bytes = Uint8Array;
type Show<T extends unknown[]> = (format: NumberFormat, ...value: T) => string;

const INT32_MAX = 2_147_483_647;

/** Runs over the value's parts and the bytes of the template; an empty template gives an empty text. */
function byTemplate<T extends unknown[]>(show: Show<T>, count: T['length']) {
  return (...args: [...T, Bytes, number, number]): number => {
    const value = args.slice(0, count) as T;
    const [b, s, e] = args.slice(count) as [Bytes, number, number];
    return writeString(s === e ? '' : show(numberFormat(readString(b, s, e)), ...value));
  };
}

function roman(format: NumberFormat, value: number): string {
  return layOut(format, { text: romanOf(value), sign: '+', spaces: 0, shape: format.shape });
}

function scientific(format: NumberFormat, text: string): string {
  const shown = text.startsWith('-') ? text : ` ${text}`;
  return layOut(format, { text: shown, sign: '+', spaces: 0, shape: format.shape });
}

/** In place of digits that do not fit, or that there are not. */
function hashes(before: number, behind: number): string {
  return `${'#'.repeat(before)}.${'#'.repeat(behind)}`;
}

/** `text`: the number rounded to the places of the template. */
function plain(format: NumberFormat, text: string, shape: NumberShape): string {
  const sign = text.startsWith('-') ? '-' : '+';
  const digits = sign === '-' ? text.slice(1) : text;
  const point = digits.indexOf('.');
  const length = point < 0 ? digits.length : point;
  const spaces = Math.max(shape.before - length, 0);
  const shown = length > shape.before ? hashes(shape.before, shape.behind) : digits;
  return layOut(format, { text: shown, sign, spaces, shape });
}

/** With the places behind V. */
function widened(shape: NumberShape): NumberShape {
  return shape.multiplied ? { ...shape, before: shape.before + shape.shifted } : shape;
}

function zerosBehind(text: string, { behind }: NumberShape): string {
  return behind === 0 ? text : `${text}.${'0'.repeat(behind)}`;
}

/** What does not fit in an integer becomes its least one, and products wrap around, as in C. */
function int32Power(digits: number): bigint {
  return digits > 9 ? -2_147_483_648n : powerOfTen(digits);
}

export const integerToChar = byTemplate<[number]>((format, value) => {
  const { shape } = format;
  if (shape.roman) return roman(format, value);
  if (shape.exponent) return scientific(format, printExponent(value, shape.behind));
  const moved = shape.multiplied ? BigInt(value) * int32Power(shape.shifted) : BigInt(value);
  return plain(format, zerosBehind(String(BigInt.asIntN(32, moved)), shape), widened(shape));
}, 1);

export const bigintToChar = byTemplate<[bigint]>((format, value) => {
  const { shape } = format;
  if (shape.roman) return roman(format, BigInt.asIntN(32, value) === value ? Number(value) : INT32_MAX);
  if (shape.exponent) return scientific(format, numericExponent(value, 0, shape.behind));
  if (shape.multiplied && shape.shifted > 18) fail('22003', 'bigint out of range');
  const moved = shape.multiplied ? value * powerOfTen(shape.shifted) : value;
  if (BigInt.asIntN(64, moved) !== moved) fail('22003', 'bigint out of range');
  return plain(format, zerosBehind(String(moved), shape), widened(shape));
}, 1);

/** `digits`: how many significant ones the type has. */
function floatToChar(digits: number, round: (value: number) => number) {
  return byTemplate<[number]>((format, value) => {
    const { shape } = format;
    if (shape.roman) return roman(format, asInt32(value));
    if (shape.exponent) return floatExponent(format, value);
    const moved = shape.multiplied ? round(value * round(10 ** shape.shifted)) : value;
    const before = printFixed(Math.abs(moved), 0).length;
    const behind = Math.max(Math.min(shape.behind, digits - before), 0);
    return plain(format, printFixed(moved, behind), { ...widened(shape), behind });
  }, 1);
}

export const doubleToChar = floatToChar(15, (value) => value);
export const realToChar = floatToChar(6, Math.fround);

/** Halves go to the even neighbour. */
function asInt32(value: number): number {
  if (!Number.isFinite(value)) return INT32_MAX;
  const near = Number(printFixed(value, 0));
  return Math.abs(near) <= INT32_MAX ? near : INT32_MAX;
}

function floatExponent(format: NumberFormat, value: number): string {
  const { shape } = format;
  if (Number.isFinite(value)) return scientific(format, printExponent(value, shape.behind));
  return noExponent(format);
}

/** For a number that has no digits: as wide as another would be. */
function noExponent(format: NumberFormat): string {
  const { before, behind } = format.shape;
  const text = ` ${'#'.repeat(before)}.${'#'.repeat(behind + 4)}`;
  return layOut(format, { text, sign: '+', spaces: 0, shape: format.shape });
}

export const numericToChar = byTemplate<[bigint, number]>((format, u, s) => {
  const { shape } = format;
  if (shape.roman) return roman(format, roundedInt32(u, s));
  if (shape.exponent)
    return s < 0 ? noExponent(format) : scientific(format, numericExponent(u, s, shape.behind));
  const moved = shape.multiplied && s >= 0 ? u * powerOfTen(shape.shifted) : u;
  const rounded = roundNumeric(moved, s, shape.behind);
  return plain(format, numericToText(rounded, result.scale), widened(shape));
}, 2);

function roundedInt32(u: bigint, s: number): number {
  if (s < 0) return INT32_MAX;
  const whole = divideRounding(u, powerOfTen(s));
  return BigInt.asIntN(32, whole) === whole ? Number(whole) : INT32_MAX;
}

/** As numeric_out_sci: the exponent is that of the number before it is rounded. */
function numericExponent(u: bigint, s: number, behind: number): string {
  const exponent = u === 0n ? 0 : digitCount(u) - 1 - s;
  const shift = behind - exponent - s;
  const mantissa = shift >= 0 ? u * powerOfTen(shift) : divideRounding(u, powerOfTen(-shift));
  const power = `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (behind > MAX_SCALE || compareNumeric(u, s, 0n, 0) === 0) return numericToText(0n, behind) + power;
  return numericToText(mantissa, behind) + power;
}
