// Avro's binary encoding, for writing.

export class AvroBytes {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  used = 0;

  clear(): void {
    this.used = 0;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  private room(n: number): void {
    if (this.used + n <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.used + n, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.used++] = value;
  }

  /** Zigzag varint of up to 64 bits. */
  long(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    while (rest > 127n) {
      this.byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  int(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  float(value: number): void {
    this.room(4);
    this.view.setFloat32(this.used, value, true);
    this.used += 4;
  }

  double(value: number): void {
    this.room(8);
    this.view.setFloat64(this.used, value, true);
    this.used += 8;
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** Bytes behind their length. */
  sized(bytes: Uint8Array): void {
    this.int(bytes.length);
    this.raw(bytes);
  }
}
