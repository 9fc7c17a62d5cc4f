// One growing byte buffer that decompressed batches are appended to, so that many small batches make one chunk and nothing
// is allocated once it has its size.

/** What an arena may keep between chunks; more (one huge batch) is given back. */
const KEPT_BYTES = 4 << 20;

export class ByteArena {
  bytes: Uint8Array = new Uint8Array(1 << 16);
  used = 0;

  /** Room for `length` more bytes after `used`; what is there stays. */
  reserve(length: number): void {
    const wanted = this.used + length;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, Math.min(this.bytes.length * 2, KEPT_BYTES)));
    grown.set(this.bytes.subarray(0, this.used));
    this.bytes = grown;
  }

  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.used);
    this.used += source.length;
  }

  /** Starts over; earlier contents may be overwritten. */
  reset(): void {
    this.used = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(KEPT_BYTES);
  }
}
