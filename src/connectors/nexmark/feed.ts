// The generator as a feed: the three tables into three streams (topics), in the order of their events.

import type { Feed, FeedBatch, FeedRecord, StreamProgress } from '../feed.ts';
import { firstMissing, isMissing } from '../feed.ts';
import { ByteWriter } from '../formats/byte-writer.ts';
import type { NexmarkTable } from './event-order.ts';
import { countBefore, eventIndex, NEXMARK_TABLES, tableOfEvent } from './event-order.ts';
import type { NexmarkOptions } from './generator.ts';
import { NexmarkGenerator } from './generator.ts';

export interface NexmarkFeedOptions {
  readonly generator: NexmarkOptions;
  /** The tables that are fed, with what their topics hold; the others are passed over. */
  readonly progress: Readonly<Partial<Record<NexmarkTable, StreamProgress>>>;
  /** Events of all kinds after which the feed ends; null: it never does. */
  readonly events?: number | null;
}

/** Streams are named as the tables: person, auction, bid. */
export function nexmarkFeed(options: NexmarkFeedOptions): Feed {
  return new NexmarkFeed(options);
}

class NexmarkFeed implements Feed {
  readonly streams: readonly NexmarkTable[];
  position: number;
  private readonly generator: NexmarkGenerator;
  private readonly progress: NexmarkFeedOptions['progress'];
  private readonly end: number;
  private readonly bytes = new ByteWriter(4096);

  constructor({ generator, progress, events = null }: NexmarkFeedOptions) {
    this.generator = new NexmarkGenerator(generator);
    this.progress = progress;
    this.streams = NEXMARK_TABLES.filter((table) => progress[table] !== undefined);
    this.end = events ?? Infinity;
    const firsts = this.streams.map((table) => eventIndex(table, firstMissing(progress[table]!)));
    this.position = Math.min(this.end, ...firsts);
  }

  get finished(): boolean {
    return this.position >= this.end;
  }

  next(events: number): readonly FeedBatch[] {
    const records: Record<NexmarkTable, FeedRecord[]> = { person: [], auction: [], bid: [] };
    const to = Math.min(this.end, this.position + events);
    for (; this.position < to; this.position++) {
      const table = tableOfEvent(this.position);
      const progress = this.progress[table];
      if (progress === undefined) continue;
      const k = countBefore(table, this.position);
      if (isMissing(progress, k)) records[table].push(this.record(k % progress.length));
    }
    return this.streams
      .filter((table) => records[table].length > 0)
      .map((stream) => ({ stream, records: records[stream] }));
  }

  private record(partition: number): FeedRecord {
    this.bytes.reset();
    this.generator.write(this.position, this.bytes);
    const value = Buffer.from(this.bytes.bytes.subarray(0, this.bytes.used));
    return { value, partition, timestamp: this.generator.timeOf(this.position) };
  }
}
