// The part that decoders share whose records are read one by one into slots: projection, NULLs, rejections. What a record is made of
// is the business of its reader.

import type { Batch } from '../../data/batch.ts';
import { reserve } from '../../data/batch.ts';
import { typeName } from '../../data/types.ts';
import type { RecordColumns } from '../record-columns.ts';
import { ColumnSlot } from './column-slot.ts';
import type { DecoderOptions, RecordDecoder } from './record-decoder.ts';
import type { Reject, RejectCode } from './rejection.ts';
import { columnMessage, NULL_VALUE, OK, REJECT_CODES } from './rejection.ts';
import { TextArena } from './text-arena.ts';

/** Reads records of one format. `v` views the same bytes as `b`. */
export interface RecordReader {
  /** Of a column that the last `read` failed on; −1: of the record as a whole. */
  readonly failed: number;
  /** The record `b[s … e)` becomes row `row` of the slots: OK, or why not. */
  read(b: Uint8Array, v: DataView, s: number, e: number, row: number): number;
  /** The offending value, for a message. */
  shown(b: Uint8Array, s: number, e: number): string;
  /** What is wrong with the record as a whole. */
  message(code: RejectCode, b: Uint8Array, s: number, e: number): string;
  readonly source: string;
}

/** Slots of the columns that are read at all, and which declared column each is. */
export interface SlotSet {
  readonly slots: readonly ColumnSlot[];
  readonly declared: readonly number[];
  readonly arena: TextArena;
}

export function slotsFor({ columns, projected, validate }: DecoderOptions): SlotSet {
  const arena = new TextArena();
  const declared = columns.map((_, i) => i).filter((i) => validate === 'strict' || projected.includes(i));
  return {
    arena,
    declared,
    slots: declared.map((i) => new ColumnSlot(columns[i]!, projected.includes(i), arena)),
  };
}

export class SlotDecoder implements RecordDecoder {
  recordIndex = new Int32Array(0);
  private readonly set: SlotSet;
  private readonly outputs: readonly ColumnSlot[];
  private readonly reader: RecordReader;
  /** Records that are neither rows nor mistakes: the header of a file. */
  private readonly passOver: ((records: RecordColumns, i: number) => boolean) | null;

  constructor(
    options: DecoderOptions,
    set: SlotSet,
    reader: RecordReader,
    passOver: ((records: RecordColumns, i: number) => boolean) | null = null,
  ) {
    this.set = set;
    this.reader = reader;
    this.passOver = passOver;
    this.outputs = options.projected.map((i) => set.slots[set.declared.indexOf(i)]!);
  }

  get source(): string {
    return this.reader.source;
  }

  decode(records: RecordColumns, from: number, to: number, out: Batch, reject: Reject): void {
    const { buffer: b, valueStart, valueEnd } = records;
    const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
    this.open(b, to - from, out);
    const { reader, passOver } = this;
    let row = 0;
    for (let i = from; i < to; i++) {
      if (passOver !== null && passOver(records, i)) continue;
      const s = valueStart[i]!;
      const code = s < 0 ? NULL_VALUE : reader.read(b, view, s, valueEnd[i]!, row);
      if (code === OK) this.recordIndex[row++] = i;
      else this.reject(code, records, i, row, reject);
    }
    this.close(records, from, to, row, out);
  }

  private reject(code: number, records: RecordColumns, i: number, row: number, reject: Reject): void {
    const { buffer: b } = records;
    const [s, e] = [records.valueStart[i]!, records.valueEnd[i]!];
    const { slots } = this.set;
    for (const slot of slots) if (slot.sawNull) slot.nulls[slot.projected ? row : 0] = 0;
    const name = REJECT_CODES[-code] as RejectCode;
    const slot = s < 0 ? undefined : slots[this.reader.failed];
    const message =
      slot === undefined
        ? this.reader.message(name, b, s, e)
        : columnMessage(name, slot.name, typeName(slot.type), this.reader.shown(b, s, e));
    reject(i, name, message);
  }

  private open(buffer: Uint8Array, rows: number, out: Batch): void {
    reserve(out, rows);
    if (this.recordIndex.length < rows) this.recordIndex = new Int32Array(Math.max(rows, 1024));
    this.set.arena.reset(buffer.length);
    for (let c = 0; c < this.outputs.length; c++) {
      const column = out.columns[c]!;
      this.outputs[c]!.attach(column);
      if (column.layout === 'text') column.bytes = buffer;
    }
  }

  private close(records: RecordColumns, from: number, to: number, rows: number, out: Batch): void {
    out.rows = rows;
    out.diffs = null;
    const { arena } = this.set;
    const joining = this.outputs.some((slot) => slot.usesArena);
    const [lo, hi] = joining ? valueRegion(records, from, to) : [0, 0];
    const joined = joining ? arena.join(records.buffer, lo, hi) : records.buffer;
    for (const slot of this.outputs) {
      slot.seal();
      if (slot.usesArena && slot.column.layout === 'text') arena.relocate(slot.column, rows, joined, lo, hi);
    }
  }
}

/** The part of the buffer that holds all values of records `from … to`. */
export function valueRegion(records: RecordColumns, from: number, to: number): readonly [number, number] {
  let lo = records.buffer.length;
  let hi = 0;
  for (let i = from; i < to; i++) {
    if (records.valueStart[i]! < 0) continue;
    lo = Math.min(lo, records.valueStart[i]!);
    hi = Math.max(hi, records.valueEnd[i]!);
  }
  return [Math.min(lo, hi), hi];
}
