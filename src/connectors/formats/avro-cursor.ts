// A place in a record of Avro from which values are read one after the other. Throws a ValueFailure where the bytes are no Avro.

import { bigintOf, readLong, reg } from './binary-values.ts';
import { NOT_AVRO, OK, TOO_DEEP } from './rejection.ts';
import { checkText } from './utf8.ts';
import { ValueFailure } from './value-failure.ts';

const MAX_DEPTH = 256;
const decoder = new TextDecoder('utf-8', { fatal: false });

export class AvroCursor {
  b: Uint8Array = new Uint8Array(0);
  v: DataView = new DataView(this.b.buffer);
  p = 0;
  private e = 0;
  private depth = 0;

  open(b: Uint8Array, v: DataView, p: number, e: number): void {
    this.b = b;
    this.v = v;
    this.p = p;
    this.e = e;
    this.depth = 0;
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new ValueFailure(TOO_DEEP);
  }

  leave(): void {
    this.depth--;
  }

  /** A long: its words are in `reg`. */
  private words(): void {
    this.p = readLong(this.b, this.p, this.e);
    if (this.p < 0) throw new ValueFailure(NOT_AVRO);
  }

  long(): bigint {
    this.words();
    return bigintOf(reg.lo, reg.hi);
  }

  int(): number {
    this.words();
    if (reg.hi !== reg.lo >> 31) throw new ValueFailure(NOT_AVRO);
    return reg.lo;
  }

  boolean(): boolean {
    const start = this.take(1);
    if (this.b[start]! > 1) throw new ValueFailure(NOT_AVRO);
    return this.b[start] === 1;
  }

  float(): number {
    return this.v.getFloat32(this.take(4), true);
  }

  double(): number {
    return this.v.getFloat64(this.take(8), true);
  }

  /** Passes over `n` bytes: where they begin. */
  take(n: number): number {
    const start = this.p;
    if (n < 0 || start + n > this.e) throw new ValueFailure(NOT_AVRO);
    this.p = start + n;
    return start;
  }

  /** Bytes behind their length: where they begin; they end at the cursor. */
  sized(): number {
    return this.take(this.count());
  }

  text(): string {
    const start = this.sized();
    const code = checkText(this.b, this.v, start, this.p);
    if (code !== OK) throw new ValueFailure(code);
    return decoder.decode(this.b.subarray(start, this.p));
  }

  /** The number of a branch or symbol, below `n`. */
  index(n: number): number {
    const index = this.int();
    if (index < 0 || index >= n) throw new ValueFailure(NOT_AVRO);
    return index;
  }

  private count(): number {
    const count = this.int();
    if (count < 0) throw new ValueFailure(NOT_AVRO);
    return count;
  }

  /** The items of an array or map, which take `least` bytes each. Items of none cannot be bounded by the bytes: some must be enough. */
  blocks(least: number, item: () => void): void {
    let free = MAX_EMPTY_ITEMS;
    for (;;) {
      let count = Number(this.long());
      if (count === 0) return;
      const end = count < 0 ? this.count() + this.p : -1;
      count = Math.abs(count);
      if (count > (least === 0 ? free : this.e - this.p)) throw new ValueFailure(NOT_AVRO);
      if (least === 0) free -= count;
      for (; count > 0; count--) item();
      if (end >= 0 && this.p !== end) throw new ValueFailure(NOT_AVRO);
    }
  }
}

const MAX_EMPTY_ITEMS = 100_000;
