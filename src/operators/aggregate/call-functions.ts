// What the generated aggregate loops call: spilling of sums, and everything that has no fixed width.

import type { IntervalColumn, NumericColumn, TextColumn } from '../../data/column.ts';
import { NUMERIC_NAN, NUMERIC_PLUS_INFINITY, NUMERIC_WIDE } from '../../data/column.ts';
import { compareBytes, copyBytes } from '../../data/bytes.ts';
import { intervalSpan } from '../../data/interval.ts';
import { compareNumeric, powerOfTen } from '../../data/numeric.ts';
import { bodyEnd } from '../../data/tree/writer.ts';
import { addBits } from './bit-lanes.ts';
import { addChangingNumeric, addInterval } from './changing-sums.ts';
import { addOddDouble } from './double-sums.ts';
import { addPair } from './pairs.ts';
import { addDoubleSquares, addNumericSquares, addSquares } from './squares.ts';

type Bigs = (bigint | undefined)[];
type Texts = (Uint8Array | undefined)[];

function spillLow(low: Float64Array, big: Bigs, s: number): void {
  big[s] = (big[s] ?? 0n) + BigInt(low[s]!);
  low[s] = 0;
}

function spillBoth(low: Float64Array, high: Float64Array, big: Bigs, s: number): void {
  big[s] = (big[s] ?? 0n) + BigInt(low[s]!) + (BigInt(high[s]!) << 32n);
  low[s] = 0;
  high[s] = 0;
}

/** Which special values a numeric sum has met, as bits. */
export const MET_NAN = 1;
export const MET_PLUS_INFINITY = 2;
export const MET_MINUS_INFINITY = 4;

function addNumeric(
  column: NumericColumn,
  row: number,
  big: Bigs,
  scales: Int32Array,
  met: Uint8Array,
  s: number,
): void {
  const stored = column.scale[row]!;
  if (stored < 0) {
    const bit =
      stored === NUMERIC_NAN
        ? MET_NAN
        : stored === NUMERIC_PLUS_INFINITY
          ? MET_PLUS_INFINITY
          : MET_MINUS_INFINITY;
    met[s] = met[s]! | bit;
    return;
  }
  const scale = stored & ~NUMERIC_WIDE;
  let value = (stored & NUMERIC_WIDE) !== 0 ? column.wide![row]! : column.unscaled[row]!;
  let sum = big[s] ?? 0n;
  const have = scales[s]!;
  if (scale > have) {
    sum *= powerOfTen(scale - have);
    scales[s] = scale;
  } else if (scale < have) {
    value *= powerOfTen(have - scale);
  }
  big[s] = sum + value;
}

function extremeNumeric(
  column: NumericColumn,
  row: number,
  big: Bigs,
  scales: Int32Array,
  seen: Uint8Array,
  s: number,
  sign: number,
): void {
  const stored = column.scale[row]!;
  const scale = stored < 0 ? stored : stored & ~NUMERIC_WIDE;
  const wide = stored >= 0 && (stored & NUMERIC_WIDE) !== 0;
  const value = stored < 0 ? 0n : wide ? column.wide![row]! : column.unscaled[row]!;
  if (seen[s] === 1 && compareNumeric(value, scale, big[s] ?? 0n, scales[s]!) * sign <= 0) return;
  big[s] = value;
  scales[s] = scale;
  seen[s] = 1;
}

function extremeText(
  column: TextColumn,
  row: number,
  best: Texts,
  seen: Uint8Array,
  s: number,
  sign: number,
): void {
  const start = column.start[row]!;
  const end = column.end[row]!;
  if (seen[s] === 1 && compareBytes(column.bytes, start, end, best[s]!, 0, best[s]!.length) * sign <= 0)
    return;
  best[s] = copyBytes(column.bytes, start, end);
  seen[s] = 1;
}

/** Of trees the body is ordered; what only their details tell apart is equal. */
function extremeTree(
  column: TextColumn,
  row: number,
  best: Texts,
  seen: Uint8Array,
  s: number,
  sign: number,
): void {
  const start = column.start[row]!;
  const end = column.end[row]!;
  if (seen[s] === 1) {
    const { bytes } = column;
    const kept = best[s]!;
    const body = bodyEnd(kept, 0, kept.length);
    if (compareBytes(bytes, start, bodyEnd(bytes, start, end), kept, 0, body) * sign <= 0) return;
  }
  best[s] = copyBytes(column.bytes, start, end);
  seen[s] = 1;
}

function extremeInterval(
  column: IntervalColumn,
  row: number,
  months: Int32Array,
  days: Int32Array,
  micros: BigInt64Array,
  seen: Uint8Array,
  s: number,
  sign: number,
): void {
  if (seen[s] === 1) {
    const best = intervalSpan(months[s]!, days[s]!, micros[s]!);
    const length = intervalSpan(column.months[row]!, column.days[row]!, column.micros[row]!);
    if (sign > 0 ? length <= best : length >= best) return;
  }
  months[s] = column.months[row]!;
  days[s] = column.days[row]!;
  micros[s] = column.micros[row]!;
  seen[s] = 1;
}

/** Bound into every generated aggregate loop under these names. */
export const CALL_FUNCTIONS = {
  spillLow,
  spillBoth,
  addNumeric,
  extremeNumeric,
  extremeText,
  extremeTree,
  extremeInterval,
  addBits,
  addOddDouble,
  addPair,
  addChangingNumeric,
  addInterval,
  addSquares,
  addNumericSquares,
  addDoubleSquares,
} as const;
