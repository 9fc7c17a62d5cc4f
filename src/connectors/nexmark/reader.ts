// connector = 'nexmark': one table of the generator as a source. Event number k of the table is in partition k mod P at offset
// floor(k / P), so a position is enough to go on from, and partitions together are the same events however many there are.

import { ByteWriter } from '../formats/byte-writer.ts';
import { Pace } from '../pace.ts';
import type { RecordColumns } from '../record-columns.ts';
import { allocateRecordColumns, clearRecordColumns } from '../record-columns.ts';
import type {
  EndPosition,
  PartitionStatus,
  ResolvedPositions,
  SourceChunk,
  SourceReader,
  SourceStatus,
  StartPosition,
} from '../source.ts';
import type { NexmarkTable } from './event-order.ts';
import { countBefore, eventIndex, PLACES, ROUND } from './event-order.ts';
import { DEFAULT_OPTIONS, NexmarkGenerator } from './generator.ts';

/** What CREATE SOURCE says of it. */
export interface NexmarkTableSource {
  readonly table: NexmarkTable;
  readonly seed: number;
  /** Events of all three kinds that the generator makes before it ends; null: it never ends. */
  readonly events: number | null;
  /** Events of all three kinds per second, by the clock and in event time; null: as fast as they are taken, 10,000 per second of event time. */
  readonly rate: number | null;
  readonly partitions: number;
}

export interface NexmarkReaderOptions {
  readonly source: NexmarkTableSource;
  readonly start: StartPosition;
  readonly end?: EndPosition | undefined;
  /** The partitions that this reader owns; all by default. */
  readonly owns?: (partition: number) => boolean;
  /** Records per second, over all partitions. */
  readonly maxRate?: number | null;
  readonly chunkRecords?: number;
  /** As fast as they are taken, whatever the source says: the same events. */
  readonly unpaced?: boolean;
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

export function openNexmarkReader(options: NexmarkReaderOptions): SourceReader {
  return new NexmarkReader(options);
}

class NexmarkReader implements SourceReader {
  readonly positions: ResolvedPositions;
  private readonly source: NexmarkTableSource;
  private readonly generator: NexmarkGenerator;
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

  constructor(options: NexmarkReaderOptions) {
    const { source, owns = () => true } = options;
    this.source = source;
    this.generator = new NexmarkGenerator({
      ...DEFAULT_OPTIONS,
      seed: source.seed,
      eventsPerSecond: source.rate ?? DEFAULT_OPTIONS.eventsPerSecond,
    });
    const numbers = Array.from({ length: source.partitions }, (_, number) => number).filter(owns);
    this.owned = numbers.map((number) => ({
      number,
      next: this.startOf(number, options.start),
      end: this.endOf(number, options.end ?? { kind: 'unbounded' }),
      paused: false,
    }));
    this.positions = this.resolved();
    this.pace = new Pace(
      options.unpaced === true ? null : recordsPerSecond(source, this.owned.length, options.maxRate ?? null),
    );
    this.chunkRecords = options.chunkRecords ?? CHUNK_RECORDS;
    this.columns = allocateRecordColumns(this.chunkRecords);
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
    const endOffset = Number.isFinite(partition.end) ? partition.end : partition.next;
    return {
      partition: partition.number,
      columns: this.columns,
      nextOffset: partition.next,
      endOffset,
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
    const { columns, bytes, generator, source } = this;
    bytes.reset();
    for (let row = 0; row < count; row++) {
      const offset = partition.next + row;
      const index = eventIndex(source.table, offset * source.partitions + partition.number);
      columns.offsets[row] = offset;
      columns.timestamps[row] = generator.timeOf(index);
      columns.keyStart[row] = columns.headersStart[row] = -1;
      columns.keyEnd[row] = columns.headersEnd[row] = -1;
      columns.valueStart[row] = bytes.used;
      generator.write(index, bytes);
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

  private startOf(partition: number, start: StartPosition): number {
    switch (start.kind) {
      case 'earliest':
        return 0;
      case 'latest':
        return this.source.events === null ? 0 : this.offsetAt(partition, this.source.events);
      case 'timestamp':
        return this.offsetAt(partition, this.generator.firstEventAt(start.ms));
      case 'offsets':
        return start.offsets.get(partition) ?? 0;
    }
  }

  private endOf(partition: number, end: EndPosition): number {
    const last = this.source.events === null ? Infinity : this.offsetAt(partition, this.source.events);
    switch (end.kind) {
      case 'unbounded':
      case 'latest':
        return last;
      case 'timestamp':
        return Math.min(last, this.offsetAt(partition, this.generator.firstEventAt(end.ms)));
      case 'offsets':
        return Math.min(last, end.offsets.get(partition) ?? Infinity);
    }
  }

  /** The first offset of a partition whose event does not come before `index` in the order of all events. */
  private offsetAt(partition: number, index: number): number {
    const count = countBefore(this.source.table, index);
    return Math.max(0, Math.ceil((count - partition) / this.source.partitions));
  }

  private resolved(): ResolvedPositions {
    const bounded = this.owned.every(({ end }) => Number.isFinite(end));
    return {
      identity: undefined,
      start: new Map(this.owned.map(({ number, next }) => [number, next])),
      end: bounded ? new Map(this.owned.map(({ number, end }) => [number, end])) : undefined,
    };
  }
}

/** `rate` counts events of all kinds, of which this table has its share, and this reader that of its partitions. */
function recordsPerSecond(
  { rate, table, partitions }: NexmarkTableSource,
  owned: number,
  maxRate: number | null,
): number | null {
  const share = rate === null ? Infinity : (rate * PLACES[table].count * owned) / (ROUND * partitions);
  const lower = Math.min(share, maxRate ?? Infinity);
  return lower === Infinity ? null : lower;
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
