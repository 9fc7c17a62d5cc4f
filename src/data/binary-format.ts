// Writing and reading binary formats: little-endian, bounds-checked on reading, so that damaged bytes end in an error of the
// format (BAD_FORMAT) and never in wrong values. Arrays are aligned to 8 bytes, so reading them back is one copy.

import { MillraceError } from '../errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export class ByteWriter {
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView;
  private at = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.at;
  }

  private room(n: number): void {
    if (this.at + n <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.at + n, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.at));
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }

  u8(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  u16(value: number): void {
    this.room(2);
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  u32(value: number): void {
    this.room(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  i64(value: bigint): void {
    this.room(8);
    this.view.setBigInt64(this.at, value, true);
    this.at += 8;
  }

  text(value: string): void {
    this.raw(encoder.encode(value));
  }

  /** Length and bytes. */
  raw(value: Uint8Array): void {
    this.u32(value.length);
    this.room(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** A typed array, aligned; its length is not written. */
  array(values: ArrayBufferView): void {
    this.room(values.byteLength + 8);
    while (this.at % 8 !== 0) this.bytes[this.at++] = 0;
    this.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.at);
    this.at += values.byteLength;
  }

  /** Overwrites four bytes written before, such as a checksum or a count. */
  patchU32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  /** What was written; valid until the next write. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  /** Starts anew, in the same memory. */
  reset(): void {
    this.at = 0;
  }
}

export class ByteReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  /** What comes from a driver is often a Buffer, whose `slice` copies nothing: what is handed out here is never one. */
  constructor(bytes: Uint8Array) {
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private take(n: number): number {
    const at = this.at;
    if (n < 0 || at + n > this.bytes.length) throw badFormat('it ends too early');
    this.at = at + n;
    return at;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  text(): string {
    return decoder.decode(this.raw());
  }

  raw(): Uint8Array {
    const length = this.u32();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** The bytes of an aligned array of `byteLength` bytes, copied. */
  array(byteLength: number): ArrayBuffer {
    if (this.at % 8 !== 0) this.take(8 - (this.at % 8));
    const at = this.take(byteLength);
    const copy = new Uint8Array(byteLength);
    copy.set(this.bytes.subarray(at, at + byteLength));
    return copy.buffer;
  }

  skip(length: number): void {
    this.take(length);
  }

  atEnd(): boolean {
    return this.at === this.bytes.length;
  }
}

export function badFormat(why: string): MillraceError {
  return new MillraceError({
    code: 'BAD_FORMAT',
    domain: 'internal',
    message: `stored bytes cannot be read: ${why}`,
    hint: 'the stored state is damaged or of another version; restore the database, or drop and create the view again',
  });
}
