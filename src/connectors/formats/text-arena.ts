// Text that holds escapes cannot be a slice of its record. It is unescaped to the end of this arena, whose addresses go on where
// the record buffer ends. A column has one byte array, so when a batch is complete, the columns that need it get the
// records' bytes and the arena joined: one copy of the batch, and only for batches and columns that hold escapes.

import type { TextColumn } from '../../data/column.ts';
import { LONE_SURROGATE, NUL_CHARACTER } from './rejection.ts';

const BACKSLASH = 0x5c;

/** What stands for itself after a backslash, and the control characters that have a letter. */
const ESCAPED = new Uint8Array(256);
ESCAPED[0x22] = 0x22;
ESCAPED[0x5c] = 0x5c;
ESCAPED[0x2f] = 0x2f;
ESCAPED[0x62] = 0x08;
ESCAPED[0x66] = 0x0c;
ESCAPED[0x6e] = 0x0a;
ESCAPED[0x72] = 0x0d;
ESCAPED[0x74] = 0x09;

function hexDigit(c: number): number {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

/** The code unit of `\uXXXX` with its backslash at `p`. */
function codeUnit(b: Uint8Array, p: number): number {
  return (
    (hexDigit(b[p + 2]!) << 12) |
    (hexDigit(b[p + 3]!) << 8) |
    (hexDigit(b[p + 4]!) << 4) |
    hexDigit(b[p + 5]!)
  );
}

export class TextArena {
  /** Length of the record buffer: the first address of the arena. */
  base = 0;
  private bytes = new Uint8Array(1024);
  private used = 0;
  private joined = new Uint8Array(0);

  reset(base: number): void {
    this.base = base;
    this.used = 0;
  }

  /** First address that `unescape` will write to. */
  get position(): number {
    return this.base + this.used;
  }

  /** Takes back what was written from `position` on. */
  truncate(position: number): void {
    this.used = position - this.base;
  }

  /** Unescapes the inside of a well-formed JSON string. The address behind it, or a reject code. */
  unescape(b: Uint8Array, s: number, e: number): number {
    this.reserve(e - s);
    const to = this.bytes;
    let q = this.used;
    for (let p = s; p < e;) {
      const c = b[p]!;
      if (c !== BACKSLASH) {
        to[q++] = c;
        p++;
        continue;
      }
      if (b[p + 1] !== 0x75) {
        to[q++] = ESCAPED[b[p + 1]!]!;
        p += 2;
        continue;
      }
      let point = codeUnit(b, p);
      p += 6;
      if (point === 0) return NUL_CHARACTER;
      if (point >= 0xd800 && point <= 0xdfff) {
        if (point >= 0xdc00 || p + 6 > e || b[p] !== BACKSLASH || b[p + 1] !== 0x75) return LONE_SURROGATE;
        const low = codeUnit(b, p);
        if (low < 0xdc00 || low > 0xdfff) return LONE_SURROGATE;
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        p += 6;
      }
      q = writeCodePoint(to, q, point);
    }
    this.used = q;
    return this.base + q;
  }

  /** Copies `bytes`: the address behind them. */
  append(bytes: Uint8Array): number {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
    return this.base + this.used;
  }

  /** Copies `b[s … e)` with every pair of `quote` made one: the address behind it. */
  undouble(b: Uint8Array, s: number, e: number, quote: number): number {
    this.reserve(e - s);
    const to = this.bytes;
    let q = this.used;
    for (let p = s; p < e; p++) {
      const c = b[p]!;
      to[q++] = c;
      if (c === quote) p++;
    }
    this.used = q;
    return this.base + q;
  }

  /** Appends bytes as they are. The address behind them. */
  put(bytes: Uint8Array): number {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
    return this.base + this.used;
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.used + more, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
  }

  /** The bytes written from `position` on; valid until the next write. */
  written(position: number): Uint8Array {
    return this.bytes.subarray(position - this.base, this.used);
  }

  /** Prepares `relocate`: joins `buffer[lo … hi)` and the arena. Valid until the next call. */
  join(buffer: Uint8Array, lo: number, hi: number): Uint8Array {
    const length = hi - lo + this.used;
    if (this.joined.length < length) this.joined = new Uint8Array(Math.max(length, this.joined.length * 2));
    this.joined.set(buffer.subarray(lo, hi));
    this.joined.set(this.bytes.subarray(0, this.used), hi - lo);
    return this.joined;
  }

  /** Points the slices of `column` into what `join(buffer, lo, hi)` gave. */
  relocate(column: TextColumn, rows: number, joined: Uint8Array, lo: number, hi: number): void {
    const { base } = this;
    const inArena = hi - lo - base;
    const { start, end } = column;
    for (let row = 0; row < rows; row++) {
      const shift = start[row]! >= base ? inArena : -lo;
      start[row] = start[row]! + shift;
      end[row] = end[row]! + shift;
    }
    column.bytes = joined;
  }
}

function writeCodePoint(to: Uint8Array, q: number, point: number): number {
  if (point < 0x80) {
    to[q++] = point;
    return q;
  }
  if (point < 0x800) {
    to[q++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      to[q++] = 0xe0 | (point >> 12);
    } else {
      to[q++] = 0xf0 | (point >> 18);
      to[q++] = 0x80 | ((point >> 12) & 0x3f);
    }
    to[q++] = 0x80 | ((point >> 6) & 0x3f);
  }
  to[q++] = 0x80 | (point & 0x3f);
  return q;
}
