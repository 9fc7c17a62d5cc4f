// JSON documents to columns. Three readings of a record, each falling back to the next: a generated reader of the layout that the
// records had so far (json-codegen.ts), then the exact reading (json-members.ts, json-convert.ts), which takes every valid
// document and is the only one that may call a record invalid. Nothing is allocated per record, nothing throws.

import type { Batch } from '../../data/batch.ts';
import { reserve } from '../../data/batch.ts';
import { typeName } from '../../data/types.ts';
import type { RecordColumns } from '../record-columns.ts';
import { ColumnSlot } from './column-slot.ts';
import { generateLayout } from './json-codegen.ts';
import { convert, convertNull } from './json-convert.ts';
import type { Layout } from './json-layout.ts';
import { LayoutCache } from './layout-cache.ts';
import { KeyTable, MemberLocator } from './json-members.ts';
import type { DecoderOptions, RecordDecoder } from './record-decoder.ts';
import type { Reject, RejectCode } from './rejection.ts';
import { columnMessage, documentMessage, excerpt, NULL_VALUE, OK, REJECT_CODES } from './rejection.ts';
import { TextArena } from './text-arena.ts';

export function compileJsonDecoder(options: DecoderOptions): RecordDecoder {
  return new ProjectingJsonDecoder(options);
}

class ProjectingJsonDecoder implements RecordDecoder {
  recordIndex = new Int32Array(0);
  private readonly arena = new TextArena();
  /** The columns that are read at all. */
  private readonly slots: readonly ColumnSlot[];
  /** For each output column its slot. */
  private readonly outputs: readonly ColumnSlot[];
  private readonly members: MemberLocator;
  private readonly layouts: LayoutCache;
  private readonly progress = { row: 0 };

  constructor(options: DecoderOptions) {
    const { columns, projected, validate } = options;
    const read = columns.map((_, i) => i).filter((i) => validate === 'strict' || projected.includes(i));
    this.slots = read.map((i) => new ColumnSlot(columns[i]!, projected.includes(i), this.arena));
    this.outputs = projected.map((i) => this.slots[read.indexOf(i)]!);
    const keys = new KeyTable(this.slots.map((slot) => slot.name));
    this.members = new MemberLocator(keys, this.slots.length);
    this.layouts = new LayoutCache(keys, this.slots);
  }

  get source(): string {
    const known = this.layouts.known();
    const layouts = known.length > 0 ? known : [declaredLayout(this.slots)];
    return layouts.map((layout) => generateLayout(layout, this.slots)).join('\n');
  }

  decode(records: RecordColumns, from: number, to: number, out: Batch, reject: Reject): void {
    const { buffer, valueStart, valueEnd } = records;
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.open(buffer, to - from, out);
    this.progress.row = 0;
    for (let i = from; i < to; i++) {
      const row = this.progress.row;
      i = this.readByLayout(buffer, view, valueStart, valueEnd, i, to);
      if (i >= to) break;
      if (this.progress.row !== row) this.layouts.hit();
      this.readExactly(buffer, valueStart[i]!, valueEnd[i]!, i, reject);
    }
    this.close(records, from, to, out);
  }

  private open(buffer: Uint8Array, rows: number, out: Batch): void {
    reserve(out, rows);
    if (this.recordIndex.length < rows) this.recordIndex = new Int32Array(Math.max(rows, 1024));
    this.arena.reset(buffer.length);
    for (let c = 0; c < this.outputs.length; c++) {
      const column = out.columns[c]!;
      this.outputs[c]!.attach(column);
      if (column.layout === 'text') column.bytes = buffer;
    }
  }

  /** Goes on from record `i` with the known layouts, the last successful first; returns the first record that fits none. */
  private readByLayout(
    buffer: Uint8Array,
    view: DataView,
    starts: Int32Array,
    ends: Int32Array,
    i: number,
    to: number,
  ): number {
    for (let tried = 0; tried < this.layouts.size && i < to;) {
      const read = this.layouts.reader(tried);
      const next = read(this.slots, this.progress, this.recordIndex, buffer, view, starts, ends, i, to);
      if (next < to) this.clearNulls(this.progress.row);
      if (next > i) {
        this.layouts.promote(tried);
        tried = 1;
        i = next;
      } else {
        tried++;
      }
    }
    return i;
  }

  /** A reader that gave up on a row may have left NULLs in it. */
  private clearNulls(row: number): void {
    for (let c = 0; c < this.slots.length; c++) {
      const slot = this.slots[c]!;
      if (slot.sawNull) slot.nulls[row] = 0;
    }
  }

  private readExactly(b: Uint8Array, s: number, e: number, record: number, reject: Reject): void {
    const code = s < 0 ? NULL_VALUE : this.members.locate(b, s, e);
    if (code !== OK) {
      const name = REJECT_CODES[-code] as RejectCode;
      reject(record, name, documentMessage(name, b, s, e));
      return;
    }
    const row = this.progress.row;
    for (let c = 0; c < this.slots.length; c++) {
      const failed = this.readColumn(c, row, b);
      if (failed === OK) continue;
      this.clearNulls(row);
      this.rejectColumn(c, failed, b, record, reject);
      return;
    }
    this.recordIndex[row] = record;
    this.progress.row++;
    this.layouts.miss(b, s, e);
  }

  private readColumn(c: number, row: number, b: Uint8Array): number {
    const slot = this.slots[c]!;
    const at = this.members.at[c]!;
    const target = slot.projected ? row : 0;
    return at < 0 ? convertNull(slot, target) : convert(slot, target, b, at, this.members.to[c]!);
  }

  private rejectColumn(c: number, failed: number, b: Uint8Array, record: number, reject: Reject): void {
    const slot = this.slots[c]!;
    const at = this.members.at[c]!;
    const shown = at < 0 ? 'null' : excerpt(b, at, this.members.to[c]!);
    const code = REJECT_CODES[-failed] as RejectCode;
    reject(record, code, columnMessage(code, slot.name, typeName(slot.type), shown));
  }

  private close(records: RecordColumns, from: number, to: number, out: Batch): void {
    out.rows = this.progress.row;
    out.diffs = null;
    const joining = this.outputs.some((slot) => slot.usesArena);
    const [lo, hi] = joining ? valueRegion(records, from, to) : [0, 0];
    const joined = joining ? this.arena.join(records.buffer, lo, hi) : records.buffer;
    for (const slot of this.outputs) {
      slot.seal();
      if (slot.usesArena && slot.column.layout === 'text')
        this.arena.relocate(slot.column, out.rows, joined, lo, hi);
    }
  }
}

/** The part of the buffer that holds all values of records `from … to`. */
function valueRegion(records: RecordColumns, from: number, to: number): readonly [number, number] {
  let lo = records.buffer.length;
  let hi = 0;
  for (let i = from; i < to; i++) {
    if (records.valueStart[i]! < 0) continue;
    lo = Math.min(lo, records.valueStart[i]!);
    hi = Math.max(hi, records.valueEnd[i]!);
  }
  return [Math.min(lo, hi), hi];
}

/** `{"a":…,"b":…}` in declared order: shown before anything was learned. */
function declaredLayout(slots: readonly ColumnSlot[]): Layout {
  const encoder = new TextEncoder();
  return {
    members: slots.map((slot, column) => ({
      before: encoder.encode(`${column === 0 ? '{' : ','}${JSON.stringify(slot.name)}:`),
      column,
    })),
    tail: encoder.encode(slots.length === 0 ? '{}' : '}'),
  };
}
