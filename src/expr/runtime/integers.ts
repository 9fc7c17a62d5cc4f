// smallint, integer and bigint arithmetic. Overflow is an error. The bigint forms are written so that V8 keeps them in
// 64-bit registers: `asIntN(64, x) !== x` is its overflow test.

import {
  bigintOutOfRange,
  divisionByZero,
  integerOutOfRange,
  smallintOutOfRange,
} from '../../data/failure.ts';

export function int16(value: number): number {
  if (value < -32768 || value > 32767) smallintOutOfRange();
  return value;
}

/** The sum, difference or negation of int32 values is exact in a double. */
export function int32(value: number): number {
  if (value < -2147483648 || value > 2147483647) integerOutOfRange();
  return value;
}

/** So is a product below 2^53; beyond it is out of range anyway. `+ 0` turns −0 into 0. */
export function multiply32(a: number, b: number): number {
  return int32(a * b + 0);
}

export function divide16(a: number, b: number): number {
  if (b === 0) divisionByZero();
  return int16(Math.trunc(a / b) + 0);
}

export function divide32(a: number, b: number): number {
  if (b === 0) divisionByZero();
  return int32(Math.trunc(a / b) + 0);
}

export function remainder32(a: number, b: number): number {
  if (b === 0) divisionByZero();
  return (a % b) + 0;
}

export function int64(exact: bigint): bigint {
  const wrapped = BigInt.asIntN(64, exact);
  if (wrapped !== exact) bigintOutOfRange();
  return wrapped;
}

export function add64(a: bigint, b: bigint): bigint {
  const exact = a + b;
  const wrapped = BigInt.asIntN(64, exact);
  if (wrapped !== exact) bigintOutOfRange();
  return wrapped;
}

export function subtract64(a: bigint, b: bigint): bigint {
  const exact = a - b;
  const wrapped = BigInt.asIntN(64, exact);
  if (wrapped !== exact) bigintOutOfRange();
  return wrapped;
}

export function multiply64(a: bigint, b: bigint): bigint {
  const exact = a * b;
  const wrapped = BigInt.asIntN(64, exact);
  if (wrapped !== exact) bigintOutOfRange();
  return wrapped;
}

export function divide64(a: bigint, b: bigint): bigint {
  if (b === 0n) divisionByZero();
  return int64(a / b);
}

export function remainder64(a: bigint, b: bigint): bigint {
  if (b === 0n) divisionByZero();
  return BigInt.asIntN(64, a % b);
}

export function negate64(a: bigint): bigint {
  return int64(-a);
}

export function absolute64(a: bigint): bigint {
  return a < 0n ? int64(-a) : a;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

export function gcd64(a: bigint, b: bigint): bigint {
  return int64(gcd(a, b));
}

export function lcm64(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n;
  const exact = (a / gcd(a, b)) * b;
  return int64(exact < 0n ? -exact : exact);
}

export function gcd32(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return int32(Math.abs(a));
}

export function lcm32(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  let x = a;
  let y = b;
  while (y !== 0) [x, y] = [y, x % y];
  return int32(Math.abs((a / x) * b));
}
