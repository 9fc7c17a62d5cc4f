// An input that does what a test says: logs of JSON records in partitions, read in chunks of the test's choosing, with idleness, ends and
// unreachable brokers on command. It keeps the contract of connectors/source.ts.

import type { RecordColumns } from '../../src/connectors/record-columns.ts';
import { allocateRecordColumns } from '../../src/connectors/record-columns.ts';
import type {
  PartitionStatus,
  ResolvedPositions,
  SourceChunk,
  SourceReader,
  SourceStatus,
} from '../../src/connectors/source.ts';

export interface ScriptedRecord {
  readonly value: Readonly<Record<string, unknown>>;
  /** Broker timestamp, milliseconds; −1: none. */
  readonly brokerMs: number;
}

/** The longest silence: more than any timeout. */
const LONG = 1e12;

export class ScriptedReader implements SourceReader {
  readonly positions: ResolvedPositions;
  readonly paused = new Set<number>();
  /** Partitions that have proven long silence at their end. */
  readonly silent = new Set<number>();
  readonly logs: readonly (readonly ScriptedRecord[])[];
  private readonly at: number[];
  private readonly queue: SourceChunk[] = [];
  private readonly bounded: boolean;
  private listener: () => void = () => undefined;

  constructor(logs: readonly (readonly ScriptedRecord[])[], start: readonly number[], bounded: boolean) {
    this.logs = logs;
    this.at = [...start];
    this.bounded = bounded;
    const offsets = (of: readonly number[]): Map<number, number> =>
      new Map(of.map((offset, p) => [p, offset]));
    this.positions = {
      identity: undefined,
      start: offsets(start),
      end: bounded ? offsets(logs.map((log) => log.length)) : undefined,
    };
  }

  left(partition: number): number {
    return this.logs[partition]!.length - this.at[partition]!;
  }

  /** Lets the next `count` records of a partition be taken as one chunk. */
  deliver(partition: number, count: number): void {
    const from = this.at[partition]!;
    const records = this.logs[partition]!.slice(from, from + count);
    this.at[partition] = from + records.length;
    this.silent.delete(partition);
    this.queue.push({
      partition,
      columns: columnsOf(records, from),
      nextOffset: from + records.length,
      endOffset: this.logs[partition]!.length,
      logStartOffset: 0,
    });
    this.listener();
  }

  /** Something about time changed; the task looks. */
  wake(): void {
    this.listener();
  }

  get finished(): boolean {
    return this.bounded && this.queue.length === 0 && this.logs.every((_, p) => this.left(p) === 0);
  }

  partitions(): readonly number[] {
    return [...this.logs.keys()];
  }

  take(): SourceChunk | undefined {
    return this.queue.shift();
  }

  onReady(listener: () => void): void {
    this.listener = listener;
  }

  pause(partition: number): void {
    this.paused.add(partition);
  }

  resume(partition: number): void {
    this.paused.delete(partition);
  }

  status(): SourceStatus {
    const partitions = this.logs.map((_, p) => this.partitionStatus(p));
    const lag = this.logs.reduce((sum, _, p) => sum + this.left(p), 0);
    const { finished } = this;
    return { partitions, lag, queuedBytes: 0, unreachableSince: undefined, lastError: undefined, finished };
  }

  private partitionStatus(partition: number): PartitionStatus {
    const silent = this.silent.has(partition);
    const ended = this.bounded && this.left(partition) === 0;
    return {
      partition,
      state: ended ? 'finished' : silent ? 'at-end' : 'reading',
      offset: this.at[partition]!,
      endOffset: this.logs[partition]!.length,
      logStartOffset: 0,
      lag: this.left(partition),
      atEndSince: silent ? 0 : undefined,
      atEndUntil: silent ? LONG : undefined,
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function columnsOf(records: readonly ScriptedRecord[], from: number): RecordColumns {
  const columns = allocateRecordColumns(records.length);
  const values = records.map(({ value }) => Buffer.from(JSON.stringify(value)));
  columns.buffer = Buffer.concat(values);
  columns.count = records.length;
  let at = 0;
  records.forEach(({ brokerMs }, i) => {
    columns.offsets[i] = from + i;
    columns.timestamps[i] = brokerMs;
    columns.keyStart[i] = -1;
    columns.keyEnd[i] = -1;
    columns.headersStart[i] = -1;
    columns.headersEnd[i] = -1;
    columns.valueStart[i] = at;
    at += values[i]!.length;
    columns.valueEnd[i] = at;
  });
  return columns;
}
