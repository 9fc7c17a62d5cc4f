// A record whose key or headers are included as columns must be able to give them: text that Postgres can store, headers that are
// whole. The others are taken out before a decoder sees them, so that no decoder knows of it; they are rare, and cost copies.

import type { Batch } from '../../data/batch.ts';
import { HeaderWalker } from '../kafka/header-walker.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { RecordDecoder } from './record-decoder.ts';
import type { Reject, RejectCode } from './rejection.ts';
import { BAD_HEADERS, columnMessage, excerpt, OK, REJECT_CODES } from './rejection.ts';
import { checkText } from './utf8.ts';

/** Names of the columns that are to be checked; null: not included. */
export interface CheckedIncludes {
  readonly key: string | null;
  readonly headers: string | null;
}

export class IncludedCheck implements RecordDecoder {
  private readonly inner: RecordDecoder;
  private readonly checked: CheckedIncludes;
  private readonly walker = new HeaderWalker();
  private mapped: Int32Array | null = null;

  constructor(inner: RecordDecoder, checked: CheckedIncludes) {
    this.inner = inner;
    this.checked = checked;
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
      if (this.isBad(records, view, i, reject)) {
        if (bad++ === 0) for (let before = from; before < i; before++) good.push(before);
      } else if (bad > 0) good.push(i);
    }
    this.mapped = null;
    if (bad === 0) return this.inner.decode(records, from, to, out, reject);
    const kept = only(records, good);
    this.inner.decode(kept, 0, good.length, out, (i, code, message) => reject(good[i]!, code, message));
    this.mapped = this.inner.recordIndex.slice(0, out.rows).map((i) => good[i]!);
  }

  private isBad(records: RecordColumns, view: DataView, i: number, reject: Reject): boolean {
    const { key, headers } = this.checked;
    if (key !== null && records.keyStart[i]! >= 0) {
      const [s, e] = [records.keyStart[i]!, records.keyEnd[i]!];
      const code = checkText(records.buffer, view, s, e);
      if (code !== OK) {
        const name = REJECT_CODES[-code] as RejectCode;
        reject(i, name, columnMessage(name, key, 'text', excerpt(records.buffer, s, e)));
        return true;
      }
    }
    if (headers === null || this.checkHeaders(records, view, i) === OK) return false;
    reject(i, 'BAD_HEADERS', `column "${headers}": the headers of the record are malformed or not UTF-8`);
    return true;
  }

  private checkHeaders({ buffer, headersStart, headersEnd }: RecordColumns, v: DataView, i: number): number {
    const { walker } = this;
    try {
      walker.open(buffer, headersStart[i]!, headersEnd[i]!);
      while (walker.next())
        if (checkText(buffer, v, walker.keyStart, walker.keyEnd) !== OK) return BAD_HEADERS;
      return walker.complete ? OK : BAD_HEADERS;
    } catch (error) {
      if (error instanceof RangeError) return BAD_HEADERS;
      throw error;
    }
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
