// One scan of a pipeline: chunks of records in, batches of rows on time out. Decodes, adds the system columns, decides
// lateness, and keeps what must be committed beside the rows: positions, late rows, dead letters.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import { gatherBatch } from '../data/gather.ts';
import type { RecordDecoder } from '../connectors/formats/record-decoder.ts';
import { HeaderColumn } from '../connectors/kafka/header-column.ts';
import type { RecordColumns } from '../connectors/record-columns.ts';
import type { SourceChunk } from '../connectors/source.ts';
import type { DeadLetter, LateRow } from '../epoch/write-plan.ts';
import type { ScalarKernel } from '../expr/kernel.ts';
import { compileScalar } from '../expr/kernel.ts';
import type { ScanNode } from '../physical/graph.ts';
import type { SourceClock } from './lateness.ts';
import { timesOf } from './lateness.ts';
import type { LateRowMark } from './sift.ts';

export class SourceStage {
  readonly node: ScanNode;
  readonly clock: SourceClock;
  readonly lateRows: LateRow[] = [];
  readonly deadLetters: DeadLetter[] = [];
  /** Invalid records since this task started. */
  rejected = 0;
  private readonly sourceId: number;
  private readonly decoder: RecordDecoder;
  private readonly marks: ScalarKernel | null;
  private readonly decoded: Batch;
  private readonly onTime: Batch;
  private headers: HeaderColumn | null = null;
  private keep = new Int32Array(0);
  private brokerMs = new Float64Array(0);

  constructor(node: ScanNode, sourceId: number, decoder: RecordDecoder, clock: SourceClock) {
    this.node = node;
    this.clock = clock;
    this.sourceId = sourceId;
    this.decoder = decoder;
    this.decoded = newBatch(node.schema, 0);
    this.onTime = newBatch(node.schema, 0);
    this.marks = node.watermark === null ? null : compileScalar(node.watermark.expr, node.schema);
  }

  /** The rows of records `from … to` of a chunk that are on time; lent until the next call. */
  take({ columns: records, partition }: SourceChunk, from: number, to: number): Batch {
    this.decoder.decode(records, from, to, this.decoded, (i, code, message) => {
      this.rejected++;
      this.deadLetters.push({
        sourceId: this.sourceId,
        partition,
        offset: records.offsets[i]!,
        code,
        message,
        raw: rawValue(records, i),
        timestamp: records.timestamps[i]! < 0 ? null : BigInt(records.timestamps[i]!) * 1000n,
      });
    });
    this.addSystemColumns(records, partition);
    if (this.marks === null) return this.decoded;
    return this.sift(records, partition, this.node.watermark!.timeColumn, this.marks);
  }

  private addSystemColumns(records: RecordColumns, partition: number): void {
    const { recordIndex } = this.decoder;
    const { rows } = this.decoded;
    this.node.system.forEach((which, k) => {
      const column = this.decoded.columns[this.node.columns.length + k]!;
      if (which === 'operation') fillOperations(column, this.decoder.operations!, rows);
      else if (which === 'headers' && column.layout === 'text')
        (this.headers ??= new HeaderColumn()).fill(column, records, recordIndex, rows);
      else fillSystemColumn(which, column, records, recordIndex, rows, partition);
    });
  }

  private sift(records: RecordColumns, partition: number, timeColumn: number, kernel: ScalarKernel): Batch {
    const batch = this.decoded;
    const { rows } = batch;
    if (this.keep.length < rows) {
      this.keep = new Int32Array(rows * 2);
      this.brokerMs = new Float64Array(rows * 2);
    }
    const { recordIndex } = this.decoder;
    for (let i = 0; i < rows; i++) this.brokerMs[i] = records.timestamps[recordIndex[i]!]!;
    const marks = kernel.run(batch);
    if (marks.layout !== 'i64') throw new Error('a watermark is a timestamp');
    const times = timesOf(batch, timeColumn);
    const late: LateRowMark[] = [];
    const kept = this.clock.sift(partition, {
      count: rows,
      times: times.values,
      timeNulls: times.nulls,
      marks: marks.values,
      markNulls: marks.nulls,
      brokerMs: this.brokerMs,
      keep: this.keep,
      late,
    });
    if (kept === rows) return batch;
    for (const mark of late) this.keepLate(mark, records, partition);
    gatherBatch(batch, this.keep, kept, this.onTime);
    return this.onTime;
  }

  private keepLate(mark: LateRowMark, records: RecordColumns, partition: number): void {
    const record = this.decoder.recordIndex[mark.row]!;
    this.lateRows.push({
      sourceId: this.sourceId,
      partition,
      offset: records.offsets[record]!,
      eventTime: mark.eventTime,
      watermark: mark.watermark,
      raw: rawValue(records, record),
    });
  }
}

function rawValue(records: RecordColumns, i: number): Buffer | null {
  const start = records.valueStart[i]!;
  return start < 0 ? null : Buffer.from(records.buffer.subarray(start, records.valueEnd[i]!));
}

function fillOperations(column: Column, operations: Uint8Array, rows: number): void {
  if (column.layout !== 'i32') throw new Error('an operation is an integer');
  for (let i = 0; i < rows; i++) column.values[i] = operations[i]!;
}

function fillSystemColumn(
  which: ScanNode['system'][number],
  column: Column,
  records: RecordColumns,
  recordIndex: Int32Array,
  rows: number,
  partition: number,
): void {
  if (which === 'partition' && column.layout === 'i32') {
    column.values.fill(partition, 0, rows);
  } else if (which === 'offset' && column.layout === 'i64') {
    for (let i = 0; i < rows; i++) column.values[i] = BigInt(records.offsets[recordIndex[i]!]!);
  } else if (which === 'timestamp' && column.layout === 'i64') {
    const nulls = (column.nulls ??= new Uint8Array(column.values.length));
    for (let i = 0; i < rows; i++) {
      const ms = records.timestamps[recordIndex[i]!]!;
      nulls[i] = ms < 0 ? 1 : 0;
      column.values[i] = ms < 0 ? 0n : BigInt(ms) * 1000n;
    }
  } else if (which === 'key' && column.layout === 'text') {
    const nulls = (column.nulls ??= new Uint8Array(column.start.length));
    column.bytes = records.buffer;
    for (let i = 0; i < rows; i++) {
      const record = recordIndex[i]!;
      const start = records.keyStart[record]!;
      nulls[i] = start < 0 ? 1 : 0;
      column.start[i] = Math.max(0, start);
      column.end[i] = start < 0 ? 0 : records.keyEnd[record]!;
    }
  } else {
    throw new Error(`system column ${which} with layout ${column.layout}`);
  }
}
