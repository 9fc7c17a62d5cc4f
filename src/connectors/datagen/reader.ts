// connector = 'datagen': generated rows as a source. Row k is in partition k mod P at offset floor(k / P), so a position is enough to go
// on from, and partitions together are the same rows however many there are.

import type { DatagenSource } from '../../catalog/connector.ts';
import type { RowSchema } from '../../data/types.ts';
import { ByteWriter } from '../formats/byte-writer.ts';
import { Pace } from '../pace.ts';
import type { RecordColumns } from '../record-columns.ts';
import { allocateRecordColumns, clearRecordColumns } from '../record-columns.ts';
import type {
  PartitionStatus,
  ResolvedPositions,
  SourceChunk,
  SourceReader,
  SourceStatus,
} from '../source.ts';
import { RowMaker } from './fields.ts';

export interface DatagenReaderOptions {
  readonly source: DatagenSource;
  readonly columns: RowSchema;
  /** Where a pipeline stands; null: at the beginning. */
  readonly offsets: ReadonlyMap<number, number> | null;
  /** Where to end, exclusive; null: where the source does. */
  readonly ends: ReadonlyMap<number, number> | null;
  readonly owns: (partition: number) => boolean;
  /** Records per second, over all partitions that this reader owns. */
  readonly maxRate: number | null;
  readonly chunkRecords?: number;
}

const CHUNK_RECORDS = 2048;
/** A paced reader wakes its task no more often than this. */
const TICK_MS = 5;

interface Partition {
  readonly number: number;
  /** Exclusive; Infinity: it never ends. */
  readonly end: number;
  next: number;
  paused: boolean;
}

export function openDatagenReader(options: DatagenReaderOptions): SourceReader {
  return new DatagenReader(options);
}

class DatagenReader implements SourceReader {
  readonly positions: ResolvedPositions;
  private readonly source: DatagenSource;
  private readonly maker: RowMaker;
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

  constructor({
    source,
    columns,
    offsets,
    ends,
    owns,
    maxRate,
    chunkRecords = CHUNK_RECORDS,
  }: DatagenReaderOptions) {
    this.source = source;
    this.maker = new RowMaker(source.seed, columns, source.fields);
    const numbers = Array.from({ length: source.partitions }, (_, number) => number).filter(owns);
    this.owned = numbers.map((number) => ({
      number,
      next: offsets?.get(number) ?? 0,
      end: Math.min(endOf(source, number), ends?.get(number) ?? Infinity),
      paused: false,
    }));
    this.positions = {
      identity: undefined,
      start: new Map(this.owned.map(({ number, next }) => [number, next])),
      end:
        source.rows === null && ends === null
          ? undefined
          : new Map(this.owned.map(({ number, end }) => [number, end])),
    };
    const share = source.rate === null ? Infinity : (source.rate * this.owned.length) / source.partitions;
    const rate = Math.min(share, maxRate ?? Infinity);
    this.pace = new Pace(rate === Infinity ? null : rate);
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
    const { columns, bytes, maker, source } = this;
    bytes.reset();
    for (let row = 0; row < count; row++) {
      const offset = partition.next + row;
      columns.offsets[row] = offset;
      columns.timestamps[row] = -1;
      columns.keyStart[row] = columns.headersStart[row] = -1;
      columns.keyEnd[row] = columns.headersEnd[row] = -1;
      columns.valueStart[row] = bytes.used;
      maker.write(offset * source.partitions + partition.number, bytes);
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

/** How many of the rows are in this partition. */
function endOf({ rows, partitions }: DatagenSource, partition: number): number {
  return rows === null ? Infinity : Math.max(0, Math.ceil((rows - partition) / partitions));
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
