// Values of binary formats to slots: what the generated readers of Avro and Protobuf call for what is not worth a line of their own.
// Functions that store return OK or a reject code.

import { RowFailure } from '../../data/failure.ts';
import { constrainNumeric } from '../../data/numeric.ts';
import { result } from '../../data/registers.ts';
import { checkedTimestamp } from '../../data/time.ts';
import { setValue } from '../../data/value.ts';
import type { ColumnSlot } from './column-slot.ts';
import { storeInt64, storeSafeInteger } from './number-values.ts';
import { OK, OUT_OF_RANGE } from './rejection.ts';

/** The two words that the last reading of a long gave. */
export const reg = { lo: 0, hi: 0 };

/** A variable-length integer of at most 64 bits at `p`, as it stands: the position behind it, or −1. */
export function readVarint(b: Uint8Array, p: number, e: number): number {
  let lo = 0;
  let hi = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (p >= e) return -1;
    const c = b[p++]!;
    if (shift < 28) lo |= (c & 127) << shift;
    else if (shift === 28) {
      lo |= (c & 15) << 28;
      hi = (c & 127) >>> 4;
    } else if (shift < 63) hi |= (c & 127) << (shift - 32);
    else {
      if (c > 1) return -1;
      hi |= c << 31;
    }
    if (c < 128) {
      reg.lo = lo;
      reg.hi = hi;
      return p;
    }
  }
  return -1;
}

/** The same for zigzag numbers. */
export function readLong(b: Uint8Array, p: number, e: number): number {
  const end = readVarint(b, p, e);
  if (end < 0) return end;
  unzigzag();
  return end;
}

function unzigzag(): void {
  const sign = -(reg.lo & 1);
  const lo = (reg.lo >>> 1) | (reg.hi << 31);
  reg.hi = (reg.hi >>> 1) ^ sign;
  reg.lo = lo ^ sign;
}

/** Passes over a variable-length integer: the position behind it, or −1. */
export function skipVarint(b: Uint8Array, p: number, e: number): number {
  const end = Math.min(e, p + 10);
  while (p < end) if (b[p++]! < 128) return p;
  return -1;
}

export function bigintOf(lo: number, hi: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

/** A numeric of the column's precision: as Postgres rounds it, or OUT_OF_RANGE. */
export function storeDecimal(slot: ColumnSlot, row: number, unscaled: bigint, scale: number): number {
  const { type, column } = slot;
  if (type.kind !== 'numeric' || type.precision === undefined) {
    setValue(column, row, { unscaled, scale });
    return OK;
  }
  try {
    const rounded = constrainNumeric(unscaled, scale, type.precision, type.scale ?? 0);
    setValue(column, row, { unscaled: rounded, scale: result.scale });
    return OK;
  } catch (error) {
    if (error instanceof RowFailure) return OUT_OF_RANGE;
    throw error;
  }
}

export function storeInteger(slot: ColumnSlot, row: number, lo: number, hi: number): number {
  return storeDecimal(slot, row, bigintOf(lo, hi), 0);
}

export function storeUnsigned(slot: ColumnSlot, row: number, lo: number, hi: number): number {
  return storeDecimal(slot, row, BigInt.asUintN(64, bigintOf(lo, hi)), 0);
}

/** Decimal bytes are a big-endian number in two's complement. */
export function storeDecimalBytes(
  slot: ColumnSlot,
  row: number,
  b: Uint8Array,
  s: number,
  e: number,
  scale: number,
): number {
  if (e - s > 0 && e - s <= 6 && slot.type.kind === 'numeric' && slot.type.precision === undefined) {
    let small = b[s]! < 128 ? b[s]! : b[s]! - 256;
    for (let p = s + 1; p < e; p++) small = small * 256 + b[p]!;
    storeSafeInteger(slot.words, row, small);
    slot.scale[row] = scale;
    return OK;
  }
  if (e - s > MAX_DECIMAL_BYTES) return OUT_OF_RANGE;
  return storeDecimal(slot, row, bigEndian(b, s, e), scale);
}

/** The number that `b[s … e)` is in two's complement. */
export function bigEndian(b: Uint8Array, s: number, e: number): bigint {
  if (s === e) return 0n;
  const digits = Buffer.from(b.buffer, b.byteOffset + s, e - s).toString('hex');
  return BigInt.asIntN(4 * digits.length, BigInt(`0x${digits}`));
}

/** More than any numeric of Postgres has. */
export const MAX_DECIMAL_BYTES = 60_000;

/** A time in units of `micros` microseconds. */
export function storeTime(slot: ColumnSlot, row: number, lo: number, hi: number, micros: number): number {
  const near = (hi * 4294967296 + (lo >>> 0)) * micros;
  if (near > -NEAR && near < NEAR) {
    storeSafeInteger(slot.words, row, near);
    return OK;
  }
  return storeMicros(slot, row, bigintOf(lo, hi) * BigInt(micros));
}

/** Microseconds in the years 1685 to 2255 are exact doubles, and times of every type. */
const NEAR = 9e15;

export function storeMicros(slot: ColumnSlot, row: number, micros: bigint): number {
  try {
    storeInt64(slot.words, row, checkedTimestamp(micros));
    return OK;
  } catch (error) {
    if (error instanceof RowFailure) return OUT_OF_RANGE;
    throw error;
  }
}

/** Text that is not in the record: it goes to the arena. */
export function storeText(slot: ColumnSlot, row: number, text: Uint8Array): void {
  if (!slot.projected) return;
  slot.start[row] = slot.arena.position;
  slot.end[row] = slot.arena.append(text);
  slot.usesArena = true;
}
