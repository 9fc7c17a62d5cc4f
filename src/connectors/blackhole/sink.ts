// connector = 'blackhole': encodes every column of every row, and forgets it. Keeps the number of rows and their checksum, which are
// committed with each epoch: for benchmarks, and for checking a pipeline without storing its output.

import type { Batch } from '../../data/batch.ts';
import type { RowSchema } from '../../data/types.ts';
import { ByteWriter } from '../formats/byte-writer.ts';
import { compileJsonEncoder } from '../formats/json-encoder.ts';
import type { JsonEncoder } from '../formats/json-encoder.ts';
import { RowChecksum } from '../formats/row-checksum.ts';
import type { SinkOutput, SinkPosition, SinkWriter } from '../sink.ts';

const NO_BYTES = new Uint8Array(0);

export class BlackholeSink implements SinkWriter {
  private readonly encoder: JsonEncoder;
  private readonly buffer = new ByteWriter();
  private readonly epoch = new RowChecksum();
  private readonly total = new RowChecksum();
  private ends = new Int32Array(0);

  /** `columns`: the visible ones, first in every batch. */
  constructor(columns: RowSchema) {
    this.encoder = compileJsonEncoder({ columns, diffs: false });
  }

  /** Rows of all committed epochs, and their checksum. */
  get totals(): { readonly rows: number; readonly checksum: string } {
    return { rows: this.total.rows, checksum: this.total.digest };
  }

  recover(committed: SinkPosition | null): Promise<void> {
    this.epoch.clear();
    this.total.clear();
    if (committed !== null) this.total.merge(String(committed['checksum']), Number(committed['rows']));
    return Promise.resolve();
  }

  push(batch: Batch): void {
    const { buffer, epoch } = this;
    if (this.ends.length < batch.rows) this.ends = new Int32Array(batch.rows * 2);
    buffer.reset();
    this.encoder.encode(batch, buffer, this.ends);
    const { bytes } = buffer;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let row = 0; row < batch.rows; row++) {
      const end = this.ends[row]!;
      epoch.add(bytes, view, start, end - 1, batch.diffs === null ? 1 : batch.diffs[row]!);
      start = end;
    }
  }

  epochBytes(): number {
    return 0;
  }

  cut(): SinkOutput {
    const output = { rows: this.epoch.rows, bytes: NO_BYTES, checksum: this.epoch.digest };
    this.epoch.clear();
    return output;
  }

  stage(output: SinkOutput): Promise<SinkPosition> {
    const after = new RowChecksum();
    after.merge(this.total.digest, this.total.rows);
    after.merge(output.checksum, output.rows);
    return Promise.resolve({ rows: after.rows, checksum: after.digest });
  }

  publish(output: SinkOutput): Promise<void> {
    this.total.merge(output.checksum, output.rows);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
