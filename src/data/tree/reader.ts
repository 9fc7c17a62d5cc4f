// Reads the encoding of jsonb, arrays and rows, value after value. Body and details are read side by side; without details
// every value is of its plainest form.

import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../column.ts';
import type { IntervalValue, NumericValue } from '../value.ts';
import { bodyEnd } from './writer.ts';

const decoder = new TextDecoder();
const NO_BYTES: Uint8Array = new Uint8Array(0);
const MICROS_PER_DAY = 86_400_000_000n;

export class TreeReader {
  bytes = NO_BYTES;
  at = 0;
  /** End of the body. */
  stop = 0;
  /** Place of the next detail; −1 when there are none. */
  detail = -1;
  #view = new DataView(NO_BYTES.buffer);

  open(bytes: Uint8Array, start: number, end: number): this {
    if (bytes !== this.bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = bytes;
    this.at = start;
    this.stop = bodyEnd(bytes, start, end);
    this.detail = this.stop < end - 4 ? this.stop : -1;
    return this;
  }

  u8(): number {
    return this.bytes[this.at++]!;
  }

  u32(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4);
  }

  i32(): number {
    return this.u32() ^ 0x80000000;
  }

  i64(): bigint {
    this.at += 8;
    return BigInt.asIntN(64, this.#view.getBigUint64(this.at - 8) ^ (1n << 63n));
  }

  double(): number {
    const negativeZero = this.#take(1) === 1;
    const high = this.#view.getUint8(this.at);
    const bits = this.#view.getBigUint64(this.at);
    this.at += 8;
    scratch.setBigUint64(0, high & 0x80 ? bits ^ (1n << 63n) : BigInt.asUintN(64, ~bits));
    return negativeZero ? -0 : scratch.getFloat64(0);
  }

  interval(): IntervalValue {
    const months = this.#take(4);
    const days = this.#take(4);
    const high = this.i64();
    const low = this.#view.getBigUint64(this.at);
    this.at += 8;
    const micros = (high << 64n) + low - (BigInt(months) * 30n + BigInt(days)) * MICROS_PER_DAY;
    return { months, days, micros };
  }

  numeric(): NumericValue {
    const shown = this.#take(2);
    const kind = this.u8();
    if (kind === 5) return { unscaled: 0n, scale: NUMERIC_NAN };
    if (kind === 0) return { unscaled: 0n, scale: NUMERIC_MINUS_INFINITY };
    if (kind === 4) return { unscaled: 0n, scale: NUMERIC_PLUS_INFINITY };
    if (kind === 2) return { unscaled: 0n, scale: shown };
    return this.#digits(kind === 1, shown);
  }

  #digits(negative: boolean, shown: number): NumericValue {
    const flip = negative ? 0xffff : 0;
    const first = (this.#u16() ^ flip) - 32768;
    let value = 0n;
    let count = 0;
    let group = 0;
    for (let next = this.#u16() ^ flip; next !== 0; next = this.#u16() ^ flip) {
      group = next - 1;
      value = value * 10000n + BigInt(group);
      count++;
    }
    const lowest = first - count + 1;
    let scale = lowest >= 0 ? 0 : -4 * lowest;
    if (lowest >= 0) value *= 10n ** BigInt(4 * lowest);
    for (let rest = group; scale > 0 && rest % 10 === 0; rest /= 10, scale--) value /= 10n;
    if (this.detail >= 0 && shown > scale) {
      value *= 10n ** BigInt(shown - scale);
      scale = shown;
    }
    return { unscaled: negative ? -value : value, scale };
  }

  #u16(): number {
    this.at += 2;
    return this.#view.getUint16(this.at - 2);
  }

  /** Passes a numeric by without making it. */
  skipNumeric(): void {
    this.skipDetail(2);
    const kind = this.u8();
    if (kind !== 1 && kind !== 3) return;
    const end = kind === 1 ? 0xffff : 0;
    this.at += 2;
    while (this.#u16() !== end);
  }

  skipDetail(width: number): void {
    if (this.detail >= 0) this.detail += width;
  }

  /** The end of the text that begins here, without its zero; moves behind it. */
  textEnd(): number {
    const end = this.bytes.indexOf(0, this.at);
    this.at = end + 1;
    return end;
  }

  string(): string {
    const start = this.at;
    return decoder.decode(this.bytes.subarray(start, this.textEnd()));
  }

  blob(): Uint8Array {
    const out: number[] = [];
    for (;;) {
      const byte = this.u8();
      if (byte === 0 && this.u8() === 1) return Uint8Array.from(out);
      out.push(byte);
    }
  }

  skipBlob(): void {
    for (;;) if (this.u8() === 0 && this.u8() === 1) return;
  }

  /** A detail, little-endian and signed when it has four bytes; 0 when there are none. */
  #take(width: 1 | 2 | 4): number {
    if (this.detail < 0) return 0;
    let value = 0;
    for (let i = 0; i < width; i++) value |= this.bytes[this.detail++]! << (8 * i);
    return value;
  }
}

const scratch = new DataView(new ArrayBuffer(8));
