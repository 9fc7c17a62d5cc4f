// CSV by RFC 4180, strictly: fields and quotes as COPY … (FORMAT csv) of Postgres reads them, but what it would put up with (quotes
// amid a field, too few fields) makes the record invalid. A record may span lines within quotes.

import type { CsvFormat } from '../../catalog/format.ts';
import type { ColumnSlot } from './column-slot.ts';
import type { RecordReader, SlotSet } from './slot-decoder.ts';
import { convertText } from './text-values.ts';
import type { RejectCode } from './rejection.ts';
import { excerpt, NO_VALUE, NOT_CSV, NOT_NULL, OK } from './rejection.ts';
import { checkText } from './utf8.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const NONE = -1;

export class CsvReader implements RecordReader {
  failed = NONE;
  readonly source = '';
  private readonly delimiter: number;
  private readonly quote: number;
  private readonly nullBytes: Uint8Array;
  /** Of each declared column its slot's index, or NONE. */
  private readonly slotOf: Int32Array;
  private readonly set: SlotSet;
  /** Where each field is, quotes not included. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  /** 0 = bare, 1 = quoted, 2 = quoted and holding doubled quotes. */
  private readonly quoting: Uint8Array;
  private fields = 0;

  constructor(format: CsvFormat, set: SlotSet, columns: number) {
    this.delimiter = format.delimiter.charCodeAt(0);
    this.quote = format.quote.charCodeAt(0);
    this.nullBytes = new TextEncoder().encode(format.nullText);
    this.set = set;
    this.slotOf = new Int32Array(columns).fill(NONE);
    set.declared.forEach((column, slot) => (this.slotOf[column] = slot));
    this.starts = new Int32Array(columns);
    this.ends = new Int32Array(columns);
    this.quoting = new Uint8Array(columns);
  }

  read(b: Uint8Array, v: DataView, s: number, e: number, row: number): number {
    this.failed = NONE;
    const code = this.locate(b, s, withoutLineEnd(b, s, e));
    if (code !== OK) return code;
    const { slots } = this.set;
    for (let c = 0; c < this.slotOf.length; c++) {
      const index = this.slotOf[c]!;
      if (index === NONE) continue;
      const converted = this.convert(slots[index]!, row, b, v, c);
      if (converted === OK) continue;
      this.failed = index;
      return converted;
    }
    return OK;
  }

  /** The texts of a line that names the columns; undefined when it is not well-formed. */
  names(b: Uint8Array, s: number, e: number): readonly string[] | undefined {
    if (this.locate(b, s, withoutLineEnd(b, s, e)) !== OK) return undefined;
    const pair = String.fromCharCode(this.quote).repeat(2);
    return Array.from(this.starts, (start, c) => {
      const text = Buffer.from(b.subarray(start, this.ends[c])).toString();
      return this.quoting[c] === 2 ? text.replaceAll(pair, pair[0]!) : text;
    });
  }

  shown(b: Uint8Array): string {
    const c = this.set.declared[this.failed]!;
    return `"${excerpt(b, this.starts[c]!, this.ends[c]!)}"`;
  }

  message(code: RejectCode, b: Uint8Array, s: number, e: number): string {
    if (code === 'NULL_VALUE') return NO_VALUE;
    const columns = this.slotOf.length;
    if (this.fields >= 0)
      return `the record has ${this.fields > columns ? 'more than ' : ''}${Math.min(this.fields, columns)} fields where ${columns} are declared: ${excerpt(b, s, e)}`;
    return `quotes are misplaced: ${excerpt(b, s, e)}`;
  }

  /** Finds the fields; there must be one for each declared column. */
  private locate(b: Uint8Array, s: number, e: number): number {
    const { delimiter, quote, starts, ends, quoting } = this;
    let c = 0;
    for (let p = s; ; p++) {
      if (c === starts.length) return this.wrong(c + 1);
      const quoted = p < e && b[p] === quote;
      const end = quoted ? this.quotedEnd(b, p + 1, e, c) : bareEnd(b, p, e, delimiter, quote);
      if (end < 0) return this.wrong(-1);
      starts[c] = quoted ? p + 1 : p;
      ends[c] = end;
      if (!quoted) quoting[c] = 0;
      c++;
      p = quoted ? end + 1 : end;
      if (p === e) break;
      if (b[p] !== delimiter) return this.wrong(-1);
    }
    return c === starts.length ? OK : this.wrong(c);
  }

  private wrong(fields: number): number {
    this.fields = fields;
    return NOT_CSV;
  }

  /** The closing quote of field `c`, from behind its opening one; −1: there is none. */
  private quotedEnd(b: Uint8Array, p: number, e: number, c: number): number {
    const { quote } = this;
    this.quoting[c] = 1;
    for (;;) {
      while (p < e && b[p] !== quote) p++;
      if (p >= e) return -1;
      if (p + 1 >= e || b[p + 1] !== quote) return p;
      this.quoting[c] = 2;
      p += 2;
    }
  }

  private convert(slot: ColumnSlot, row: number, b: Uint8Array, v: DataView, c: number): number {
    const [s, e, quoting] = [this.starts[c]!, this.ends[c]!, this.quoting[c]!];
    const target = slot.projected ? row : 0;
    if (quoting === 0 && sameBytes(b, s, e, this.nullBytes)) {
      if (slot.notNull) return NOT_NULL;
      slot.setNull(target);
      return OK;
    }
    const code = checkText(b, v, s, e);
    if (code !== OK) return code;
    if (slot.type.kind === 'text') return this.slice(slot, target, b, s, e, quoting);
    if (quoting < 2) return convertText(slot, target, b, s, e);
    const { arena } = this.set;
    const at = arena.position;
    arena.undouble(b, s, e, this.quote);
    const bytes = arena.written(at).slice();
    arena.truncate(at);
    return convertText(slot, target, bytes, 0, bytes.length);
  }

  private slice(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number, quoting: number): number {
    if (quoting < 2) {
      slot.start[row] = s;
      slot.end[row] = e;
    } else if (slot.projected) {
      slot.start[row] = this.set.arena.position;
      slot.end[row] = this.set.arena.undouble(b, s, e, this.quote);
      slot.usesArena = true;
    }
    return OK;
  }
}

/** The delimiter or the end behind a field without quotes; −1: a quote is amid it. */
function bareEnd(b: Uint8Array, p: number, e: number, delimiter: number, quote: number): number {
  for (; p < e; p++) {
    const c = b[p]!;
    if (c === delimiter) return p;
    if (c === quote || c === LINE_FEED || c === RETURN) return -1;
  }
  return e;
}

function withoutLineEnd(b: Uint8Array, s: number, e: number): number {
  if (e > s && b[e - 1] === LINE_FEED) e--;
  return e > s && b[e - 1] === RETURN ? e - 1 : e;
}

function sameBytes(b: Uint8Array, s: number, e: number, wanted: Uint8Array): boolean {
  if (e - s !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (b[s + i] !== wanted[i]) return false;
  return true;
}
