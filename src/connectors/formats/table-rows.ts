// Rows and keys of a TABLE whose records name their schemas: the same to a decoder of operations as those of JSON. Keys and values are
// read by readers of their own, for each names a schema of its own.

import type { ColumnSlot } from './column-slot.ts';
import { ColumnSlot as Slot } from './column-slot.ts';
import { BAD_KEY, NO_KEY, OK } from './rejection.ts';
import type { RejectCode } from './rejection.ts';
import type { RecordReader, SlotSet } from './slot-decoder.ts';
import type { TableColumns, TableRows } from './table-decoder.ts';
import type { TextArena } from './text-arena.ts';

/** Reads records into the slots of a set; `part`: the row without its key, all of it, or the key alone. */
export type MakeReader = (set: SlotSet, part: 'row' | 'whole' | 'key') => RecordReader;

export class FramedRows implements TableRows {
  readonly slots: readonly ColumnSlot[];
  readonly keyed: boolean;
  readonly key = { read: this.readOnlyKey.bind(this) };
  failed = -1;
  private readonly isKey: readonly boolean[];
  private readonly rows: RecordReader;
  private readonly wholes: RecordReader;
  private readonly keys: RecordReader;
  /** Which slots a reader fills, as indexes. */
  private readonly places: ReadonlyMap<RecordReader, readonly number[]>;
  private last: RecordReader;
  private view: DataView = new DataView(new ArrayBuffer(0));

  constructor({ columns, key }: TableColumns, arena: TextArena, make: MakeReader) {
    this.slots = columns.map((column) => new Slot(column, true, arena));
    this.isKey = columns.map((_, c) => key.includes(c));
    this.keyed = key.length > 0;
    const places = new Map<RecordReader, readonly number[]>();
    const made = (part: 'row' | 'whole' | 'key', indexes: readonly number[]): RecordReader => {
      const reader = make({ slots: indexes.map((c) => this.slots[c]!), declared: indexes, arena }, part);
      places.set(reader, indexes);
      return reader;
    };
    const all = columns.map((_, c) => c);
    this.rows = made(
      'row',
      all.filter((c) => !this.isKey[c]),
    );
    this.wholes = made('whole', all);
    this.keys = made('key', key);
    this.places = places;
    this.last = this.rows;
  }

  open(b: Uint8Array): void {
    this.view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  }

  readRow(b: Uint8Array, s: number, e: number, row: number, withKey: boolean): number {
    return this.readBy(withKey ? this.wholes : this.rows, b, s, e, row);
  }

  readKey(b: Uint8Array, s: number, e: number, row: number): number {
    const code = this.readOnlyKey(b, s, e, row);
    if (code === OK) this.clear(row, false);
    return code;
  }

  clear(row: number, withKey: boolean): void {
    for (let c = 0; c < this.slots.length; c++) if (withKey || !this.isKey[c]!) this.slots[c]!.setNull(row);
  }

  shown(b: Uint8Array): string {
    return this.last.shown(b, 0, 0);
  }

  message(code: RejectCode, b: Uint8Array, s: number, e: number): string {
    return this.last.message(code, b, s, e);
  }

  private readOnlyKey(b: Uint8Array, s: number, e: number, row: number): number {
    if (s < 0) return NO_KEY;
    if (this.readBy(this.keys, b, s, e, row) === OK) return OK;
    this.failed = -1;
    return BAD_KEY;
  }

  /** Tells which column failed, as the decoder counts them. */
  private readBy(reader: RecordReader, b: Uint8Array, s: number, e: number, row: number): number {
    this.last = reader;
    const code = reader.read(b, this.view, s, e, row);
    this.failed = code === OK || reader.failed < 0 ? -1 : this.places.get(reader)![reader.failed]!;
    return code;
  }
}
