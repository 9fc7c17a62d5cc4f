// What the generated key code calls for keys that are not one or two machine words.

import type { IntervalColumn, NumericColumn } from '../data/column.ts';
import { NUMERIC_WIDE } from '../data/column.ts';
import { intervalSpan } from '../data/interval.ts';
import { mixBigint, mixDouble, mixWord } from '../data/hash.ts';
import { bodyEnd } from '../data/tree/writer.ts';

/** The 32-bit words of a 64-bit column, low word first. */
export function words(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function sameBytes(a: Uint8Array, i: number, b: Uint8Array, j: number, length: number): boolean {
  for (let n = 0; n < length; n++) if (a[i + n] !== b[j + n]) return false;
  return true;
}

/** Scale, unscaled value without trailing zeros: equal numbers are equal here (1.0 and 1.00). */
function canonicalNumeric(column: NumericColumn, row: number): { unscaled: bigint; scale: number } {
  const stored = column.scale[row]!;
  if (stored < 0) return { unscaled: 0n, scale: stored };
  let scale = stored & ~NUMERIC_WIDE;
  let unscaled = (stored & NUMERIC_WIDE) !== 0 ? column.wide![row]! : column.unscaled[row]!;
  if (unscaled === 0n) return { unscaled, scale: 0 };
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  return { unscaled, scale };
}

function numericHash(hash: number, column: NumericColumn, row: number): number {
  const { unscaled, scale } = canonicalNumeric(column, row);
  return mixBigint(mixWord(hash, scale), unscaled);
}

function numericSame(a: NumericColumn, i: number, b: NumericColumn, j: number): boolean {
  const x = canonicalNumeric(a, i);
  const y = canonicalNumeric(b, j);
  return x.scale === y.scale && x.unscaled === y.unscaled;
}

function intervalLength(column: IntervalColumn, row: number): bigint {
  return intervalSpan(column.months[row]!, column.days[row]!, column.micros[row]!);
}

function intervalHash(hash: number, column: IntervalColumn, row: number): number {
  return mixBigint(hash, intervalLength(column, row));
}

function intervalSame(a: IntervalColumn, i: number, b: IntervalColumn, j: number): boolean {
  return intervalLength(a, i) === intervalLength(b, j);
}

/** The same digits, trailing zeros included. */
function numericIdentical(a: NumericColumn, i: number, b: NumericColumn, j: number): boolean {
  const stored = a.scale[i]!;
  if (stored !== b.scale[j]!) return false;
  if (stored < 0) return true;
  return (stored & NUMERIC_WIDE) !== 0 ? a.wide![i] === b.wide![j] : a.unscaled[i] === b.unscaled[j];
}

function intervalIdentical(a: IntervalColumn, i: number, b: IntervalColumn, j: number): boolean {
  return a.months[i] === b.months[j] && a.days[i] === b.days[j] && a.micros[i] === b.micros[j];
}

/** Bound into every generated key loop under these names. */
export const KEY_FUNCTIONS = {
  words,
  sameBytes,
  mixDouble,
  bodyEnd,
  numericHash,
  numericSame,
  intervalHash,
  intervalSame,
  sameDouble: Object.is,
  numericIdentical,
  intervalIdentical,
} as const;
