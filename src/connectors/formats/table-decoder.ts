// Records of a TABLE to operations: what becomes of the row of a key. A batch has the declared columns of each operation and, beside
// them, which operation it is; the normaliser turns operations into changes. Record by record, in the exact reading: what kind of
// record it is differs too much for a reader of layouts.

import type { Batch } from '../../data/batch.ts';
import { reserve } from '../../data/batch.ts';
import { typeName } from '../../data/types.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { DeclaredColumn } from './column-slot.ts';
import { ColumnSlot } from './column-slot.ts';
import { convert, convertNull } from './json-convert.ts';
import { KeyTable, MemberLocator } from './json-members.ts';
import type { RecordDecoder } from './record-decoder.ts';
import { RecordKey } from './record-key.ts';
import type { Reject, RejectCode } from './rejection.ts';
import { columnMessage, documentMessage, excerpt, OK, REJECT_CODES } from './rejection.ts';
import type { TextArena } from './text-arena.ts';

/** The key has this row from now on. */
export const SET = 0;
/** The key has no row; only its columns count. */
export const DELETE = 1;
/** No key has a row; nothing else counts. */
export const TRUNCATE = 2;
/** The record changes nothing. */
export const NOTHING = 3;

export interface TableColumns {
  readonly columns: readonly DeclaredColumn[];
  /** Primary key: indexes into `columns`; empty: the key is the record's key as it is. */
  readonly key: readonly number[];
}

/** What a format makes of a record: an operation, or a (negative) reason. Fills row `row` through the table's rows. */
export type ReadRecord = (records: RecordColumns, i: number, row: number, table: TableRows) => number;

/** The slots of a table, and how rows and keys get into them. Methods that read give OK, or why not. */
export interface TableRows {
  readonly slots: readonly ColumnSlot[];
  /** The key is made of columns, not the record's key as it is. */
  readonly keyed: boolean;
  readonly key: { read(b: Uint8Array, s: number, e: number, row: number): number };
  /** The declared column that failed, or −1. */
  failed: number;
  /** All that is read until the next call is of these bytes. */
  open(b: Uint8Array): void;
  /** The columns of the row; those of the key only with `withKey`. */
  readRow(b: Uint8Array, s: number, e: number, row: number, withKey: boolean): number;
  /** The columns of the key alone; the others are NULL. */
  readKey(b: Uint8Array, s: number, e: number, row: number): number;
  /** NULL in all columns but those of the key, or in all. */
  clear(row: number, withKey: boolean): void;
  /** The value that the column did not take. */
  shown(b: Uint8Array): string;
  /** What is wrong with a record as a whole. */
  message(code: RejectCode, b: Uint8Array, s: number, e: number): string;
}

/** Of JSON. */
export class TableReader implements TableRows {
  readonly slots: readonly ColumnSlot[];
  readonly key: RecordKey;
  readonly keyed: boolean;
  failed = -1;
  /** Where the value is that failed. */
  private failedAt = 0;
  private failedTo = 0;
  private readonly isKey: readonly boolean[];
  private readonly members: MemberLocator;

  constructor({ columns, key }: TableColumns, arena: TextArena) {
    this.slots = columns.map((column) => new ColumnSlot(column, true, arena));
    this.isKey = columns.map((_, c) => key.includes(c));
    this.key = new RecordKey(key.map((c) => this.slots[c]!));
    this.keyed = key.length > 0;
    const names = this.slots.map((slot) => slot.name);
    this.members = new MemberLocator(new KeyTable(names), names.length);
  }

  open(): void {}

  shown(b: Uint8Array): string {
    return this.failedAt < 0 ? 'null' : excerpt(b, this.failedAt, this.failedTo);
  }

  message(code: RejectCode, b: Uint8Array, s: number, e: number): string {
    return documentMessage(code, b, s, e);
  }

  readRow(b: Uint8Array, s: number, e: number, row: number, withKey: boolean): number {
    const code = this.members.locate(b, s, e);
    if (code !== OK) return code;
    for (let c = 0; c < this.slots.length; c++) {
      if (this.isKey[c]! && !withKey) continue;
      const at = this.members.at[c]!;
      const to = this.members.to[c]!;
      const slot = this.slots[c]!;
      const failed = at < 0 ? convertNull(slot, row) : convert(slot, row, b, at, to);
      if (failed === OK) continue;
      [this.failed, this.failedAt, this.failedTo] = [c, at, to];
      return failed;
    }
    return OK;
  }

