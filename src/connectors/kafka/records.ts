// The records inside one batch: varints into columns. The loop is the hottest of the connector (tens of millions of records
// a second), hence one flat function, locals for every array, and a module variable instead of a second return value.
import type { RecordColumns } from '../record-columns.ts';
import { corruptBatch, type RecordPlace } from './errors.ts';

/** Fewest bytes that a record can have: length, attributes, two deltas, key and value length, header count. */
const SMALLEST_RECORD = 7;

const NO_BYTES = new Uint8Array(0);

export interface BatchOfRecords {
  readonly count: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly baseTimestamp: number;
  /** The broker's time for all records, where the topic is configured so. */
  readonly appendTimestamp: number | undefined;
  readonly place: RecordPlace;
}

/** Where the last varint ended. */
let at = 0;

/** Zigzag varint of up to 32 bits at `from`; sets `at`. Beyond the end of the array bytes read as 0: callers check `at`. */
function varint(bytes: Uint8Array, from: number): number {
  let byte = bytes[from]!;
  if (byte < 0x80) {
    at = from + 1;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let value = byte & 0x7f;
  byte = bytes[from + 1]!;
  if (byte < 0x80) {
    value |= byte << 7;
    at = from + 2;
    return (value >>> 1) ^ -(value & 1);
  }
  let shift = 7;
  let position = from + 1;
  for (; shift < 35; shift += 7) {
    byte = bytes[position++]!;
    value |= (byte & 0x7f) << shift;
    if (!(byte >= 0x80)) break;
  }
  at = shift < 35 ? position : Infinity;
  return (value >>> 1) ^ -(value & 1);
}

/** Zigzag varint of up to 64 bits as a double; exact where the number is a safe integer. */
function varlong(bytes: Uint8Array, from: number): number {
  if (!(bytes[from + 3]! >= 0x80)) return varint(bytes, from); // at most four bytes
  let value = 0;
  let scale = 1;
  for (let position = from; position < from + 10; position++) {
    const byte = bytes[position]!;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (!(byte >= 0x80)) {
      at = position + 1;
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }
  at = Infinity;
  return 0;
}

export class RecordCursor {
  /** Records of the batch that are not read yet. */
  left = 0;
  /** One past the last record read, or past the batch once all are. */
  nextOffset = 0;
  inArena = false;
  private bytes: Uint8Array = NO_BYTES;
  private position = 0;
  private end = 0;
  private previous = -1;
  private baseOffset = 0;
  private lastOffset = 0;
  private baseTimestamp = 0;
  private appendTimestamp: number | undefined;

  clear(): void {
    this.left = 0;
    this.nextOffset = 0;
    this.inArena = false;
    this.bytes = NO_BYTES;
  }

  /** The batch's records lie in bytes[from, end). */
  enter(bytes: Uint8Array, from: number, end: number, batch: BatchOfRecords): void {
    if (batch.count < 0 || batch.count * SMALLEST_RECORD > end - from) {
      throw corruptBatch(batch.place, `it claims ${batch.count} records in ${end - from} bytes`);
    }
    this.bytes = bytes;
    this.position = from;
    this.end = end;
    this.left = batch.count;
    this.baseOffset = batch.baseOffset;
    this.lastOffset = batch.lastOffset;
    this.previous = batch.baseOffset - 1;
    this.baseTimestamp = batch.baseTimestamp;
    this.appendTimestamp = batch.appendTimestamp;
  }

  /** Appends records in [expected, limit) to `columns` until it holds `max` or the batch is done. */
  fill(columns: RecordColumns, max: number, expected: number, limit: number, place: RecordPlace): void {
    const { offsets, timestamps, keyStart, keyEnd, valueStart, valueEnd, headersStart, headersEnd } = columns;
    const { bytes, end: batchEnd, baseOffset, lastOffset, baseTimestamp, appendTimestamp } = this;
    let row = columns.count;
    let position = this.position;
    let left = this.left;
    let previous = this.previous;
    while (left > 0 && row < max) {
      const length = varint(bytes, position);
      const end = at + length;
      if (length < 0 || !(end <= batchEnd)) throw corruptBatch(place, 'a record is longer than its batch');
      const timestampDelta = varlong(bytes, at + 1); // after one byte of attributes, unused in this format
      const offset = baseOffset + varint(bytes, at);
      const keyLength = varint(bytes, at);
      const keyFrom = at;
      const keyTo = keyLength > 0 ? keyFrom + keyLength : keyFrom;
      const valueLength = varint(bytes, keyTo);
      const valueFrom = at;
      const valueTo = valueLength > 0 ? valueFrom + valueLength : valueFrom;
      if (!(valueTo < end) || keyLength < -1 || valueLength < -1)
        throw corruptBatch(place, 'a field is longer than its record');
      if (offset <= previous || offset > lastOffset)
        throw corruptBatch(place, 'its offsets are not in order');
      previous = offset;
      position = end;
      left--;
      if (offset < expected) continue;
      if (offset >= limit) {
        left = 0;
        position = batchEnd;
        break;
      }
      offsets[row] = offset;
      timestamps[row] = appendTimestamp === undefined ? baseTimestamp + timestampDelta : appendTimestamp;
      keyStart[row] = keyLength < 0 ? -1 : keyFrom;
      keyEnd[row] = keyTo;
      valueStart[row] = valueLength < 0 ? -1 : valueFrom;
      valueEnd[row] = valueTo;
      headersStart[row] = bytes[valueTo] === 0 ? -1 : valueTo;
      headersEnd[row] = end;
      row++;
    }
    if (left === 0 && position !== batchEnd)
      throw corruptBatch(place, 'bytes are left after its last record');
    columns.count = row;
    this.position = position;
    this.left = left;
    this.previous = previous;
    this.nextOffset = left === 0 ? lastOffset + 1 : previous + 1;
  }
}
