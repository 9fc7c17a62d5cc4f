// double precision functions that the C library computes for Postgres: the same values here but for the last digit, and the
// same errors. Numeric has no such functions here: their digits would have to be Postgres' own.

import { doubleOverflow, doubleUnderflow, fail } from '../../data/failure.ts';

function isInfinite(x: number): boolean {
  return x === Infinity || x === -Infinity;
}

function outOfRange(): never {
  fail('22003', 'input is out of range');
}

export function power(x: number, y: number): number {
  if (x === 0 && y < 0) fail('2201F', 'zero raised to a negative power is undefined');
  if (x < 0 && Number.isFinite(y) && !Number.isInteger(y))
    fail('2201F', 'a negative number raised to a non-integer power yields a complex result');
  if (x === 1 || y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === -1 && isInfinite(y)) return 1;
  const r = x ** y;
  if (isInfinite(r) && !isInfinite(x) && !isInfinite(y)) doubleOverflow();
  if (r === 0 && x !== 0 && !isInfinite(x) && !isInfinite(y)) doubleUnderflow();
  return r;
}

export function exponential(x: number): number {
  const r = Math.exp(x);
  if (isInfinite(r) && !isInfinite(x)) doubleOverflow();
  if (r === 0 && !isInfinite(x)) doubleUnderflow();
  return r;
}

function logarithm(compute: (x: number) => number): (x: number) => number {
  return (x) => {
    if (x === 0) fail('2201E', 'cannot take logarithm of zero');
    if (x < 0) fail('2201E', 'cannot take logarithm of a negative number');
    return compute(x);
  };
}

export const naturalLog = logarithm(Math.log);
export const commonLog = logarithm(Math.log10);

/** Of finite arguments only. */
function ofFinite(compute: (x: number) => number): (x: number) => number {
  return (x) => {
    if (isInfinite(x)) outOfRange();
    return compute(x);
  };
}

export const sine = ofFinite(Math.sin);
export const cosine = ofFinite(Math.cos);
export const tangent = ofFinite(Math.tan);

export const cotangent = ofFinite((x) => 1 / Math.tan(x));

function within(compute: (x: number) => number, low: number, high: number): (x: number) => number {
  return (x) => {
    if (x < low || x > high) outOfRange();
    return compute(x);
  };
}

export const arcSine = within(Math.asin, -1, 1);
export const arcCosine = within(Math.acos, -1, 1);
export const areaCosine = within(Math.acosh, 1, Infinity);
export const areaTangent = within(Math.atanh, -1, 1);

export function degrees(x: number): number {
  const r = x / 0.0174532925199432957692;
  if (isInfinite(r) && !isInfinite(x)) doubleOverflow();
  if (r === 0 && x !== 0) doubleUnderflow();
  return r;
}

export function radians(x: number): number {
  const r = x * 0.0174532925199432957692;
  if (r === 0 && x !== 0) doubleUnderflow();
  return r;
}

export function widthBucket(x: number, low: number, high: number, count: number): number {
  if (count <= 0) bucketError('count must be greater than zero');
  if (Number.isNaN(x) || Number.isNaN(low) || Number.isNaN(high))
    bucketError('operand, lower bound, and upper bound cannot be NaN');
  if (isInfinite(low) || isInfinite(high)) bucketError('lower and upper bounds must be finite');
  if (low === high) bucketError('lower bound cannot equal upper bound');
  const [from, to, at] = low < high ? [low, high, x] : [-low, -high, -x];
  if (at < from) return 0;
  if (at >= to) return checkedBucket(count + 1);
  const bucket = isInfinite(to - from)
    ? Math.trunc(count * ((at / 2 - from / 2) / (to / 2 - from / 2)))
    : Math.trunc(count * ((at - from) / (to - from)));
  return Math.min(bucket, count - 1) + 1;
}

export function checkedBucket(bucket: number): number {
  if (bucket > 2147483647) fail('22003', 'integer out of range');
  return bucket;
}

export function bucketError(why: string): never {
  fail('2201G', why);
}
