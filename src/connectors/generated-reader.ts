// Sources that make their records as they go: a position is enough to go on from. Partitions take turns, at the pace of the source; what
// the records are is the generator's.

import { ByteWriter } from './formats/byte-writer.ts';
import { Pace } from './pace.ts';
import type { RecordColumns } from './record-columns.ts';
import { allocateRecordColumns, clearRecordColumns } from './record-columns.ts';
import type {
  PartitionStatus,
  ResolvedPositions,
  SourceChunk,
  SourceReader,
  SourceStatus,
} from './source.ts';

export interface GeneratedRecords {
  /** Writes the value of the record at `offset` of `partition`; gives its timestamp in milliseconds, −1 for none. */
  write(partition: number, offset: number, to: ByteWriter): number;
}

/** Offsets `next … end` of a partition; an end of Infinity never comes. */
export interface GeneratedRange {
  readonly number: number;
  readonly next: number;
  readonly end: number;
}

export interface GeneratedReaderOptions {
  readonly records: GeneratedRecords;
  /** The partitions that this reader owns. */
  readonly partitions: readonly GeneratedRange[];
  /** Records per second over all of them; null: as fast as they are taken. */
  readonly rate: number | null;
  readonly chunkRecords?: number | undefined;
}

const CHUNK_RECORDS = 2048;
/** A paced reader wakes its task no more often than this. */
const TICK_MS = 5;

interface Partition extends GeneratedRange {
  next: number;
  paused: boolean;
}

export class GeneratedReader implements SourceReader {
  readonly positions: ResolvedPositions;
  private readonly records: GeneratedRecords;
  private readonly owned: readonly Partition[];
  private readonly pace: Pace;
  private readonly chunkRecords: number;
  private readonly columns: RecordColumns;
  private readonly bytes = new ByteWriter();
  private listener: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;
  private announcedEnd = false;
  private closed = false;

  constructor({ records, partitions, rate, chunkRecords = CHUNK_RECORDS }: GeneratedReaderOptions) {
    this.records = records;
    this.owned = partitions.map((range) => ({ ...range, paused: false }));
    this.positions = resolved(partitions);
    this.pace = new Pace(rate);
    this.chunkRecords = chunkRecords;
    this.columns = allocateRecordColumns(chunkRecords);
  }

  get finished(): boolean {
    return this.owned.every(({ next, end }) => next >= end);
  }

  partitions(): readonly number[] {
    return this.owned.map(({ number }) => number);
  }

  take(): SourceChunk | undefined {
    clearRecordColumns(this.columns);
    const due = this.closed ? 0 : this.pace.due();
    const partition = due < 1 ? undefined : this.nextInTurn();
    if (partition === undefined) {
      this.wakeLater();
      return undefined;
    }
    const count = Math.min(due, this.chunkRecords, partition.end - partition.next);
    this.fill(partition, count);
    this.pace.take(count);
    return {
      partition: partition.number,
      columns: this.columns,
      nextOffset: partition.next,
      endOffset: Number.isFinite(partition.end) ? partition.end : partition.next,
      logStartOffset: 0,
    };
  }

  onReady(listener: () => void): void {
    this.listener = listener;
  }

  pause(partition: number): void {
    for (const one of this.owned) if (one.number === partition) one.paused = true;
  }

  resume(partition: number): void {
    for (const one of this.owned) if (one.number === partition) one.paused = false;
    this.listener?.();
  }

  status(): SourceStatus {
    const partitions = this.owned.map(statusOf);
    return {
      partitions,
      lag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
      queuedBytes: 0,
      unreachableSince: undefined,
      lastError: undefined,
      finished: this.finished,
    };
  }

  close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    return Promise.resolve();
  }

  private fill(partition: Partition, count: number): void {
    const { columns, bytes, records } = this;
    bytes.reset();
    for (let row = 0; row < count; row++) {
      const offset = partition.next + row;
      columns.offsets[row] = offset;
      columns.keyStart[row] = columns.headersStart[row] = -1;
      columns.keyEnd[row] = columns.headersEnd[row] = -1;
      columns.valueStart[row] = bytes.used;
      columns.timestamps[row] = records.write(partition.number, offset, bytes);
      columns.valueEnd[row] = bytes.used;
    }
    columns.buffer = bytes.bytes.subarray(0, bytes.used);
    columns.count = count;
    partition.next += count;
  }

  private nextInTurn(): Partition | undefined {
    for (let step = 0; step < this.owned.length; step++) {
      const partition = this.owned[(this.turn + step) % this.owned.length]!;
      if (partition.paused || partition.next >= partition.end) continue;
      this.turn = (this.turn + step + 1) % this.owned.length;
      return partition;
    }
    return undefined;
  }

  /** `take` gave nothing: the clock brings more where a partition may still be read, and the end is announced once. */
  private wakeLater(): void {
    if (this.closed || this.announcedEnd) return;
    this.announcedEnd = this.finished;
    if (!this.finished && this.owned.every(({ paused, next, end }) => paused || next >= end)) return;
    clearTimeout(this.timer);
    const wait = this.finished ? 0 : Math.max(TICK_MS, this.pace.wait());
    this.timer = setTimeout(() => this.listener?.(), wait);
  }
}

function resolved(partitions: readonly GeneratedRange[]): ResolvedPositions {
  const bounded = partitions.every(({ end }) => Number.isFinite(end));
  return {
    identity: undefined,
    start: new Map(partitions.map(({ number, next }) => [number, next])),
    end: bounded ? new Map(partitions.map(({ number, end }) => [number, end])) : undefined,
  };
}

function statusOf({ number, next, end, paused }: Partition): PartitionStatus {
  const bounded = Number.isFinite(end);
  return {
    partition: number,
    state: next >= end ? 'finished' : paused ? 'paused' : 'reading',
    offset: next,
    endOffset: bounded ? end : next,
    logStartOffset: 0,
    lag: bounded ? Math.max(0, end - next) : 0,
    atEndSince: undefined,
    atEndUntil: undefined,
  };
}
