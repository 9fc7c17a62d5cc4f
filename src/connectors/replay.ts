// Records that are read again before a source goes on: dead letters that somebody asked to have decoded anew. To the task they are
// chunks of their partitions that do not move its position.

import type { RecordColumns } from './record-columns.ts';
import { allocateRecordColumns } from './record-columns.ts';
import type { SourceChunk, SourceReader, SourceStatus } from './source.ts';

export interface ReplayRecord {
  readonly sourceId: number;
  readonly partition: number;
  readonly offset: number;
  readonly raw: Uint8Array | null;
  /** Microseconds; null: none. */
  readonly timestamp: bigint | null;
}

/** `records` first, each once, then what `reader` gives. They are of its partitions, in the order of their offsets. */
export function withReplay(reader: SourceReader, records: readonly ReplayRecord[]): SourceReader {
  return records.length === 0 ? reader : new ReplayReader(reader, records);
}

class ReplayReader implements SourceReader {
  private readonly reader: SourceReader;
  private readonly chunks: SourceChunk[];

  constructor(reader: SourceReader, records: readonly ReplayRecord[]) {
    this.reader = reader;
    this.chunks = [...Map.groupBy(records, ({ partition }) => partition)].flatMap(([partition, own]) => {
      const position = reader.positions.start.get(partition);
      return position === undefined ? [] : [chunkOf(partition, position, own)];
    });
  }

  get positions() {
    return this.reader.positions;
  }

  get finished(): boolean {
    return this.chunks.length === 0 && this.reader.finished;
  }

  partitions(): readonly number[] {
    return this.reader.partitions();
  }

  take(): SourceChunk | undefined {
    return this.chunks.shift() ?? this.reader.take();
  }

  onReady(listener: () => void): void {
    this.reader.onReady(listener);
  }

  pause(partition: number): void {
    this.reader.pause(partition);
  }

  resume(partition: number): void {
    this.reader.resume(partition);
  }

  status(): SourceStatus {
    const status = this.reader.status();
    const waiting = this.chunks.reduce((sum, { columns }) => sum + columns.count, 0);
    return waiting === 0 ? status : { ...status, lag: status.lag + waiting, finished: false };
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}

function chunkOf(partition: number, position: number, records: readonly ReplayRecord[]): SourceChunk {
  return {
    partition,
    columns: columnsOf(records.toSorted((a, b) => a.offset - b.offset)),
    nextOffset: position,
    endOffset: position,
    logStartOffset: 0,
    isReplay: true,
  };
}

function columnsOf(records: readonly ReplayRecord[]): RecordColumns {
  const columns = allocateRecordColumns(records.length);
  columns.buffer = Buffer.concat(records.flatMap(({ raw }) => raw ?? []));
  columns.count = records.length;
  let at = 0;
  records.forEach(({ offset, raw, timestamp }, i) => {
    columns.offsets[i] = offset;
    columns.timestamps[i] = timestamp === null ? -1 : Number(timestamp / 1000n);
    columns.keyStart[i] = -1;
    columns.keyEnd[i] = -1;
    columns.headersStart[i] = -1;
    columns.headersEnd[i] = -1;
    columns.valueStart[i] = raw === null ? -1 : at;
    at += raw?.length ?? 0;
    columns.valueEnd[i] = raw === null ? -1 : at;
  });
  return columns;
}
