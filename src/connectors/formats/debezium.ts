// FORMAT DEBEZIUM ENCODE JSON: change events of a database, {"op": …, "before": …, "after": …}, with or without the envelope
// {"schema": …, "payload": …} of Kafka Connect.
//
//   c, r, u   the key has the row `after`        d        the key has no row
//   t         no key has a row                   m        a message: nothing
//
// The key is the record's key; a record without one is found by the key columns in `after` or `before`. A record without a value
// is the tombstone that follows a delete, and deletes again, should the delete have been compacted away.

import type { RecordColumns } from '../record-columns.ts';
import { KeyTable, MemberLocator } from './json-members.ts';
import { NOT_DEBEZIUM, NULL_VALUE, OK } from './rejection.ts';
import type { ReadRecord, TableRows } from './table-decoder.ts';
import { DELETE, NOTHING, SET, TRUNCATE } from './table-decoder.ts';

const BRACE = 0x7b;
const QUOTE = 0x22;
const LETTER_N = 0x6e;
const [PAYLOAD, OP, BEFORE, AFTER] = [0, 1, 2, 3];

/** `onTruncate` throws where a truncation has no place in the order of events. */
export function debeziumReader(onTruncate: () => void): ReadRecord {
  const members = new MemberLocator(new KeyTable(['payload', 'op', 'before', 'after']), 4);
  return (records, i, row, table) => readEvent(records, i, row, table, members, onTruncate);
}

function readEvent(
  records: RecordColumns,
  i: number,
  row: number,
  table: TableRows,
  members: MemberLocator,
  onTruncate: () => void,
): number {
  const { buffer: b, valueStart, valueEnd } = records;
  if (valueStart[i]! < 0) return tombstone(records, i, row, table);
  const code = members.locate(b, valueStart[i]!, valueEnd[i]!);
  if (code !== OK) return code;
  const { at, to } = members;
  if (at[OP]! < 0 && at[PAYLOAD]! >= 0) {
    if (b[at[PAYLOAD]!] === LETTER_N) return tombstone(records, i, row, table);
    if (b[at[PAYLOAD]!] !== BRACE) return NOT_DEBEZIUM;
    const inner = members.locate(b, at[PAYLOAD]!, to[PAYLOAD]!);
    if (inner !== OK) return inner;
  }
  const rowAt = (place: number): number => (at[place]! >= 0 && b[at[place]!] === BRACE ? at[place]! : -1);
  const event = {
    op: operationOf(b, at[OP]!, to[OP]!),
    before: rowAt(BEFORE),
    beforeTo: to[BEFORE]!,
    after: rowAt(AFTER),
    afterTo: to[AFTER]!,
  };
  return act(event, records, i, row, table, onTruncate);
}

/** What an event says, whatever it is written in: where its rows are, −1: there is none. */
export type ChangeEvent =
  | { readonly op: 'tombstone' }
  | {
      readonly op: string;
      readonly before: number;
      readonly beforeTo: number;
      readonly after: number;
      readonly afterTo: number;
    };

/** The operation of an event, or why it is none. */
export function act(
  event: ChangeEvent,
  records: RecordColumns,
  i: number,
  row: number,
  table: TableRows,
  onTruncate: () => void,
): number {
  if (!('before' in event)) return tombstone(records, i, row, table);
  const { buffer: b, keyStart, keyEnd } = records;
  const { before, beforeTo, after, afterTo } = event;
  switch (event.op) {
    case 'c':
    case 'r':
    case 'u':
      return after < 0 ? NOT_DEBEZIUM : setRow(records, i, row, table, after, afterTo);
    case 'd':
      if (keyStart[i]! >= 0) return deleteBy(table.readKey(b, keyStart[i]!, keyEnd[i]!, row));
      return before < 0 ? NOT_DEBEZIUM : deleteBy(table.readKey(b, before, beforeTo, row));
    case 't':
      onTruncate();
      table.clear(row, true);
      return TRUNCATE;
    case 'm':
      return NOTHING;
    default:
      return NOT_DEBEZIUM;
  }
}

function setRow(
  { buffer: b, keyStart, keyEnd }: RecordColumns,
  i: number,
  row: number,
  table: TableRows,
  at: number,
  to: number,
): number {
  const hasKey = keyStart[i]! >= 0;
  const code = table.readRow(b, at, to, row, !hasKey);
  if (code !== OK) return code;
  const failed = hasKey ? table.key.read(b, keyStart[i]!, keyEnd[i]!, row) : OK;
  return failed === OK ? SET : failed;
}

function tombstone(
  { buffer: b, keyStart, keyEnd }: RecordColumns,
  i: number,
  row: number,
  table: TableRows,
): number {
  if (keyStart[i]! < 0) return NULL_VALUE;
  return deleteBy(table.readKey(b, keyStart[i]!, keyEnd[i]!, row));
}

function deleteBy(code: number): number {
  return code === OK ? DELETE : code;
}

/** The letter of the operation; empty for anything else. */
function operationOf(b: Uint8Array, at: number, to: number): string {
  return at >= 0 && to - at === 3 && b[at] === QUOTE ? String.fromCharCode(b[at + 1]!) : '';
}
