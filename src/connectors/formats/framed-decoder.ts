// JSON values of a schema registry: behind the id of their schema they are JSON as everywhere.

import type { Batch } from '../../data/batch.ts';
import { FRAME_BYTES, schemaId } from '../registry/framing.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { RecordDecoder } from './record-decoder.ts';
import type { Reject } from './rejection.ts';
import { notFramed } from './rejection.ts';

export class FramedDecoder implements RecordDecoder {
  private readonly inner: RecordDecoder;
  private starts = new Int32Array(0);
  private keys = new Int32Array(0);
  private framed = new Uint8Array(0);

  constructor(inner: RecordDecoder) {
    this.inner = inner;
  }

  get recordIndex(): Int32Array {
    return this.inner.recordIndex;
  }

  get operations(): Uint8Array | undefined {
    return this.inner.operations;
  }

  get source(): string {
    return this.inner.source;
  }

  decode(records: RecordColumns, from: number, to: number, out: Batch, reject: Reject): void {
    const { buffer, keyStart, keyEnd, valueStart, valueEnd } = records;
    if (this.starts.length < to) {
      this.starts = new Int32Array(to * 2);
      this.keys = new Int32Array(to * 2);
      this.framed = new Uint8Array(to * 2);
    }
    const { starts, framed } = this;
    for (let i = from; i < to; i++) {
      const start = valueStart[i]!;
      framed[i] = start < 0 || schemaId(buffer, start, valueEnd[i]!) >= 0 ? 1 : 0;
      // What has no frame is empty to the decoder, which refuses it.
      const key = keyStart[i]!;
      // No JSON begins with a zero byte: a key is framed when it seems so, and need not be.
      this.keys[i] = key >= 0 && schemaId(buffer, key, keyEnd[i]!) >= 0 ? key + FRAME_BYTES : key;
      starts[i] = start < 0 ? start : framed[i] === 1 ? start + FRAME_BYTES : valueEnd[i]!;
    }
    this.inner.decode(
      { ...records, keyStart: this.keys, valueStart: starts },
      from,
      to,
      out,
      (i, code, message) => {
        if (framed[i] === 1) return reject(i, code, message);
        reject(i, 'NOT_FRAMED', notFramed(buffer, valueStart[i]!, valueEnd[i]!));
      },
    );
  }
}