  readKey(b: Uint8Array, s: number, e: number, row: number): number {
    const code = this.key.read(b, s, e, row);
    if (code === OK) this.clear(row, false);
    return code;
  }

  clear(row: number, withKey: boolean): void {
    for (let c = 0; c < this.slots.length; c++) if (withKey || !this.isKey[c]!) this.slots[c]!.setNull(row);
  }
}

export class TableDecoder implements RecordDecoder {
  recordIndex = new Int32Array(0);
  operations = new Uint8Array(0);
  readonly source = '';
  private readonly arena: TextArena;
  private readonly table: TableRows;
  private readonly readRecord: ReadRecord;

  /** `arena`: that of the table's slots. */
  constructor(table: TableRows, arena: TextArena, readRecord: ReadRecord) {
    this.table = table;
    this.arena = arena;
    this.readRecord = readRecord;
  }

  decode(records: RecordColumns, from: number, to: number, out: Batch, reject: Reject): void {
    this.open(records.buffer, to - from, out);
    let row = 0;
    for (let i = from; i < to; i++) {
      this.table.failed = -1;
      const operation = this.readRecord(records, i, row, this.table);
      if (operation < 0) this.reject(operation, records, i, row, reject);
      else if (operation !== NOTHING) {
        this.operations[row] = operation;
        this.recordIndex[row++] = i;
      }
    }
    this.close(records, from, to, row, out);
  }

  private open(buffer: Uint8Array, rows: number, out: Batch): void {
    reserve(out, rows);
    if (this.recordIndex.length < rows) {
      this.recordIndex = new Int32Array(Math.max(rows, 1024));
      this.operations = new Uint8Array(Math.max(rows, 1024));
    }
    this.arena.reset(buffer.length);
    this.table.open(buffer);
    this.table.slots.forEach((slot, c) => {
      const column = out.columns[c]!;
      slot.attach(column);
      if (column.layout === 'text') column.bytes = buffer;
    });
  }

  private reject(code: number, records: RecordColumns, i: number, row: number, reject: Reject): void {
    const { buffer: b, keyStart, keyEnd, valueStart, valueEnd } = records;
    for (const slot of this.table.slots) if (slot.sawNull) slot.nulls[row] = 0;
    const name = REJECT_CODES[-code] as RejectCode;
    const { failed } = this.table;
    if (failed >= 0) {
      const { name: column, type } = this.table.slots[failed]!;
      return reject(i, name, columnMessage(name, column, typeName(type), this.table.shown(b)));
    }
    if (name === 'BAD_KEY' || name === 'NO_KEY')
      return reject(i, name, documentMessage(name, b, Math.max(0, keyStart[i]!), Math.max(0, keyEnd[i]!)));
    reject(i, name, this.table.message(name, b, Math.max(0, valueStart[i]!), Math.max(0, valueEnd[i]!)));
  }

  private close(records: RecordColumns, from: number, to: number, rows: number, out: Batch): void {
    out.rows = rows;
    out.diffs = null;
    const joining = this.table.slots.some((slot) => slot.usesArena);
    const [lo, hi] = joining ? regionOf(records, from, to) : [0, 0];
    const joined = joining ? this.arena.join(records.buffer, lo, hi) : records.buffer;
    for (const slot of this.table.slots) {
      slot.seal();
      if (slot.usesArena && slot.column.layout === 'text')
        this.arena.relocate(slot.column, rows, joined, lo, hi);
    }
  }
}

/** The part of the buffer that holds all keys and values of records `from … to`. */
function regionOf(records: RecordColumns, from: number, to: number): readonly [number, number] {
  let lo = records.buffer.length;
  let hi = 0;
  const add = (start: number, end: number): void => {
    if (start < 0) return;
    lo = Math.min(lo, start);
    hi = Math.max(hi, end);
  };
  for (let i = from; i < to; i++) {
    add(records.keyStart[i]!, records.keyEnd[i]!);
    add(records.valueStart[i]!, records.valueEnd[i]!);
  }
  return [Math.min(lo, hi), hi];
}
