// Exact decimals as Postgres computes them: value = unscaled / 10^scale, where the scale is the display scale.
// Every operation takes (unscaled, scale) pairs and returns the unscaled result; its scale is in `result.scale`
// (registers.ts). Scales below zero are NaN and the infinities (column.ts). After src/backend/utils/adt/numeric.c.

import {
  NUMERIC_MINUS_INFINITY as MINUS,
  NUMERIC_NAN as NAN,
  NUMERIC_PLUS_INFINITY as PLUS,
} from './column.ts';
import { fail } from './failure.ts';
import { result } from './registers.ts';

/** Largest display scale, and digits before the point. */
export const MAX_SCALE = 16383;
const MAX_INTEGER_DIGITS = 131072;

const powers: bigint[] = [1n];

export function powerOfTen(n: number): bigint {
  if (n > 4096) return 10n ** BigInt(n);
  for (let i = powers.length; i <= n; i++) powers.push(powers[i - 1]! * 10n);
  return powers[n]!;
}

/** Sets the result register and returns the unscaled value. */
function give(unscaled: bigint, scale: number): bigint {
  result.scale = scale;
  return unscaled;
}

const SAFE = 10n ** 4096n;

/** The same for results that may have grown beyond the limits of the type. */
function giveChecked(unscaled: bigint, scale: number): bigint {
  if ((unscaled >= SAFE || unscaled <= -SAFE) && digitCount(unscaled) - scale > MAX_INTEGER_DIGITS)
    fail('22003', 'value overflows numeric format');
  result.scale = scale;
  return unscaled;
}

/** Decimal digits of |value|; 1 for 0. */
export function digitCount(value: bigint): number {
  const text = value.toString();
  return value < 0n ? text.length - 1 : text.length;
}

export function addNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as < 0 || bs < 0) return addSpecial(as, bs);
  if (as === bs) return giveChecked(au + bu, as);
  return as > bs
    ? giveChecked(au + bu * powerOfTen(as - bs), as)
    : giveChecked(au * powerOfTen(bs - as) + bu, bs);
}

export function subtractNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  return bs < 0 ? addNumeric(au, as, 0n, negatedScale(bs)) : addNumeric(au, as, -bu, bs);
}

function addSpecial(as: number, bs: number): bigint {
  if (as === NAN || bs === NAN) return give(0n, NAN);
  if (as < 0 && bs < 0 && as !== bs) return give(0n, NAN);
  return give(0n, as < 0 ? as : bs);
}

function negatedScale(scale: number): number {
  return scale === PLUS ? MINUS : scale === MINUS ? PLUS : scale;
}

export function negateNumeric(u: bigint, s: number): bigint {
  return s < 0 ? give(0n, negatedScale(s)) : give(-u, s);
}

export function absoluteNumeric(u: bigint, s: number): bigint {
  return s < 0 ? give(0n, s === MINUS ? PLUS : s) : give(u < 0n ? -u : u, s);
}

/** −1, 0 or 1; specials by what they are. */
function signOf(u: bigint, s: number): number {
  if (s < 0) return s === PLUS ? 1 : s === MINUS ? -1 : 0;
  return u > 0n ? 1 : u < 0n ? -1 : 0;
}

export function multiplyNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as < 0 || bs < 0) {
    const sign = as === NAN || bs === NAN ? 0 : signOf(au, as) * signOf(bu, bs);
    return give(0n, sign === 0 ? NAN : sign > 0 ? PLUS : MINUS);
  }
  const scale = as + bs;
  if (scale <= MAX_SCALE) return giveChecked(au * bu, scale);
  return giveChecked(divideRounding(au * bu, powerOfTen(scale - MAX_SCALE)), MAX_SCALE);
}

/** Quotient rounded half away from zero. */
export function divideRounding(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

export function divideNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as < 0 || bs < 0) return divideSpecial(au, as, bu, bs);
  if (bu === 0n) fail('22012', 'division by zero');
  const scale = quotientScale(au, as, bu, bs);
  const shift = scale + bs - as;
  const quotient =
    shift >= 0 ? divideRounding(au * powerOfTen(shift), bu) : divideRounding(au, bu * powerOfTen(-shift));
  return giveChecked(quotient, scale);
}

function divideSpecial(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as === NAN || bs === NAN) return give(0n, NAN);
  if (as < 0) {
    if (bs < 0) return give(0n, NAN);
    if (bu === 0n) fail('22012', 'division by zero');
    return give(0n, signOf(au, as) * signOf(bu, bs) > 0 ? PLUS : MINUS);
  }
  return give(0n, 0);
}

/** select_div_scale: at least 16 significant digits, counted in Postgres' groups of four decimal digits. */
function quotientScale(au: bigint, as: number, bu: bigint, bs: number): number {
  const a = leadingGroup(au, as);
  const b = leadingGroup(bu, bs);
  let weight = a.weight - b.weight;
  if (a.group <= b.group) weight--;
  return Math.min(Math.max(16 - weight * 4, as, bs, 0), 1000);
}

