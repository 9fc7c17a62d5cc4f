// Writes the encoding of jsonb, arrays and rows (README.md of this folder): the body, whose bytes are equal and ordered as the
// values are, and beside it the details that equality does not see.

import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN } from '../column.ts';

export const NULL_CELL = 0xff;
export const VALUE_CELL = 0x01;

const MICROS_PER_DAY = 86_400_000_000n;
const encoder = new TextEncoder();

export class TreeWriter {
  bytes = new Uint8Array(256);
  used = 0;
  #view = new DataView(this.bytes.buffer);
  #details = new Uint8Array(64);
  #detailsUsed = 0;
  /** Some value has details that do not follow from the body. */
  #telling = false;

  clear(): void {
    this.used = 0;
    this.#detailsUsed = 0;
    this.#telling = false;
  }

  room(n: number): void {
    if (this.used + n <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.used + n, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
    this.#view = new DataView(wider.buffer);
  }

  u8(value: number): void {
    this.room(1);
    this.bytes[this.used++] = value;
  }

  /** Big-endian, so that bytes are ordered as values are. */
  u32(value: number): void {
    this.room(4);
    this.#view.setUint32(this.used, value);
    this.used += 4;
  }

  i32(value: number): void {
    this.u32((value ^ 0x80000000) >>> 0);
  }

  i64(value: bigint): void {
    this.room(8);
    this.#view.setBigUint64(this.used, BigInt.asUintN(64, value ^ (1n << 63n)));
    this.used += 8;
  }

  /** IEEE bits, all flipped when negative, else the sign bit; NaN is the greatest. */
  double(value: number): void {
    this.room(8);
    this.#view.setFloat64(this.used, Number.isNaN(value) ? NaN : value + 0);
    const bits = this.#view.getBigUint64(this.used);
    const negative = !Number.isNaN(value) && value < 0;
    const positive = value === 0 || Number.isNaN(value) ? bits & ~(1n << 63n) : bits;
    this.#view.setBigUint64(this.used, negative ? BigInt.asUintN(64, ~bits) : positive | (1n << 63n));
    this.used += 8;
    this.#detail(1, Object.is(value, -0) ? 1 : 0, Object.is(value, -0));
  }

  interval(months: number, days: number, micros: bigint): void {
    const total = (BigInt(months) * 30n + BigInt(days)) * MICROS_PER_DAY + micros;
    this.i64(total >> 64n);
    this.room(8);
    this.#view.setBigUint64(this.used, BigInt.asUintN(64, total));
    this.used += 8;
    this.#detail(4, months, months !== 0);
    this.#detail(4, days, days !== 0);
  }

  /** Class, base-10000 exponent of the first group, groups + 1, 0; all but the class complemented for negative numbers. */
  numeric(unscaled: bigint, scale: number): void {
    if (scale < 0) {
      this.u8(scale === NUMERIC_NAN ? 5 : scale === NUMERIC_MINUS_INFINITY ? 0 : 4);
      this.#detail(2, 0, false);
      return;
    }
    this.#digits(unscaled, scale);
    this.#detail(2, scale, scale > 0 && unscaled % 10n === 0n);
  }

  #digits(unscaled: bigint, scale: number): void {
    if (unscaled === 0n) return this.u8(2);
    const negative = unscaled < 0n;
    const size = (negative ? -unscaled : unscaled).toString();
    const digits = size + '000'.slice(0, (4 - (scale & 3)) & 3);
    const groups = Math.ceil(digits.length / 4);
    const padded = digits.padStart(groups * 4, '0');
    const flip = negative ? 0xffff : 0;
    this.u8(negative ? 1 : 3);
    this.room(4 + 2 * groups);
    this.#u16((groups - 1 - ((scale + 3) >> 2) + 32768) ^ flip);
    let last = padded.length;
    while (padded.endsWith('0000', last)) last -= 4;
    for (let at = 0; at < last; at += 4) this.#u16((Number(padded.slice(at, at + 4)) + 1) ^ flip);
    this.#u16(flip);
  }

  #u16(value: number): void {
    this.#view.setUint16(this.used, value);
    this.used += 2;
  }

  raw(bytes: Uint8Array, start: number, end: number): void {
    this.room(end - start);
    for (let i = start; i < end; i++) this.bytes[this.used++] = bytes[i]!;
  }

  /** UTF-8 without a zero character, ended by one. */
  text(bytes: Uint8Array, start: number, end: number): void {
    this.raw(bytes, start, end);
    this.u8(0);
  }

  string(text: string): void {
    this.room(text.length * 3 + 1);
    this.used += encoder.encodeInto(text, this.bytes.subarray(this.used)).written;
    this.u8(0);
  }

  /** Any bytes: a zero is followed by 0xFF, the end is 0x00 0x01. */
  blob(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      this.u8(bytes[i]!);
      if (bytes[i] === 0) this.u8(0xff);
    }
    this.u8(0);
    this.u8(1);
  }

  #detail(width: 1 | 2 | 4, value: number, telling: boolean): void {
    if (this.#detailsUsed + width > this.#details.length) {
      const wider = new Uint8Array(this.#details.length * 2);
      wider.set(this.#details);
      this.#details = wider;
    }
    for (let i = 0; i < width; i++) this.#details[this.#detailsUsed++] = value >>> (8 * i);
    if (telling) this.#telling = true;
  }

  /** Details of a part that was copied; absent ones are to be given value by value. */
  details(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.#detail(1, bytes[i]!, true);
  }

  get size(): number {
    return this.used + (this.#telling ? this.#detailsUsed : 0) + 4;
  }

  /** Puts the whole encoding at `at`; there is room. */
  copyTo(out: Uint8Array, at: number): void {
    out.set(this.bytes.subarray(0, this.used), at);
    const details = this.#telling ? this.#detailsUsed : 0;
    out.set(this.#details.subarray(0, details), at + this.used);
    const tail = at + this.used + details;
    for (let i = 0; i < 4; i++) out[tail + i] = details >>> (8 * i);
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.size);
    this.copyTo(out, 0);
    return out;
  }
}

/** Where the body of an encoding ends: what equality, order, hashes and keys see is before it. */
export function bodyEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return start;
  const length = bytes[end - 4]! | (bytes[end - 3]! << 8) | (bytes[end - 2]! << 16) | (bytes[end - 1]! << 24);
  return end - 4 - length;
}
