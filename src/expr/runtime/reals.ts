// real as Postgres computes it: singles, kept as doubles that are exact singles.

import { divisionByZero, doubleOverflow, doubleUnderflow, fail } from '../../data/failure.ts';
import { parseReal } from '../../data/real-text.ts';
import { numericToText, parseNumeric, significantDigits } from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';

function isInfinite(x: number): boolean {
  return x === Infinity || x === -Infinity;
}

export function addReal(a: number, b: number): number {
  const r = Math.fround(a + b);
  if (isInfinite(r) && !isInfinite(a) && !isInfinite(b)) doubleOverflow();
  return r;
}

export function subtractReal(a: number, b: number): number {
  const r = Math.fround(a - b);
  if (isInfinite(r) && !isInfinite(a) && !isInfinite(b)) doubleOverflow();
  return r;
}

export function multiplyReal(a: number, b: number): number {
  const r = Math.fround(a * b);
  if (isInfinite(r) && !isInfinite(a) && !isInfinite(b)) doubleOverflow();
  if (r === 0 && a !== 0 && b !== 0) doubleUnderflow();
  return r;
}

export function divideReal(a: number, b: number): number {
  if (b === 0 && !Number.isNaN(a)) divisionByZero();
  const r = Math.fround(a / b);
  if (isInfinite(r) && !isInfinite(a)) doubleOverflow();
  if (r === 0 && a !== 0 && !isInfinite(b)) doubleUnderflow();
  return r;
}

export function doubleToReal(value: number): number {
  const single = Math.fround(value);
  if (isInfinite(single) && !isInfinite(value)) doubleOverflow();
  if (single === 0 && value !== 0) doubleUnderflow();
  return single;
}

/** Rounded once, from all 64 bits. */
export function int64ToReal(value: bigint): number {
  return parseReal(value.toString());
}

export function numericToReal(u: bigint, s: number): number {
  const text = numericToText(u, s);
  const single = parseReal(text);
  if (isInfinite(single) && s >= 0) fail('22003', `"${text}" is out of range for type real`);
  return single;
}

/** Six significant digits, as printf("%.6g") rounds them. */
export function realToNumeric(value: number): bigint {
  const { unscaled, scale } = parseNumeric(
    Number.isFinite(value) ? significantDigits(value, 6) : String(value),
  );
  result.scale = scale;
  return unscaled;
}
