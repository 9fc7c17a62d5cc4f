// What the generated loops call to add rows to sums that may lose them again.

import type { IntervalColumn, NumericColumn } from '../../data/column.ts';
import { NUMERIC_NAN, NUMERIC_PLUS_INFINITY, NUMERIC_WIDE } from '../../data/column.ts';
import { isInfiniteInterval } from '../../data/interval.ts';
import { powerOfTen } from '../../data/numeric.ts';
import { countScale } from './display-scale.ts';

type Bigs = (bigint | undefined)[];
type Bytes = (Uint8Array | undefined)[];

/** Doubles from here on are summed apart, scaled down, so that no sum of finite doubles overflows while it is kept. */
const HUGE = 2 ** 960;
const SCALE_DOWN = 2 ** -64;

/** Neumaier's compensated sum (A. Neumaier, ZAMM 54, 1974), for ordinary and for huge values; NaN and infinities are counted. */
export function addDouble(
  x: number,
  weight: number,
  count: Float64Array,
  sum: Float64Array,
  rest: Float64Array,
  huge: Float64Array,
  hugeRest: Float64Array,
  nan: Float64Array,
  plus: Float64Array,
  minus: Float64Array,
  s: number,
): void {
  if (x - x !== 0) {
    const special = x !== x ? nan : x > 0 ? plus : minus;
    special[s] = special[s]! + weight;
  } else if (Math.abs(x) < HUGE) {
    addTimes(x, weight, sum, rest, s);
  } else {
    addTimes(x * SCALE_DOWN, weight, huge, hugeRest, s);
  }
  // Rounding leaves nothing behind when the last number goes.
  if (count[s]! - nan[s]! - plus[s]! - minus[s]! === 0) {
    sum[s] = 0;
    rest[s] = 0;
    huge[s] = 0;
    hugeRest[s] = 0;
  }
}

function addTimes(x: number, weight: number, sum: Float64Array, rest: Float64Array, s: number): void {
  const y = weight < 0 ? -x : x;
  for (let n = Math.abs(weight); n > 0; n--) {
    const o = sum[s]!;
    const t = o + y;
    sum[s] = t;
    rest[s] = rest[s]! + (Math.abs(o) >= Math.abs(y) ? o - t + y : y - t + o);
  }
}

/** The finite part of what addDouble has added. */
export function doubleTotal(sum: number, rest: number, huge: number, hugeRest: number): number {
  return sum + rest + (huge + hugeRest) / SCALE_DOWN;
}

export function addChangingNumeric(
  column: NumericColumn,
  row: number,
  weight: number,
  sum: Bigs,
  scaleOfSum: Int32Array,
  most: Int32Array,
  rowsOfMost: Float64Array,
  lower: Bytes,
  nan: Float64Array,
  plus: Float64Array,
  minus: Float64Array,
  s: number,
): void {
  const stored = column.scale[row]!;
  if (stored < 0) {
    const special = stored === NUMERIC_NAN ? nan : stored === NUMERIC_PLUS_INFINITY ? plus : minus;
    special[s] = special[s]! + weight;
    return;
  }
  const scale = stored & ~NUMERIC_WIDE;
  const value = (stored & NUMERIC_WIDE) !== 0 ? column.wide![row]! : column.unscaled[row]!;
  if (scale > scaleOfSum[s]!) {
    sum[s] = (sum[s] ?? 0n) * powerOfTen(scale - scaleOfSum[s]!);
    scaleOfSum[s] = scale;
  }
  sum[s] = (sum[s] ?? 0n) + value * powerOfTen(scaleOfSum[s]! - scale) * BigInt(weight);
  countScale(scale, weight, most, rowsOfMost, lower, s);
}

export function addInterval(
  column: IntervalColumn,
  row: number,
  weight: number,
  months: Float64Array,
  days: Float64Array,
  micros: Bigs,
  plus: Float64Array,
  minus: Float64Array,
  s: number,
): void {
  const m = column.months[row]!;
  const d = column.days[row]!;
  const u = column.micros[row]!;
  if (isInfiniteInterval(m, d, u)) {
    const special = m > 0 ? plus : minus;
    special[s] = special[s]! + weight;
    return;
  }
  months[s] = months[s]! + m * weight;
  days[s] = days[s]! + d * weight;
  micros[s] = (micros[s] ?? 0n) + u * BigInt(weight);
}
