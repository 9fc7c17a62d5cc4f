// connector = 'nexmark': one table of the generator as a source. Event number k of the table is in partition k mod P at offset
// floor(k / P), so a position is enough to go on from, and partitions together are the same events however many there are.

import type { ByteWriter } from '../formats/byte-writer.ts';
import type { GeneratedRecords } from '../generated-reader.ts';
import { GeneratedReader } from '../generated-reader.ts';
import type { EndPosition, SourceReader, StartPosition } from '../source.ts';
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

export function openNexmarkReader(options: NexmarkReaderOptions): SourceReader {
  const { source, start, end = { kind: 'unbounded' }, owns = () => true, unpaced, maxRate = null } = options;
  const records = new NexmarkRecords(source);
  const numbers = Array.from({ length: source.partitions }, (_, number) => number).filter(owns);
  return new GeneratedReader({
    records,
    partitions: numbers.map((number) => ({
      number,
      next: records.startOf(number, start),
      end: records.endOf(number, end),
    })),
    rate: unpaced === true ? null : recordsPerSecond(source, numbers.length, maxRate),
    chunkRecords: options.chunkRecords,
  });
}

/** The events of one table, by partition and offset. */
class NexmarkRecords implements GeneratedRecords {
  private readonly source: NexmarkTableSource;
  private readonly generator: NexmarkGenerator;

  constructor(source: NexmarkTableSource) {
    this.source = source;
    this.generator = new NexmarkGenerator({
      ...DEFAULT_OPTIONS,
      seed: source.seed,
      eventsPerSecond: source.rate ?? DEFAULT_OPTIONS.eventsPerSecond,
    });
  }

  write(partition: number, offset: number, to: ByteWriter): number {
    const index = eventIndex(this.source.table, offset * this.source.partitions + partition);
    this.generator.write(index, to);
    return this.generator.timeOf(index);
  }

  startOf(partition: number, start: StartPosition): number {
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

  endOf(partition: number, end: EndPosition): number {
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
