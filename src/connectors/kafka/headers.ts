// Record headers on demand: most queries never look at them, so the columns only say where they are.
import type { RecordColumns } from '../record-columns.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** The headers of one row, in order, keys repeated as written. Throws a RangeError when they are malformed. */
export function readHeaders(columns: RecordColumns, row: number): readonly RecordHeader[] {
  const start = columns.headersStart[row]!;
  if (start < 0) return [];
  const end = columns.headersEnd[row]!;
  const { buffer } = columns;
  let at = start;

  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= end) throw new RangeError('record headers end too early');
      const byte = buffer[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new RangeError('a length in record headers is too long');
  };
  const slice = (length: number): Uint8Array => {
    if (length < 0 || at + length > end) throw new RangeError('a record header is longer than its record');
    at += length;
    return new Uint8Array(buffer.subarray(at - length, at));
  };

  const count = number();
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const key = Buffer.from(slice(number())).toString();
    const length = number();
    headers.push({ key, value: length < 0 ? null : slice(length) });
  }
  return headers;
}
