// A growing byte buffer with the few writes that JSON needs. Callers reserve once for many writes; what is written here never
// passes through a JavaScript string unless it already is one.

const encoder = new TextEncoder();
const TEN = Float64Array.from({ length: 17 }, (_, i) => Number(`1e${i}`));

export class ByteWriter {
  bytes: Uint8Array;
  used = 0;

  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Room for `length` more bytes. */
  reserve(length: number): void {
    const wanted = this.used + length;
    if (wanted <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(wanted, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
  }

  reset(): void {
    this.used = 0;
  }

  byte(value: number): void {
    this.bytes[this.used++] = value;
  }

  /** Bytes that the caller has reserved for. Short pieces: a loop beats the call into `set`. */
  raw(from: Uint8Array): void {
    const { bytes } = this;
    let q = this.used;
    for (let i = 0; i < from.length; i++) bytes[q++] = from[i]!;
    this.used = q;
  }

  text(value: string): void {
    this.reserve(value.length * 3);
    this.used += encoder.encodeInto(value, this.bytes.subarray(this.used)).written;
  }

  /** An integer of 0 … 2^53 in decimal. The caller has reserved 16 bytes. */
  uint(value: number): void {
    let digits = 1;
    while (digits < 16 && value >= TEN[digits]!) digits++;
    this.padded(value, digits);
  }

  /** The last `digits` decimal digits of `value`, with leading zeros. */
  padded(value: number, digits: number): void {
    let rest = value;
    let q = this.used + digits;
    this.used = q;
    for (let i = 0; i < digits; i++) {
      const tenth = Math.floor(rest / 10);
      this.bytes[--q] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
  }
}
