// exp, ln, log and power of numeric. How many digits a result shows is decided as in src/backend/utils/adt/numeric.c, by the same
// estimates in doubles; the digits are those of the true value, rounded, which is what its guard digits are for.

import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import { divisionByZero, fail } from '../../data/failure.ts';
import { digitCount, powerOfTen } from '../../data/numeric.ts';
import { numericToDouble } from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import { exponential, logarithm } from './fixed-point.ts';

const SIGNIFICANT = 16;
const MOST_SCALE = 1000;
const MOST_WEIGHT = 2000;
const LOG_E = 0.434294481903252;
const GUARD = 12;

function give(unscaled: bigint, scale: number): bigint {
  result.scale = scale;
  return unscaled;
}

const overflow = (): never => fail('22003', 'value overflows numeric format');
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** A number in units of 10^−from in units of 10^−to, rounded half away from zero. */
function rescaled(value: bigint, from: number, to: number): bigint {
  if (from <= to) return value * powerOfTen(to - from);
  const unit = powerOfTen(from - to);
  const rounded = (absolute(value) + unit / 2n) / unit;
  return value < 0n ? -rounded : rounded;
}

function shownScale(weight: number, ...scales: readonly number[]): number {
  return Math.min(Math.max(SIGNIFICANT - weight, 0, ...scales), MOST_SCALE);
}

/** PostgreSQL's digits of base 10,000: the first ones (at most `count`) as a number, and the decimal weight of its last place. */
function leading(u: bigint, s: number, count: number): readonly [digits: number, weight: number] {
  const fraction = Math.ceil(s / 4);
  const text = (absolute(u) * powerOfTen(fraction * 4 - s)).toString();
  const groups = Math.ceil(text.length / 4);
  const first = text.length - (groups - 1) * 4;
  const taken = Math.min(count, groups);
  return [Number(text.slice(0, first + (taken - 1) * 4)), (groups - taken - fraction) * 4];
}

/** About the decimal weight of ln x. */
function logWeight(u: bigint, s: number): number {
  if (u <= 0n) return 0;
  const one = powerOfTen(s);
  if (10n * u >= 9n * one && 10n * u <= 11n * one) {
    if (u === one) return 0;
    const [digits, weight] = leading(u - one, s, 1);
    return weight + Math.trunc(Math.log10(digits));
  }
  const [digits, weight] = leading(u, s, 2);
  return Math.trunc(Math.log10(Math.abs(Math.log(digits) + weight * 2.302585092994046)));
}

/** ln of u / 10^s in units of 10^−digits. */
function logOf(u: bigint, s: number, digits: number): bigint {
  const inner = digits + GUARD + Math.max(0, s - digitCount(u));
  return rescaled(
    logarithm(rescaled(u, s, Math.max(inner, s)), Math.max(inner, s)),
    Math.max(inner, s),
    digits,
  );
}

function refuseLogarithm(u: bigint, s: number): void {
  if (s === NUMERIC_MINUS_INFINITY || (s >= 0 && u < 0n))
    fail('2201E', 'cannot take logarithm of a negative number');
  if (s >= 0 && u === 0n) fail('2201E', 'cannot take logarithm of zero');
}

export function naturalLog(u: bigint, s: number): bigint {
  refuseLogarithm(u, s);
  if (s < 0) return give(0n, s);
  const scale = shownScale(logWeight(u, s), s);
  return give(logOf(u, s, scale), scale);
}

export function logOfBase(bu: bigint, bs: number, u: bigint, s: number): bigint {
  if (bs === NUMERIC_NAN || s === NUMERIC_NAN) return give(0n, NUMERIC_NAN);
  for (const [unscaled, scale] of [
    [bu, bs],
    [u, s],
  ] as const)
    if (scale === NUMERIC_MINUS_INFINITY || (scale >= 0 && unscaled < 0n)) refuseLogarithm(unscaled, scale);
  refuseLogarithm(bu, bs);
  refuseLogarithm(u, s);
  if (bs === NUMERIC_PLUS_INFINITY) return s === NUMERIC_PLUS_INFINITY ? give(0n, NUMERIC_NAN) : give(0n, 0);
  if (s === NUMERIC_PLUS_INFINITY) return give(0n, s);
  const weights = [logWeight(bu, bs), logWeight(u, s)] as const;
  const scale = shownScale(weights[1] - weights[0], bs, s);
  if (bu === powerOfTen(bs)) divisionByZero();
  const digits = scale + GUARD + Math.abs(weights[0]) + Math.abs(weights[1]) + Math.max(0, -2 * weights[0]);
  const quotient = (logOf(u, s, digits) * powerOfTen(digits)) / logOf(bu, bs, digits);
  return give(rescaled(quotient, digits, scale), scale);
}

export function log10(u: bigint, s: number): bigint {
  return logOfBase(10n, 0, u, s);
}

/** e to the power of x (units of 10^−digits), rounded to `scale`; the text of x as a double is `about`. */
function expOf(x: (digits: number) => bigint, about: number, scale: number): bigint {
  if (Math.abs(about) >= MOST_WEIGHT * 3) return about > 0 ? overflow() : 0n;
  const digits = Math.max(0, Math.trunc(about * LOG_E)) + scale + GUARD;
  return rescaled(exponential(x(digits), digits), digits, scale);
}

export function exponentialNumeric(u: bigint, s: number): bigint {
  if (s < 0) return s === NUMERIC_MINUS_INFINITY ? give(0n, 0) : give(0n, s);
  const about = numericToDouble(u, s);
  const weight = Math.min(Math.max(about * LOG_E, -MOST_WEIGHT), MOST_WEIGHT);
  const scale = shownScale(Math.trunc(weight), s);
  return give(
    expOf((digits) => rescaled(u, s, digits), about, scale),
    scale,
  );
}

