// FORMAT UPSERT ENCODE JSON: the record's key says which row, its value is the row, and no value (a tombstone) deletes it.

import type { RecordColumns } from '../record-columns.ts';
import { BAD_KEY, NO_KEY, OK } from './rejection.ts';
import type { TableRows } from './table-decoder.ts';
import { DELETE, SET } from './table-decoder.ts';
import { checkText } from './utf8.ts';

export function readUpsert(records: RecordColumns, i: number, row: number, table: TableRows): number {
  const { buffer: b, keyStart, keyEnd, valueStart, valueEnd } = records;
  const failed = table.keyed
    ? table.key.read(b, keyStart[i]!, keyEnd[i]!, row)
    : checkRawKey(b, keyStart[i]!, keyEnd[i]!);
  if (failed !== OK) return failed;
  const s = valueStart[i]!;
  if (s < 0) {
    table.clear(row, false);
    return DELETE;
  }
  const code = table.readRow(b, s, valueEnd[i]!, row, false);
  return code === OK ? SET : code;
}

/** The key itself is a column, of type text. */
export function checkRawKey(b: Uint8Array, s: number, e: number): number {
  if (s < 0) return NO_KEY;
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  return checkText(b, view, s, e) === OK ? OK : BAD_KEY;
}
