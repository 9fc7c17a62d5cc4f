// Record headers on demand: most queries never look at them, so the columns only say where they are.
import type { RecordColumns } from '../record-columns.ts';
import { HeaderWalker } from './header-walker.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** The headers of one row, in order, keys repeated as written. Throws a RangeError when they are malformed. */
export function readHeaders(columns: RecordColumns, row: number): readonly RecordHeader[] {
  const { buffer } = columns;
  const walker = new HeaderWalker();
  walker.open(buffer, columns.headersStart[row]!, columns.headersEnd[row]!);
  const headers: RecordHeader[] = [];
  while (walker.next()) {
    const { keyStart, keyEnd, valueStart, valueEnd } = walker;
    headers.push({
      key: Buffer.from(buffer.subarray(keyStart, keyEnd)).toString(),
      value: valueStart < 0 ? null : new Uint8Array(buffer.subarray(valueStart, valueEnd)),
    });
  }
  return headers;
}