function signOf(u: bigint, s: number): number {
  if (s === NUMERIC_PLUS_INFINITY) return 1;
  if (s === NUMERIC_MINUS_INFINITY) return -1;
  return u > 0n ? 1 : u < 0n ? -1 : 0;
}

function isWhole(u: bigint, s: number): boolean {
  return s < 0 || u % powerOfTen(s) === 0n;
}

function isOne(u: bigint, s: number): boolean {
  return s >= 0 && u === powerOfTen(s);
}

export function powerNumeric(bu: bigint, bs: number, eu: bigint, es: number): bigint {
  if (bs === NUMERIC_NAN) return es >= 0 && eu === 0n ? give(1n, 0) : give(0n, NUMERIC_NAN);
  if (es === NUMERIC_NAN) return isOne(bu, bs) ? give(1n, 0) : give(0n, NUMERIC_NAN);
  const [base, exponent] = [signOf(bu, bs), signOf(eu, es)];
  if (base === 0 && exponent < 0) fail('2201F', 'zero raised to a negative power is undefined');
  if (base < 0 && !isWhole(eu, es))
    fail('2201F', 'a negative number raised to a non-integer power yields a complex result');
  if (bs < 0 || es < 0) return infinitePower(bu, bs, eu, es, exponent);
  if (isWhole(eu, es)) {
    const whole = eu / powerOfTen(es);
    if (BigInt.asIntN(32, whole) === whole) return wholePower(bu, bs, Number(whole), es);
  }
  return realPower(bu, bs, eu, es);
}

/** One of both is infinite: the rules of pow(3). */
function infinitePower(bu: bigint, bs: number, eu: bigint, es: number, exponent: number): bigint {
  const infinity = (): bigint => give(0n, NUMERIC_PLUS_INFINITY);
  if (isOne(bu, bs) || exponent === 0) return give(1n, 0);
  if (bs >= 0 && bu === 0n) return give(0n, 0);
  if (es < 0) {
    const one = bs >= 0 ? powerOfTen(bs) : 0n;
    if (bs >= 0 && bu === -one) return give(1n, 0);
    const beyondOne = bs < 0 || absolute(bu) > one;
    return beyondOne === exponent > 0 ? infinity() : give(0n, 0);
  }
  if (exponent < 0) return give(0n, 0);
  const isOdd = isWhole(eu, es) && (eu / powerOfTen(es)) % 2n !== 0n;
  return bs === NUMERIC_MINUS_INFINITY && isOdd ? give(0n, NUMERIC_MINUS_INFINITY) : infinity();
}

function wholePower(u: bigint, s: number, exponent: number, exponentScale: number): bigint {
  let weight = 0;
  if (u !== 0n) {
    const [digits, place] = leading(u, s, 4);
    weight = exponent * (Math.log10(digits) + place);
  }
  if (weight > 131_072) overflow();
  if (weight + 1 < -MOST_SCALE) return give(0n, MOST_SCALE);
  const scale = shownScale(Math.trunc(weight), s, exponentScale);
  if (exponent === 0) return give(powerOfTen(scale), scale);
  if (u === 0n) return give(0n, scale);
  const digits = Math.ceil(Math.abs(weight)) + scale + GUARD + String(exponent).length;
  const [mantissa, places] = multiplied(u, s, Math.abs(exponent), digits);
  if (exponent > 0) return give(shifted(mantissa, places, scale), scale);
  const room = digits + digitCount(absolute(mantissa));
  const inverse = powerOfTen(room) / mantissa;
  return give(shifted(inverse, room - places, scale), scale);
}

/** mantissa / 10^places at the scale, rounded. Places may be negative. */
function shifted(mantissa: bigint, places: number, scale: number): bigint {
  if (places < 0) return mantissa * powerOfTen(scale - places);
  return rescaled(mantissa, places, scale);
}

/** By squares, with so many digits of each factor. */
function multiplied(u: bigint, s: number, exponent: number, digits: number): readonly [bigint, number] {
  let product: readonly [bigint, number] = [1n, 0];
  let square: readonly [bigint, number] = [u, s];
  for (let rest = exponent; ;) {
    if (rest % 2 === 1) product = shortened(product[0] * square[0], product[1] + square[1], digits);
    rest = Math.floor(rest / 2);
    if (rest === 0) return product;
    square = shortened(square[0] * square[0], 2 * square[1], digits);
  }
}

function shortened(value: bigint, places: number, digits: number): readonly [bigint, number] {
  const extra = digitCount(absolute(value)) - digits;
  return extra <= 0 ? [value, places] : [value / powerOfTen(extra), places - extra];
}

function realPower(bu: bigint, bs: number, eu: bigint, es: number): bigint {
  if (bu === 0n) return give(0n, SIGNIFICANT);
  const base = absolute(bu);
  const low = Math.max(8 - logWeight(base, bs), 0);
  const product = rescaled(logOf(base, bs, low) * eu, low + es, low);
  const about = numericToDouble(product, low);
  if (Math.abs(about) > MOST_WEIGHT * 3.01) return about > 0 ? overflow() : give(0n, MOST_SCALE);
  const scale = shownScale(Math.trunc(about * LOG_E), bs, es);
  const more = digitCount(absolute(eu));
  const x = (digits: number): bigint =>
    rescaled(logOf(base, bs, digits + more) * eu, digits + more + es, digits);
  const value = expOf(x, about, scale);
  const isOdd = isWhole(eu, es) && (eu / powerOfTen(es)) % 2n !== 0n;
  return give(bu < 0n && isOdd ? -value : value, scale);
}
