// A checksum of a set of rows, whatever order they come in: the sum of a 64-bit hash of each row's bytes, times its diff. Two runs that
// put out the same rows agree, and a row that left again does not count. Each hash has four 32-bit lanes that take
// words in turn (a multiply-rotate hash after Murmur3); fast, and no defence against anyone who wants a collision.

/** Bytes that the four lanes take at a time. */
const BLOCK = 16;

export class RowChecksum {
  rows = 0;
  private low = 0;
  private high = 0;

  /** The row `bytes[s … e)` enters (`diff` 1) or leaves (−1). */
  add(bytes: Uint8Array, view: DataView, s: number, e: number, diff: number): void {
    let a = 0x2545f491 ^ (e - s);
    let b = 0x4f6cdd1d;
    let c = 0x7a5cd1e3;
    let d = 0x13b8f2a7;
    const last = e - BLOCK;
    // The last block is a whole one and overlaps the one before it.
    for (let p = s; last >= s && p < e; p += BLOCK) {
      const at = p < last ? p : last;
      a = Math.imul(a ^ view.getInt32(at, true), 0x9e3779b1);
      b = Math.imul(b ^ view.getInt32(at + 4, true), 0x85ebca6b);
      c = Math.imul(c ^ view.getInt32(at + 8, true), 0xcc9e2d51);
      d = Math.imul(d ^ view.getInt32(at + 12, true), 0x1b873593);
      a = (a << 13) | (a >>> 19);
      b = (b << 17) | (b >>> 15);
      c = (c << 11) | (c >>> 21);
      d = (d << 19) | (d >>> 13);
    }
    a = Math.imul(a ^ c, 0x85ebca6b) ^ (c >>> 15);
    b = Math.imul(b ^ d, 0x9e3779b1) ^ (d >>> 13);
    for (let p = s; last < s && p < e; p++)
      a = Math.imul(a ^ bytes[p]!, 0x9e3779b1) ^ (b = Math.imul(b + a, 0xc2b2ae35) ^ (b >>> 15));
    this.low = (this.low + Math.imul(mix(a ^ (b >>> 7)), diff)) | 0;
    this.high = (this.high + Math.imul(mix(b ^ (a >>> 11)), diff)) | 0;
    this.rows += diff;
  }

  /** Adds what another one has summed up. */
  merge(digest: string, rows: number): void {
    this.high = (this.high + Number.parseInt(digest.slice(0, 8), 16)) | 0;
    this.low = (this.low + Number.parseInt(digest.slice(8), 16)) | 0;
    this.rows += rows;
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return hex(this.high) + hex(this.low);
  }

  clear(): void {
    this.rows = this.low = this.high = 0;
  }
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
