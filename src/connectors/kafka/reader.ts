// The task's side of reading a topic: takes raw record sets from the partitions' queues, fairly, and decodes them into one
// reused set of columns. Everything here is synchronous; fetching goes on beside it (fetch-loop.ts).
import { allocateRecordColumns, clearRecordColumns, type RecordColumns } from '../record-columns.ts';
import type { ResolvedPositions, SourceChunk, SourceReader, SourceStatus } from '../source.ts';
import type { TopicFetcher } from './fetch-loop.ts';
import type { ReaderLimits } from './limits.ts';
import type { PartitionReadState } from './partition.ts';
import type { Isolation } from './protocol/list-offsets.ts';
import type { Lease } from './response-buffers.ts';
import { RateLimit } from './rate.ts';
import { RecordSetReader } from './record-batch.ts';

export interface ReaderSettings {
  readonly isolation: Isolation;
  readonly limits: ReaderLimits;
  /** Records per second, Infinity for no limit. */
  readonly maxRate: number;
}

export class KafkaReader implements SourceReader {
  private readonly fetcher: TopicFetcher;
  private readonly chunkRecords: number;
  private readonly rate: RateLimit;
  private readonly columns: RecordColumns;
  private readonly decoder: RecordSetReader;
  /** The partition whose first queued set the decoder is in. */
  private current: PartitionReadState | undefined;
  /** Of a set whose last chunk is lent at present. */
  private lent: Lease | undefined;
  private turn = 0;
  /** `take` gave nothing: the listener is due at the next change. */
  private starved = true;
  private listener: (() => void) | undefined;
  private rateTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(fetcher: TopicFetcher, { isolation, limits, maxRate }: ReaderSettings) {
    this.fetcher = fetcher;
    this.chunkRecords = limits.chunkRecords;
    this.rate = new RateLimit(maxRate);
    this.columns = allocateRecordColumns(limits.chunkRecords);
    this.decoder = new RecordSetReader({
      topic: fetcher.topic,
      readCommitted: isolation === 'read_committed',
      maxBatchBytes: limits.maxBatchBytes,
    });
    fetcher.start(() => this.ready());
  }

  get positions(): ResolvedPositions {
    return this.fetcher.positions;
  }

  get finished(): boolean {
    return this.fetcher.finished;
  }

  partitions(): readonly number[] {
    return this.fetcher.partitions.map(({ partition }) => partition).sort((a, b) => a - b);
  }

  take(): SourceChunk | undefined {
    this.takeBack();
    if (this.closed) return undefined;
    const allowance = this.rate.allowance();
    if (allowance < 1) return this.starve(this.rate.waitMs());
    for (;;) {
      const state = this.current ?? this.nextInTurn();
      if (state === undefined) {
        this.fetcher.throwFailure();
        return this.starve();
      }
      const chunk = this.decode(state, Math.min(allowance, this.chunkRecords));
      if (chunk !== undefined) return chunk;
    }
  }

  onReady(listener: () => void): void {
    this.listener = listener;
  }

  pause(partition: number): void {
    const state = this.fetcher.partition(partition);
    if (state === undefined) return;
    this.takeBack();
    state.pause();
    // Its set is opened again later and trimmed to what was taken of it.
    if (this.current === state) this.current = undefined;
  }

  resume(partition: number): void {
    const state = this.fetcher.partition(partition);
    if (state === undefined) return;
    state.paused = false;
    this.fetcher.wake();
    if (state.queue.length > 0) this.ready();
  }

  status(): SourceStatus {
    return this.fetcher.status();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.rateTimer);
    await this.fetcher.close();
    this.decoder.close();
  }

  /** The caller is done with the last chunk. */
  private takeBack(): void {
    clearRecordColumns(this.columns);
    this.lent?.release();
    this.lent = undefined;
  }

  private starve(waitMs?: number): undefined {
    this.starved = true;
    if (waitMs === undefined) return undefined;
    clearTimeout(this.rateTimer);
    this.rateTimer = setTimeout(() => this.ready(), waitMs);
    return undefined;
  }

  private ready(): void {
    if (!this.starved || this.closed) return;
    this.starved = false;
    this.listener?.();
  }

  /** Round robin over partitions with something queued; opens its first set. */
  private nextInTurn(): PartitionReadState | undefined {
    const { partitions } = this.fetcher;
    for (let step = 0; step < partitions.length; step++) {
      const state = partitions[(this.turn + step) % partitions.length]!;
      if (state.paused || state.queue.length === 0) continue;
      this.turn = (this.turn + step + 1) % partitions.length;
      this.current = state;
      this.decoder.open(state.queue[0]!, state.takenOffset, state.limit);
      return state;
    }
    return undefined;
  }

  /** The next chunk of the current set; undefined when the rest of it holds nothing that moves the position. */
  private decode(state: PartitionReadState, max: number): SourceChunk | undefined {
    const set = state.queue[0]!;
    const before = state.takenOffset;
    const more = this.read(state, max);
    const reached = more ? this.decoder.nextOffset : Math.max(this.decoder.nextOffset, set.nextOffset);
    state.takenOffset = Math.min(reached, state.limit);
    this.rate.spend(this.columns.count);
    if (!more) {
      this.current = undefined;
      this.lent?.release();
      this.lent = this.fetcher.used(state);
    }
    if (this.columns.count === 0 && state.takenOffset === before && set.lost === undefined) return undefined;
    const { partition, takenOffset: nextOffset } = state;
    const { endOffset, logStartOffset, lost } = set;
    const chunk = { partition, columns: this.columns, nextOffset, endOffset, logStartOffset };
    return lost === undefined ? chunk : { ...chunk, lost };
  }

  private read(state: PartitionReadState, max: number): boolean {
    try {
      return this.decoder.read(this.columns, max);
    } catch (error) {
      clearRecordColumns(this.columns);
      this.current = undefined;
      state.drop();
      this.fetcher.fail(error);
      throw error;
    }
  }
}
