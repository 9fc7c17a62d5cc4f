// Exact sums of values and of their squares; see variance-code.ts.

import type { NumericColumn } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import { powerOfTen } from '../../data/numeric.ts';
import { countScale } from './display-scale.ts';
import { fractionBits, timesPowerOfTwo } from './exact-doubles.ts';

type Bigs = (bigint | undefined)[];
type Bytes = (Uint8Array | undefined)[];

export function addSquares(value: bigint, weight: number, sum: Bigs, squares: Bigs, s: number): void {
  const w = BigInt(weight);
  sum[s] = (sum[s] ?? 0n) + value * w;
  squares[s] = (squares[s] ?? 0n) + value * value * w;
}

/** Sums are unscaled / 10^scale and squares unscaled / 10^(2·scale), at the greatest scale met. */
export function addNumericSquares(
  column: NumericColumn,
  row: number,
  weight: number,
  sum: Bigs,
  squares: Bigs,
  scaleOfSum: Int32Array,
  most: Int32Array,
  rowsOfMost: Float64Array,
  lower: Bytes,
  special: Float64Array,
  s: number,
): void {
  const stored = column.scale[row]!;
  if (stored < 0) {
    special[s] = special[s]! + weight;
    return;
  }
  const scale = stored & ~NUMERIC_WIDE;
  const value = (stored & NUMERIC_WIDE) !== 0 ? column.wide![row]! : column.unscaled[row]!;
  if (scale > scaleOfSum[s]!) {
    const by = powerOfTen(scale - scaleOfSum[s]!);
    sum[s] = (sum[s] ?? 0n) * by;
    squares[s] = (squares[s] ?? 0n) * by * by;
    scaleOfSum[s] = scale;
  }
  addSquares(value * powerOfTen(scaleOfSum[s]! - scale), weight, sum, squares, s);
  countScale(scale, weight, most, rowsOfMost, lower, s);
}

/** The same with 2^bits in place of 10^scale. */
export function addDoubleSquares(
  x: number,
  weight: number,
  sum: Bigs,
  squares: Bigs,
  bits: Int32Array,
  special: Float64Array,
  s: number,
): void {
  if (x - x !== 0) {
    special[s] = special[s]! + weight;
    return;
  }
  const own = fractionBits(x);
  if (own > bits[s]!) {
    const by = BigInt(own - bits[s]!);
    sum[s] = (sum[s] ?? 0n) << by;
    squares[s] = (squares[s] ?? 0n) << (2n * by);
    bits[s] = own;
  }
  addSquares(timesPowerOfTwo(x, bits[s]!), weight, sum, squares, s);
}
