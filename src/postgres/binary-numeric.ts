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

/** The groups of one number, least significant first: filled by `split`, read by `writeNumeric`. One row at a time. */
let groups = new Int16Array(64);
let groupCount = 0;
/** Position of groups[0]: it counts 10000^lowest. */
let lowest = 0;
let negative = false;

/** Bytes of the value in row `row`, header included. */
export function numericSize(column: NumericColumn, halves: Int32Array, row: number): number {
  if (column.scale[row]! < 0) return HEADER;
  split(column, halves, row);
  return HEADER + 2 * groupCount;
}

/** `halves` is the memory of `column.unscaled` as 32-bit words, low word first. */
export function writeNumeric(
  column: NumericColumn,
  halves: Int32Array,
  row: number,
  view: DataView,
  at: number,
): number {
  const scale = column.scale[row]!;
  if (scale < 0) return writeSpecial(scale, view, at);
  split(column, halves, row);
  view.setInt16(at, groupCount);
  view.setInt16(at + 2, groupCount === 0 ? 0 : lowest + groupCount - 1);
  view.setUint16(at + 4, negative ? NEGATIVE : 0);
  view.setInt16(at + 6, scale & ~NUMERIC_WIDE);
  let p = at + HEADER;
  for (let g = groupCount - 1; g >= 0; g--) {
    view.setInt16(p, groups[g]!);
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

function split(column: NumericColumn, halves: Int32Array, row: number): void {
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
  negative = unscaled < 0;
  let rest = Math.abs(unscaled);
  const odd = scale & 3;
  lowest = -((scale + 3) >> 2);
  groupCount = 0;
  if (odd !== 0) {
    const unit = odd === 1 ? 10 : odd === 2 ? 100 : 1000;
    const next = Math.floor(rest / unit);
    groups[groupCount++] = (rest - next * unit) * (10000 / unit);
    rest = next;
  }
  while (rest > 0) {
    const next = Math.floor(rest / 10000);
    groups[groupCount++] = rest - next * 10000;
    rest = next;
  }
  trim();
}

function splitBig(unscaled: bigint, scale: number): void {
  negative = unscaled < 0n;
  const pad = (4 - (scale & 3)) & 3;
  const digits = (negative ? -unscaled : unscaled).toString() + '000'.slice(0, pad);
  lowest = -((scale + 3) >> 2);
  groupCount = 0;
  const wanted = Math.ceil(digits.length / 4);
  if (groups.length < wanted) groups = new Int16Array(wanted);
  for (let end = digits.length; end > 0; end -= 4) {
    groups[groupCount++] = Number(digits.slice(Math.max(0, end - 4), end));
  }
  trim();
}

function trim(): void {
  while (groupCount > 0 && groups[groupCount - 1] === 0) groupCount--;
  let zeros = 0;
  while (zeros < groupCount && groups[zeros] === 0) zeros++;
  if (zeros > 0) {
    groups.copyWithin(0, zeros, groupCount);
    groupCount -= zeros;
    lowest += zeros;
  }
  if (groupCount === 0) negative = false;
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
