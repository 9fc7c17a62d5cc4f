// A source as an input of a task: an open reader, the stage that turns its chunks into rows, and where every partition stands.

import type { RecordColumns } from '../connectors/record-columns.ts';
import type { SourceChunk, SourceReader } from '../connectors/source.ts';
import type { PartitionProgress, ReplayedRecord } from '../epoch/write-plan.ts';
import type { Batch } from '../data/batch.ts';
import type { NodeId } from '../physical/graph.ts';
import type { EpochInput, InputProgress, Taken } from './epoch-input.ts';
import type { PartitionReport, SourceReport, SourceTime } from './messages.ts';
import type { SourceStage } from './source-stage.ts';

export interface InputLimits {
  /** Milliseconds; null: partitions are never idle. */
  readonly idleTimeout: number | null;
  /** Milliseconds that a partition's event time may be ahead of the slowest; null: no bound. */
  readonly maxDrift: number | null;
}

interface Position {
  readonly beginOffset: number;
  nextOffset: number;
  logEndOffset: number | null;
  readonly endOffset: number | null;
  /** Differs from what was committed last. */
  moved: boolean;
}

/** A chunk of which records from `at` on are still to be taken. */
interface OpenChunk {
  readonly chunk: SourceChunk;
  readonly at: number;
}

export class TaskInput implements EpochInput {
  readonly sourceId: number;
  readonly reader: SourceReader;
  readonly stage: SourceStage;
  /** Dead letters that were decoded again in this epoch. */
  private readonly replayed: ReplayedRecord[] = [];
  private readonly limits: InputLimits;
  private readonly positions = new Map<number, Position>();
  private readonly paused = new Set<number>();
  private open: OpenChunk | null = null;

  constructor(sourceId: number, reader: SourceReader, stage: SourceStage, limits: InputLimits) {
    this.sourceId = sourceId;
    this.reader = reader;
    this.stage = stage;
    this.limits = limits;
    for (const [partition, offset] of reader.positions.start) this.position(partition, offset);
  }

  /** `offset`: where it stands when it is seen first. */
  private position(partition: number, offset: number): Position {
    let position = this.positions.get(partition);
    if (position === undefined) {
      const endOffset = this.reader.positions.end?.get(partition) ?? null;
      position = { beginOffset: offset, nextOffset: offset, logEndOffset: null, endOffset, moved: true };
      this.positions.set(partition, position);
      this.stage.clock.partition(partition);
    }
    return position;
  }

  get node(): NodeId {
    return this.stage.node.id;
  }

  get identity(): string | null {
    return this.reader.positions.identity ?? null;
  }

  get rejected(): number {
    return this.stage.rejected;
  }

  onReady(listener: () => void): void {
    this.reader.onReady(listener);
  }

  take(push: (batch: Batch) => void, most = Infinity): Taken | undefined {
    const at = this.open?.at ?? 0;
    const chunk = this.open?.chunk ?? this.reader.take();
    if (chunk === undefined) return undefined;
    const { count } = chunk.columns;
    const to = Math.min(count, at + most);
    const batch = this.stage.take(chunk, at, to);
    if (batch.rows > 0) push(batch);
    this.processed(chunk, at, to);
    this.open = to < count ? { chunk, at: to } : null;
    return { rows: to - at, bytes: bytesOf(chunk.columns, at, to) };
  }

  /** Its records `from … to` belong to the epoch. */
  private processed(chunk: SourceChunk, from: number, to: number): void {
    if (chunk.isReplay === true) return this.keepReplayed(chunk, from, to);
    const { columns } = chunk;
    const position = this.position(chunk.partition, chunk.logStartOffset);
    position.nextOffset = to < columns.count ? columns.offsets[to]! : chunk.nextOffset;
    position.logEndOffset = chunk.endOffset;
    position.moved = true;
  }

  private keepReplayed({ partition, columns }: SourceChunk, from: number, to: number): void {
    const { sourceId } = this;
    for (let i = from; i < to; i++) this.replayed.push({ sourceId, partition, offset: columns.offsets[i]! });
  }

  get finished(): boolean {
    return this.open === null && this.reader.positions.end !== undefined && this.reader.status().finished;
  }

  /** Brings idleness and ends up to date; true when that changes what an epoch would commit. */
  observe(): boolean {
    let changed = false;
    const timeout = this.limits.idleTimeout;
    for (const status of this.reader.status().partitions) {
      // To the reader it is taken.
      if (status.partition === this.open?.chunk.partition) continue;
      const time = this.stage.clock.partition(status.partition);
      const { atEndSince, atEndUntil } = status;
      const proven = atEndSince !== undefined && atEndUntil !== undefined ? atEndUntil - atEndSince : -1;
      const idle = timeout !== null && status.state === 'at-end' && proven >= timeout;
      const finished = status.state === 'finished';
      if (idle === time.idle && finished === time.finished) continue;
      this.stage.clock.setIdle(status.partition, idle);
      time.finished = finished;
      this.position(status.partition, status.offset).moved = true;
      changed = true;
    }
    return changed;
  }

  /** Where its partitions stand at the end of an epoch. */
  report(): SourceReport {
    const partitions = this.reader.partitions().map((partition): PartitionReport => {
      const { max, idle, finished } = this.stage.clock.partition(partition);
      return { partition, max, idle, finished };
    });
    return { sourceId: this.sourceId, partitions };
  }

  /** How far event time is over all partitions of the source, also those that others read. */
  advance({ watermark, slowest }: SourceTime): bigint | null {
    this.stage.clock.watermark = watermark;
    this.holdDrift(slowest);
    return this.stage.clock.closedThrough();
  }

  /** Holds partitions whose event time is too far ahead of the slowest active one. */
  holdDrift(slowest: bigint | null): void {
    if (this.limits.maxDrift === null || slowest === null) return;
    // To pause takes the chunk back that the reader lent. One chunk more is no drift to speak of.
    if (this.open !== null) return;
    const { clock } = this.stage;
    const bound = slowest + BigInt(this.limits.maxDrift) * 1000n;
    for (const p of this.reader.partitions()) {
      const { max, idle, finished } = clock.partition(p);
      const ahead = !idle && !finished && max !== null && max > bound;
      if (ahead && !this.paused.has(p)) this.reader.pause(p);
      if (!ahead && this.paused.has(p)) this.reader.resume(p);
      if (ahead) this.paused.add(p);
      else this.paused.delete(p);
    }
  }

  /** What the epoch commits of its partitions; call once per epoch. */
  progress(): InputProgress {
    const { sourceId } = this;
    const partitions: PartitionProgress[] = [];
    for (const [partition, position] of this.positions) {
      if (!position.moved) continue;
      const { max, idle } = this.stage.clock.partition(partition);
      const { moved: _, ...at } = position;
      partitions.push({ sourceId, partition, ...at, maxEventTime: max, idle });
      position.moved = false;
    }
    const lateRows = this.stage.lateRows.splice(0);
    const deadLetters = this.stage.deadLetters.splice(0);
    return { partitions, lateRows, deadLetters, replayed: this.replayed.splice(0), position: null };
  }

  lag(): number {
    return this.reader.status().lag + this.openRecords();
  }

  private openRecords(): number {
    return this.open === null ? 0 : this.open.chunk.columns.count - this.open.at;
  }

  bytes(): number {
    return this.reader.status().queuedBytes;
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}

function bytesOf({ valueStart, valueEnd }: RecordColumns, from: number, to: number): number {
  let bytes = 0;
  for (let i = from; i < to; i++) bytes += valueEnd[i]! - valueStart[i]!;
  return bytes;
}
