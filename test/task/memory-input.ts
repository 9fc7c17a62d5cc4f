// Logs of JSON records in memory as an input: each reader owns its partitions, and takes chunks of random size from them.

import type { RecordColumns } from '../../src/connectors/record-columns.ts';
import { allocateRecordColumns } from '../../src/connectors/record-columns.ts';
import type {
  PartitionStatus,
  ResolvedPositions,
  SourceChunk,
  SourceReader,
  SourceStatus,
} from '../../src/connectors/source.ts';

/** A value alone, or with the key that records of a table have (null: none), or with the broker's time, in milliseconds. */
export type MemoryRecord =
  string | { readonly key: string | null; readonly value: string | null; readonly timestamp?: number };

/** By partition, by offset. */
export type Logs = readonly (readonly MemoryRecord[])[];

export interface MemoryReaderOptions {
  readonly logs: Logs;
  readonly owns: (partition: number) => boolean;
  readonly start: ReadonlyMap<number, number> | null;
  readonly random: () => number;
  readonly maxChunk: number;
}

export class MemoryReader implements SourceReader {
  readonly positions: ResolvedPositions;
  private readonly options: MemoryReaderOptions;
  private readonly at = new Map<number, number>();
  private listener: () => void = () => undefined;
  private waking = false;

  constructor(options: MemoryReaderOptions) {
    this.options = options;
    const { logs, owns, start } = options;
    for (const p of logs.keys()) if (owns(p)) this.at.set(p, start?.get(p) ?? 0);
    this.positions = {
      identity: 'memory',
      start: new Map(this.at),
      end: new Map([...this.at.keys()].map((p) => [p, logs[p]!.length])),
    };
  }

  private left(): number[] {
    return [...this.at].flatMap(([p, at]) => (at < this.options.logs[p]!.length ? [p] : []));
  }

  get finished(): boolean {
    return this.left().length === 0;
  }

  partitions(): readonly number[] {
    return [...this.at.keys()];
  }

  take(): SourceChunk | undefined {
    const left = this.left();
    const { random, logs, maxChunk } = this.options;
    // Now and then nothing is there.
    if (left.length === 0 || random() < 0.2) {
      this.wakeSoon();
      return undefined;
    }
    const partition = left[Math.floor(random() * left.length)]!;
    const from = this.at.get(partition)!;
    const records = logs[partition]!.slice(from, from + 1 + Math.floor(random() * maxChunk));
    this.at.set(partition, from + records.length);
    return {
      partition,
      columns: columnsOf(records, from),
      nextOffset: from + records.length,
      endOffset: logs[partition]!.length,
      logStartOffset: 0,
    };
  }

  /** Once for all that ask in the meantime, so that several idle inputs do not wake each other ever more often. */
  private wakeSoon(): void {
    if (this.waking) return;
    this.waking = true;
    setImmediate(() => {
      this.waking = false;
      this.listener();
    });
  }

  onReady(listener: () => void): void {
    this.listener = listener;
  }

  pause(): void {
    throw new Error('nobody pauses it');
  }

  resume(): void {
    throw new Error('nobody resumes it');
  }

  status(): SourceStatus {
    const partitions = [...this.at].map(([partition, offset]): PartitionStatus => {
      const endOffset = this.options.logs[partition]!.length;
      return {
        partition,
        state: offset === endOffset ? 'finished' : 'reading',
        offset,
        endOffset,
        logStartOffset: 0,
        lag: endOffset - offset,
        atEndSince: undefined,
        atEndUntil: undefined,
      };
    });
    const lag = partitions.reduce((sum, partition) => sum + partition.lag!, 0);
    const { finished } = this;
    return { partitions, lag, queuedBytes: 0, unreachableSince: undefined, lastError: undefined, finished };
  }

  close(): Promise<void> {
    this.listener = () => undefined;
    return Promise.resolve();
  }
}

function columnsOf(records: readonly MemoryRecord[], from: number): RecordColumns {
  const columns = allocateRecordColumns(records.length);
  const bytes: Buffer[] = [];
  let at = 0;
  const put = (text: string | null, i: number, starts: Int32Array, ends: Int32Array): void => {
    if (text === null) {
      starts[i] = ends[i] = -1;
      return;
    }
    const part = Buffer.from(text);
    bytes.push(part);
    starts[i] = at;
    at += part.length;
    ends[i] = at;
  };
  columns.count = records.length;
  records.forEach((record, i) => {
    const whole = typeof record === 'string' ? { key: null, value: record } : record;
    const { key, value, timestamp = -1 } = whole;
    columns.offsets[i] = from + i;
    columns.timestamps[i] = timestamp;
    columns.headersStart[i] = columns.headersEnd[i] = -1;
    put(key, i, columns.keyStart, columns.keyEnd);
    put(value, i, columns.valueStart, columns.valueEnd);
  });
  columns.buffer = Buffer.concat(bytes);
  return columns;
}
