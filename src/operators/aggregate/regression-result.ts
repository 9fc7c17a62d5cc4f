// Correlation, covariance and regression from exact sums, as float8_corr and its like in src/backend/utils/adt/float.c define them:
// Sxx = Σx² − (Σx)²/n, Syy and Sxy likewise, and which results are NULL. A NaN or infinity makes the S of its side NaN.

import { doubleOverflow } from '../../data/failure.ts';
import { setValue } from '../../data/value.ts';
import type { RegressionName } from '../../expr/resolve/aggregate-names.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import type { ResultWriter } from './accumulated.ts';
import { big, number } from './accumulated.ts';
import { ratio } from './exact-doubles.ts';

/** All times n and a power of two: xx is n·Sxx·2^(2·xBits), xy is n·Sxy·2^(xBits + yBits). */
interface Sums {
  readonly n: bigint;
  readonly x: bigint;
  readonly y: bigint;
  readonly xx: bigint;
  readonly yy: bigint;
  readonly xy: bigint;
  readonly xBits: bigint;
  readonly yBits: bigint;
  /** What the sum of a side is when it is no number. */
  readonly oddX: number | null;
  readonly oddY: number | null;
}

export function regressionWriter(fn: RegressionName): ResultWriter {
  return (accs, i, out, row) => {
    const pairs = number(accs[0]!, i);
    if (fn === 'regr_count') return setValue(out, row, BigInt(pairs));
    const value = pairs === 0 ? null : valueOf(fn, sumsOf(accs, i));
    if (value === Infinity && !hasOdd(accs, i)) doubleOverflow();
    if (value === -Infinity && !hasOdd(accs, i)) doubleOverflow();
    return setValue(out, row, value);
  };
}

function sumsOf(accs: readonly Accumulator[], i: number): Sums {
  const n = BigInt(number(accs[0]!, i));
  const [x, y] = [big(accs[1]!, i), big(accs[2]!, i)];
  return {
    n,
    x,
    y,
    xx: n * big(accs[3]!, i) - x * x,
    yy: n * big(accs[4]!, i) - y * y,
    xy: n * big(accs[5]!, i) - x * y,
    xBits: BigInt(number(accs[6]!, i)),
    yBits: BigInt(number(accs[7]!, i)),
    oddX: oddSum(accs, 8, i),
    oddY: oddSum(accs, 11, i),
  };
}

function oddSum(accs: readonly Accumulator[], at: number, i: number): number | null {
  const [nan, plus, minus] = [0, 1, 2].map((a) => number(accs[at + a]!, i) > 0);
  if (nan || (plus && minus)) return NaN;
  if (plus) return Infinity;
  return minus ? -Infinity : null;
}

function hasOdd(accs: readonly Accumulator[], i: number): boolean {
  return oddSum(accs, 8, i) !== null || oddSum(accs, 11, i) !== null;
}

function valueOf(fn: Exclude<RegressionName, 'regr_count'>, sums: Sums): number | null {
  const { n, x, y, xx, yy, xy, xBits, yBits, oddX, oddY } = sums;
  const noNumber = oddX !== null || oddY !== null;
  // Of a side with a NaN nothing is 0.
  const flatX = oddX === null && xx === 0n;
  const flatY = oddY === null && yy === 0n;
  switch (fn) {
    case 'regr_avgx':
      return oddX ?? ratio(x, n << xBits);
    case 'regr_avgy':
      return oddY ?? ratio(y, n << yBits);
    case 'regr_sxx':
      return oddX === null ? ratio(xx, n << (2n * xBits)) : NaN;
    case 'regr_syy':
      return oddY === null ? ratio(yy, n << (2n * yBits)) : NaN;
    case 'regr_sxy':
      return noNumber ? NaN : ratio(xy, n << (xBits + yBits));
    case 'covar_pop':
      return noNumber ? NaN : ratio(xy, (n * n) << (xBits + yBits));
    case 'covar_samp':
      if (n < 2n) return null;
      return noNumber ? NaN : ratio(xy, (n * (n - 1n)) << (xBits + yBits));
    case 'corr':
      if (flatX || flatY) return null;
      return noNumber ? NaN : Math.sqrt(ratio(xy * xy, xx * yy)) * (xy < 0n ? -1 : 1);
    case 'regr_r2':
      if (flatX) return null;
      if (flatY) return 1;
      return noNumber ? NaN : ratio(xy * xy, xx * yy);
    case 'regr_slope':
      if (flatX) return null;
      return noNumber ? NaN : ratio(xy << xBits, xx << yBits);
    case 'regr_intercept':
      if (flatX) return null;
      return noNumber ? NaN : ratio(y * xx - x * xy, (n * xx) << yBits);
  }
}
