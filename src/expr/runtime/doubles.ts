// double precision as Postgres computes it: an infinite result of finite arguments is an overflow, a zero product or
// quotient of nonzero ones an underflow; NaN equals NaN and is greater than every other value.

import { divisionByZero, doubleOverflow, doubleUnderflow, fail } from '../../data/failure.ts';

function isInfinite(x: number): boolean {
  return x === Infinity || x === -Infinity;
}

export function addDouble(a: number, b: number): number {
  const r = a + b;
  if (isInfinite(r) && !isInfinite(a) && !isInfinite(b)) doubleOverflow();
  return r;
}

export function subtractDouble(a: number, b: number): number {
  const r = a - b;
  if (isInfinite(r) && !isInfinite(a) && !isInfinite(b)) doubleOverflow();
  return r;
}

export function multiplyDouble(a: number, b: number): number {
  const r = a * b;
  if (isInfinite(r) && !isInfinite(a) && !isInfinite(b)) doubleOverflow();
  if (r === 0 && a !== 0 && b !== 0) doubleUnderflow();
  return r;
}

export function divideDouble(a: number, b: number): number {
  if (b === 0 && !Number.isNaN(a)) divisionByZero();
  const r = a / b;
  if (isInfinite(r) && !isInfinite(a)) doubleOverflow();
  if (r === 0 && a !== 0 && !isInfinite(b)) doubleUnderflow();
  return r;
}

export function equalDouble(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** rint: halves go to the even neighbour. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5 || !Number.isFinite(x)) return rest === 0 || !Number.isFinite(x) ? x : withSign(floor, x);
  if (rest > 0.5 || floor % 2 !== 0) return withSign(floor + 1, x);
  return withSign(floor, x);
}

function withSign(rounded: number, x: number): number {
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

export function signDouble(x: number): number {
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

export function squareRoot(x: number): number {
  if (x < 0) fail('2201F', 'cannot take square root of a negative number');
  return Math.sqrt(x);
}
