// A decoder behind a check of whole records: what does not pass is taken out before the decoder sees it, so that no decoder knows of
// such checks. It is rare, and costs copies.

import type { Batch } from '../../data/batch.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { RecordDecoder } from './record-decoder.ts';
import type { Reject } from './rejection.ts';

export interface RecordCheck {
  /** `view` is of the records' buffer. Whether record `i` must not be decoded: it has been rejected. */
  isBad(records: RecordColumns, view: DataView, i: number, reject: Reject): boolean;
}

export class CheckedDecoder implements RecordDecoder {
  private readonly inner: RecordDecoder;
  private readonly check: RecordCheck;
  private mapped: Int32Array | null = null;

  constructor(inner: RecordDecoder, check: RecordCheck) {
    this.inner = inner;
    this.check = check;
  }

  get recordIndex(): Int32Array {
    return this.mapped ?? this.inner.recordIndex;
  }

  get operations(): Uint8Array | undefined {
    return this.inner.operations;
  }

  get source(): string {
    return this.inner.source;
  }

  decode(records: RecordColumns, from: number, to: number, out: Batch, reject: Reject): void {
    const good: number[] = [];
    const view = new DataView(records.buffer.buffer, records.buffer.byteOffset, records.buffer.byteLength);
    let bad = 0;
    for (let i = from; i < to; i++) {
      if (this.check.isBad(records, view, i, reject)) {
        if (bad++ === 0) for (let before = from; before < i; before++) good.push(before);
      } else if (bad > 0) good.push(i);
    }
    this.mapped = null;
    if (bad === 0) return this.inner.decode(records, from, to, out, reject);
    const kept = only(records, good);
    this.inner.decode(kept, 0, good.length, out, (i, code, message) => reject(good[i]!, code, message));
    this.mapped = this.inner.recordIndex.slice(0, out.rows).map((i) => good[i]!);
  }
}

function only(records: RecordColumns, rows: readonly number[]): RecordColumns {
  const int = (from: Int32Array): Int32Array => Int32Array.from(rows, (i) => from[i]!);
  const double = (from: Float64Array): Float64Array => Float64Array.from(rows, (i) => from[i]!);
  return {
    buffer: records.buffer,
    count: rows.length,
    offsets: double(records.offsets),
    timestamps: double(records.timestamps),
    keyStart: int(records.keyStart),
    keyEnd: int(records.keyEnd),
    valueStart: int(records.valueStart),
    valueEnd: int(records.valueEnd),
    headersStart: int(records.headersStart),
    headersEnd: int(records.headersEnd),
  };
}
