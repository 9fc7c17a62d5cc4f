// Kafka's wire primitives, in both encodings: the classic one and the "flexible" one (KIP-482: compact lengths, tagged
// fields). One reader and one writer with a switch, so that each request is written down once for old and new brokers.
import { malformedResponse } from '../errors.ts';

const utf8 = new TextDecoder();

export class WireReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly flexible: boolean;
  private at = 0;

  constructor(bytes: Uint8Array, flexible: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.flexible = flexible;
  }

  private advance(length: number): number {
    const at = this.at;
    if (length < 0 || at + length > this.bytes.length) throw malformedResponse('it ends too early');
    this.at = at + length;
    return at;
  }

  boolean(): boolean {
    return this.view.getInt8(this.advance(1)) !== 0;
  }

  int8(): number {
    return this.view.getInt8(this.advance(1));
  }

  int16(): number {
    return this.view.getInt16(this.advance(2));
  }

  int32(): number {
    return this.view.getInt32(this.advance(4));
  }

  /** As a double: everything we read from 64-bit fields (offsets, ids, milliseconds) is below 2^53. */
  int64(): number {
    const at = this.advance(8);
    return this.view.getInt32(at) * 4294967296 + this.view.getUint32(at + 4);
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.view.getUint8(this.advance(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformedResponse('a number is too long');
  }

  /** Length of what follows; −1 = null. */
  private length(classicSize: 2 | 4): number {
    if (this.flexible) return this.unsignedVarint() - 1;
    return classicSize === 2 ? this.int16() : this.int32();
  }

  nullableString(): string | undefined {
    const length = this.length(2);
    if (length < 0) return undefined;
    const at = this.advance(length);
    return utf8.decode(this.bytes.subarray(at, at + length));
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  /** A view of the bytes, not a copy; empty for null. */
  byteSlice(): Uint8Array {
    const length = this.length(4);
    if (length <= 0) return this.bytes.subarray(this.at, this.at);
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** 32 hexadecimal digits. */
  uuid(): string {
    const at = this.advance(16);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, 16).toString('hex');
  }

  array<T>(read: (reader: WireReader) => T): T[] {
    const length = this.length(4);
    if (length > this.bytes.length - this.at) throw malformedResponse('an array is longer than the response');
    const items: T[] = [];
    for (let index = 0; index < length; index++) items.push(read(this));
    return items;
  }

  int32Array(): number[] {
    return this.array((reader) => reader.int32());
  }

  /** Tagged fields end every structure of the flexible encoding; none of them matters to us. */
  tags(): void {
    if (!this.flexible) return;
    const count = this.unsignedVarint();
    for (let index = 0; index < count; index++) {
      this.unsignedVarint();
      this.advance(this.unsignedVarint());
    }
  }
}

export class WireWriter {
  private bytes = Buffer.allocUnsafe(256);
  private at = 0;
  private readonly flexible: boolean;

  constructor(flexible: boolean) {
    this.flexible = flexible;
  }

  private reserve(length: number): number {
    const at = this.at;
    if (at + length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, at + length));
      this.bytes.copy(grown, 0, 0, at);
      this.bytes = grown;
    }
    this.at = at + length;
    return at;
  }

  int8(value: number): this {
    const at = this.reserve(1);
    this.bytes.writeInt8(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.reserve(4);
    this.bytes.writeInt32BE(value, at);
    return this;
  }

  int64(value: number): this {
    const at = this.reserve(8);
    this.bytes.writeBigInt64BE(BigInt(value), at);
    return this;
  }

  unsignedVarint(value: number): this {
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      const at = this.reserve(1);
      this.bytes[at] = rest < 128 ? rest : (rest % 128) | 0x80;
      if (rest < 128) return this;
    }
  }

  string(value: string): this {
    const length = Buffer.byteLength(value);
    if (this.flexible) this.unsignedVarint(length + 1);
    else this.bytes.writeInt16BE(length, this.reserve(2));
    const at = this.reserve(length);
    this.bytes.write(value, at, 'utf8');
    return this;
  }

  nullString(): this {
    if (this.flexible) return this.unsignedVarint(0);
    this.bytes.writeInt16BE(-1, this.reserve(2));
    return this;
  }

  uuid(hex: string): this {
    const at = this.reserve(16);
    this.bytes.write(hex, at, 'hex');
    return this;
  }

  array<T>(items: readonly T[], write: (writer: this, item: T) => void): this {
    if (this.flexible) this.unsignedVarint(items.length + 1);
    else this.int32(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  nullArray(): this {
    return this.flexible ? this.unsignedVarint(0) : this.int32(-1);
  }

  tags(): this {
    return this.flexible ? this.unsignedVarint(0) : this;
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.at);
  }
}
