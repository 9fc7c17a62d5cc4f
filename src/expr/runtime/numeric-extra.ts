// numeric functions beside arithmetic: scales, roots, divisors, buckets.

import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import { fail } from '../../data/failure.ts';
import { compareNumeric, digitCount, MAX_SCALE, powerOfTen } from '../../data/numeric.ts';
import { result } from '../../data/registers.ts';
import { bucketError, checkedBucket } from './math.ts';

function give(unscaled: bigint, scale: number): bigint {
  result.scale = scale;
  return unscaled;
}

/** NULL for NaN and infinities. */
export function scaleOf(_u: bigint, s: number): number {
  result.isNull = s < 0;
  return s;
}

function leastScale(u: bigint, s: number): number {
  let scale = s;
  for (let rest = u; scale > 0 && rest % 10n === 0n; rest /= 10n) scale--;
  return scale;
}

export function minScale(u: bigint, s: number): number {
  result.isNull = s < 0;
  return s < 0 ? 0 : leastScale(u, s);
}

export function trimScale(u: bigint, s: number): bigint {
  if (s < 0) return give(0n, s);
  const scale = leastScale(u, s);
  return give(u / powerOfTen(s - scale), scale);
}

export function factorial(n: bigint): bigint {
  if (n < 0n) fail('22003', 'factorial of a negative number is undefined');
  if (n > 32177n) fail('22003', 'value overflows numeric format');
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return give(product, 0);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function aligned(au: bigint, as: number, bu: bigint, bs: number): readonly [bigint, bigint, number] {
  const scale = Math.max(as, bs);
  return [au * powerOfTen(scale - as), bu * powerOfTen(scale - bs), scale];
}

export function gcdNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as < 0 || bs < 0) return give(0n, NUMERIC_NAN);
  let [a, b] = aligned(au, as, bu, bs);
  while (b !== 0n) [a, b] = [b, a % b];
  return give(absolute(a), Math.max(as, bs));
}

export function lcmNumeric(au: bigint, as: number, bu: bigint, bs: number): bigint {
  if (as < 0 || bs < 0) return give(0n, NUMERIC_NAN);
  const [a, b, scale] = aligned(au, as, bu, bs);
  if (a === 0n || b === 0n) return give(0n, scale);
  const divisor = absolute(gcdNumeric(au, as, bu, bs));
  const multiple = absolute((a / divisor) * b);
  if (digitCount(multiple) - scale > 131072) fail('22003', 'value overflows numeric format');
  return give(multiple, scale);
}

/** Sixteen significant digits at least, rounded. */
export function squareRootNumeric(u: bigint, s: number): bigint {
  if (s === NUMERIC_MINUS_INFINITY || (s >= 0 && u < 0n))
    fail('2201F', 'cannot take square root of a negative number');
  if (s < 0) return give(0n, s);
  const weight = u === 0n ? 0 : Math.floor((digitCount(u) - s - 1) / 4);
  const digits = weight >= 0 ? Math.trunc((weight * 4) / 2) + 1 : 1 - Math.trunc((1 - weight * 4) / 2);
  const scale = Math.min(Math.max(16 - digits, s, 0), 1000);
  const shifted = u * powerOfTen(2 * scale + 2) * (s % 2 === 0 ? 1n : 10n);
  const root = integerRoot(shifted / powerOfTen(s % 2 === 0 ? s : s + 1));
  const rounded = root / 10n + (root % 10n >= 5n ? 1n : 0n);
  return give(rounded, Math.min(scale, MAX_SCALE));
}

function integerRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let x = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + value / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

export function widthBucketNumeric(
  ...[xu, xs, lu, ls, hu, hs, count]: [bigint, number, bigint, number, bigint, number, number]
): number {
  if (count <= 0) bucketError('count must be greater than zero');
  if (xs === NUMERIC_NAN || ls === NUMERIC_NAN || hs === NUMERIC_NAN)
    bucketError('operand, lower bound, and upper bound cannot be NaN');
  if (ls < 0 || hs < 0) bucketError('lower and upper bounds must be finite');
  const order = compareNumeric(lu, ls, hu, hs);
  if (order === 0) bucketError('lower bound cannot equal upper bound');
  const sign = order < 0 ? 1 : -1;
  if (xs < 0) return (xs === NUMERIC_PLUS_INFINITY) === sign > 0 ? checkedBucket(count + 1) : 0;
  if (compareNumeric(xu, xs, lu, ls) * sign < 0) return 0;
  if (compareNumeric(xu, xs, hu, hs) * sign >= 0) return checkedBucket(count + 1);
  const scale = Math.max(xs, ls, hs);
  const at = (u: bigint, s: number): bigint => u * powerOfTen(scale - s);
  const low = at(lu, ls);
  return Number(((at(xu, xs) - low) * BigInt(count)) / (at(hu, hs) - low)) + 1;
}
