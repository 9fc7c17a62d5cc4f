// Postgres' binary form of numeric: base-10000 digits around the decimal point, most significant first, without zero
// groups at either end (src/backend/utils/adt/numeric.c, numeric_send). Header: digits, weight of the first, sign, dscale.

import type { NumericColumn } from '../data/column.ts';
import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY, NUMERIC_WIDE } from '../data/column.ts';
import type { NumericValue } from '../data/value.ts';

const NEGATIVE = 0x4000;
const NAN = 0xc000;
const PLUS_INFINITY = 0xd000;
const MINUS_INFINITY = 0xf000;
const HEADER = 8;
const TWO_32 = 4294967296;
const TWO_53_HIGH = 0x200000;

/**
 * One number taken apart by `splitNumeric`: base-10000 groups, least significant first, without zero groups at either end;
 * groups[0] counts 10000^lowest. Reused: valid until the next call.
 */
export const parts = { groups: new Int16Array(64), count: 0, lowest: 0, negative: false };

/** Bytes of the value in row `row`, header included. */
export function numericSize(column: NumericColumn, halves: Int32Array, row: number): number {
  if (column.scale[row]! < 0) return HEADER;
  splitNumeric(column, halves, row);
  return HEADER + 2 * parts.count;
}

export function writeNumeric(
  column: NumericColumn,
  halves: Int32Array,
  row: number,
  view: DataView,
  at: number,
): number {
  const scale = column.scale[row]!;
  if (scale < 0) return writeSpecial(scale, view, at);
  splitNumeric(column, halves, row);
  view.setInt16(at, parts.count);
  view.setInt16(at + 2, parts.count === 0 ? 0 : parts.lowest + parts.count - 1);
  view.setUint16(at + 4, parts.negative ? NEGATIVE : 0);
  view.setInt16(at + 6, scale & ~NUMERIC_WIDE);
  let p = at + HEADER;
  for (let g = parts.count - 1; g >= 0; g--) {
    view.setInt16(p, parts.groups[g]!);
    p += 2;
  }
  return p;
}

function writeSpecial(scale: number, view: DataView, at: number): number {
  const sign = scale === NUMERIC_NAN ? NAN : scale === NUMERIC_PLUS_INFINITY ? PLUS_INFINITY : MINUS_INFINITY;
  view.setInt16(at, 0);
  view.setInt16(at + 2, 0);
  view.setUint16(at + 4, sign);
  view.setInt16(at + 6, 0);
  return at + HEADER;
}

/** `halves` is the memory of `column.unscaled` as 32-bit words, low word first. Not for the specials (scale < 0). */
export function splitNumeric(column: NumericColumn, halves: Int32Array, row: number): void {
  const stored = column.scale[row]!;
  const scale = stored & ~NUMERIC_WIDE;
  const high = halves[2 * row + 1]!;
  if (stored & NUMERIC_WIDE) splitBig(column.wide![row]!, scale);
  else if (high < TWO_53_HIGH && high >= -TWO_53_HIGH) {
    splitSmall(high * TWO_32 + (halves[2 * row]! >>> 0), scale);
  } else splitBig(column.unscaled[row]!, scale);
}

/** |unscaled| ≤ 2^53: no BigInt. The lowest group takes only as many decimals as reach the next multiple of four. */
function splitSmall(unscaled: number, scale: number): void {
  parts.negative = unscaled < 0;
  let rest = Math.abs(unscaled);
  const odd = scale & 3;
  parts.lowest = -((scale + 3) >> 2);
  parts.count = 0;
  if (odd !== 0) {
    const unit = odd === 1 ? 10 : odd === 2 ? 100 : 1000;
    const next = Math.floor(rest / unit);
    parts.groups[parts.count++] = (rest - next * unit) * (10000 / unit);
    rest = next;
  }
  while (rest > 0) {
    const next = Math.floor(rest / 10000);
    parts.groups[parts.count++] = rest - next * 10000;
    rest = next;
  }
  trim();
}

function splitBig(unscaled: bigint, scale: number): void {
  parts.negative = unscaled < 0n;
  const pad = (4 - (scale & 3)) & 3;
  const digits = (parts.negative ? -unscaled : unscaled).toString() + '000'.slice(0, pad);
  parts.lowest = -((scale + 3) >> 2);
  parts.count = 0;
  const wanted = Math.ceil(digits.length / 4);
  if (parts.groups.length < wanted) parts.groups = new Int16Array(wanted);
  for (let end = digits.length; end > 0; end -= 4) {
    parts.groups[parts.count++] = Number(digits.slice(Math.max(0, end - 4), end));
  }
  trim();
}

function trim(): void {
  while (parts.count > 0 && parts.groups[parts.count - 1] === 0) parts.count--;
  let zeros = 0;
  while (zeros < parts.count && parts.groups[zeros] === 0) zeros++;
  if (zeros > 0) {
    parts.groups.copyWithin(0, zeros, parts.count);
    parts.count -= zeros;
    parts.lowest += zeros;
  }
  if (parts.count === 0) parts.negative = false;
}

/** Reads what `writeNumeric` and Postgres write. */
export function readNumeric(view: DataView, at: number): NumericValue {
  const count = view.getInt16(at);
  const sign = view.getUint16(at + 4);
  if (sign >= NAN) {
    const scale =
      sign === NAN ? NUMERIC_NAN : sign === PLUS_INFINITY ? NUMERIC_PLUS_INFINITY : NUMERIC_MINUS_INFINITY;
    return { unscaled: 0n, scale };
  }
  const weight = view.getInt16(at + 2);
  const scale = view.getInt16(at + 6);
  const shift = scale - 4 * (count - 1 - weight);
  let unscaled: bigint;
  if (count <= 3) {
    let small = 0;
    for (let g = 0; g < count; g++) small = small * 10000 + view.getInt16(at + HEADER + 2 * g);
    unscaled = BigInt(small);
  } else {
    unscaled = 0n;
    for (let g = 0; g < count; g++) unscaled = unscaled * 10000n + BigInt(view.getInt16(at + HEADER + 2 * g));
  }
  if (shift > 0) unscaled *= 10n ** BigInt(shift);
  else if (shift < 0) unscaled /= 10n ** BigInt(-shift);
  return { unscaled: sign === NEGATIVE ? -unscaled : unscaled, scale };
}
