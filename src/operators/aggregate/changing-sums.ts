// What the generated loops call to add rows to sums that may lose them again.

import type { IntervalColumn, NumericColumn } from '../../data/column.ts';
import { NUMERIC_NAN, NUMERIC_PLUS_INFINITY, NUMERIC_WIDE } from '../../data/column.ts';
import { isInfiniteInterval } from '../../data/interval.ts';
import { powerOfTen } from '../../data/numeric.ts';
import { countScale } from './display-scale.ts';

type Bigs = (bigint | undefined)[];
type Bytes = (Uint8Array | undefined)[];

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