function leadingGroup(u: bigint, s: number): { weight: number; group: number } {
  if (u === 0n) return { weight: 0, group: 0 };
  const digits = (u < 0n ? -u : u).toString();
  const exponent = digits.length - 1 - s;
  const weight = Math.floor(exponent / 4);
  const width = exponent - weight * 4 + 1;
  return { weight, group: Number(digits.slice(0, width).padEnd(width, '0')) };
}

/** Both values brought to one scale, for the integer operations below. */
function aligned(au: bigint, as: number, bu: bigint, bs: number): { a: bigint; b: bigint; scale: number } {
  if (as === bs) return { a: au, b: bu, scale: as };
  return as > bs
    ? { a: au, b: bu * powerOfTen(as - bs), scale: as }
    : { a: au * powerOfTen(bs - as), b: bu, scale: bs };
}

export function remainderNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as === NAN || bs === NAN) return give(0n, NAN);
  if (as < 0) {
    if (bs >= 0 && bu === 0n) fail('22012', 'division by zero');
    return give(0n, NAN);
  }
  if (bs < 0) return give(au, as);
  if (bu === 0n) fail('22012', 'division by zero');
  const { a, b, scale } = aligned(au, as, bu, bs);
  return give(a % b, scale);
}

/** div(a, b): the quotient cut to an integer. */
export function integerQuotient(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as < 0 || bs < 0) return divideSpecial(au, as, bu, bs);
  if (bu === 0n) fail('22012', 'division by zero');
  const { a, b } = aligned(au, as, bu, bs);
  return giveChecked(a / b, 0);
}

/** −1, 0, 1. NaN equals NaN and is greater than everything, +Infinity included. */
export function compareNumeric(au: bigint, as: number, bu: bigint, bs: number): number {
  if (as < 0 || bs < 0) return rank(as) - rank(bs);
  if (as === bs) return au < bu ? -1 : au > bu ? 1 : 0;
  const { a, b } = aligned(au, as, bu, bs);
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(scale: number): number {
  return scale >= 0 ? 0 : scale === NAN ? 2 : scale === PLUS ? 1 : -1;
}

/** round(value, places): half away from zero. */
export function roundNumeric(u: bigint, s: number, places: number): bigint {
  if (s < 0) return give(0n, s);
  const to = Math.max(Math.min(places, MAX_SCALE), -MAX_INTEGER_DIGITS - 1);
  const scale = Math.max(to, 0);
  if (to >= s) return giveChecked(u * powerOfTen(to - s), scale);
  const cut = divideRounding(u, powerOfTen(s - to));
  return giveChecked(to < 0 ? cut * powerOfTen(-to) : cut, scale);
}

export function truncateNumeric(u: bigint, s: number, places: number): bigint {
  if (s < 0) return give(0n, s);
  const to = Math.max(Math.min(places, MAX_SCALE), -MAX_INTEGER_DIGITS - 1);
  const scale = Math.max(to, 0);
  if (to >= s) return giveChecked(u * powerOfTen(to - s), scale);
  const cut = u / powerOfTen(s - to);
  return giveChecked(to < 0 ? cut * powerOfTen(-to) : cut, scale);
}

export function floorNumeric(u: bigint, s: number): bigint {
  if (s <= 0) return give(u, s);
  const unit = powerOfTen(s);
  const cut = u / unit;
  return giveChecked(u < 0n && cut * unit !== u ? cut - 1n : cut, 0);
}

export function ceilingNumeric(u: bigint, s: number): bigint {
  if (s <= 0) return give(u, s);
  const unit = powerOfTen(s);
  const cut = u / unit;
  return giveChecked(u > 0n && cut * unit !== u ? cut + 1n : cut, 0);
}

export function signNumeric(u: bigint, s: number): bigint {
  return s === NAN ? give(0n, NAN) : give(BigInt(signOf(u, s)), 0);
}

/** Brings a value into numeric(precision, scale): rounds, and fails when digits do not fit. */
export function constrainNumeric(u: bigint, s: number, precision: number, scale: number): bigint {
  if (s === NAN) return give(0n, NAN);
  if (s < 0) fail('22003', 'numeric field overflow');
  const rounded = s <= scale ? u * powerOfTen(scale - s) : divideRounding(u, powerOfTen(s - scale));
  const limit = powerOfTen(precision);
  if (rounded >= limit || rounded <= -limit) fail('22003', 'numeric field overflow');
  return scale >= 0 ? give(rounded, scale) : give(rounded * powerOfTen(-scale), 0);
}

/** The canonical form, for keys: no trailing zeros behind the point, so that 1.0 and 1.00 are one. */
export function canonicalNumeric(u: bigint, s: number): bigint {
  let unscaled = u;
  let scale = s;
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  return give(unscaled, scale);
}
