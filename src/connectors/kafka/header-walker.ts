// The headers of a record, one after the other, as places in its bytes: a count, then key and value of each with their lengths before
// them, all numbers zigzag varints, a length of −1 for a value that is null.

export class HeaderWalker {
  /** Of the header that `next` came to. A `valueStart` of −1 is null. */
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Headers that are not read yet. */
  left = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;

  /** `b[s … e)`; a negative `s`: there are none. Throws a RangeError when they are malformed, as `next` does. */
  open(b: Uint8Array, s: number, e: number): void {
    this.bytes = b;
    this.at = s;
    this.end = e;
    this.left = s < 0 ? 0 : this.number();
    if (this.left < 0) throw new RangeError('a record has a negative number of headers');
  }

  next(): boolean {
    if (this.left === 0) return false;
    this.left--;
    const key = this.number();
    this.keyStart = this.at;
    this.keyEnd = this.pass(key);
    const value = this.number();
    this.valueStart = value < 0 ? -1 : this.at;
    this.valueEnd = value < 0 ? -1 : this.pass(value);
    return true;
  }

  /** All was read, and nothing stands behind it. */
  get complete(): boolean {
    return this.left === 0 && (this.at < 0 || this.at === this.end);
  }

  private pass(length: number): number {
    if (length < 0 || this.at + length > this.end)
      throw new RangeError('a record header is longer than its record');
    this.at += length;
    return this.at;
  }

  private number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.end) throw new RangeError('record headers end too early');
      const byte = this.bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new RangeError('a length in record headers is too long');
  }
}
