// The files of queries/ on topics of the test's own, and the demo's streams produced into them in portions.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Feed, FeedRecord } from '../../src/connectors/feed.ts';
import { airportsFeed } from '../../src/connectors/flights/airports.ts';
import { flightsFeed } from '../../src/connectors/flights/feed.ts';
import { openAdmin } from '../../src/connectors/kafka/admin.ts';
import type { OutgoingRecord } from '../../src/connectors/kafka/producer.ts';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import { nexmarkFeed } from '../../src/connectors/nexmark/feed.ts';
import { kafkaBrokers, uniqueTopic } from '../setup/parts.ts';

const QUERIES = join(import.meta.dirname, '..', '..', 'queries');

/** Streams of the demo by the topic that queries/ reads, with their partitions. */
const STREAMS = {
  'nexmark-bid': { stream: 'bid', partitions: 4 },
  'nexmark-auction': { stream: 'auction', partitions: 2 },
  'nexmark-person': { stream: 'person', partitions: 1 },
  flights: { stream: 'flights', partitions: 2 },
  airports: { stream: 'airports', partitions: 2 },
} as const;

type DemoTopic = keyof typeof STREAMS;

export interface DemoInput {
  /** Folder of the files of queries/, reading this input. */
  readonly queries: string;
  /** Names of every materialized view and table that they create. */
  readonly views: readonly string[];
  /** Records sent so far, by stream. */
  readonly sent: Readonly<Record<string, number>>;
  /** Goes on by so many events of the auction, a third as many flights and a tenth as many airports, of which some are closed again. */
  produce(events: number): Promise<void>;
}

export async function openDemoInput(into: string, seed: number): Promise<DemoInput> {
  const topics = new Map(Object.keys(STREAMS).map((topic) => [topic, uniqueTopic(topic)]));
  const { queries, views } = copyQueries(join(into, 'queries'), topics);
  await makeTopics(topics);
  const none = (topic: DemoTopic): number[] => Array<number>(STREAMS[topic].partitions).fill(0);
  const feeds: readonly (readonly [feed: Feed, share: number])[] = [
    [
      nexmarkFeed({
        generator: { seed, eventsPerSecond: 200, baseTime: Date.UTC(2026, 0, 1) },
        progress: {
          bid: none('nexmark-bid'),
          auction: none('nexmark-auction'),
          person: none('nexmark-person'),
        },
      }),
      1,
    ],
    [flightsFeed(none('flights')), 1 / 3],
    [airportsFeed(none('airports')), 1 / 10],
  ];
  const producer = await openProducer({ brokers: kafkaBrokers() });
  onTestFinished(() => producer.close());
  const sent: Record<string, number> = {};
  let open: readonly FeedRecord[] = [];
  const topicOf = (stream: string): string =>
    topics.get(Object.entries(STREAMS).find(([, of]) => of.stream === stream)![0])!;
  return {
    queries,
    views,
    sent,
    async produce(events) {
      for (const [feed, share] of feeds)
        for (const { stream, records } of feed.next(Math.ceil(events * share))) {
          const closed = stream === 'airports' ? deletes(open) : [];
          if (stream === 'airports') open = records;
          await producer.send(topicOf(stream), [...closed, ...records]);
          sent[stream] = (sent[stream] ?? 0) + closed.length + records.length;
        }
    },
  };
}

const CLOSED_ONE_IN = 7;

/** Deletes of some of the rows of a topic by key. */
function deletes(records: readonly FeedRecord[]): readonly OutgoingRecord[] {
  return records
    .filter((_, i) => i % CLOSED_ONE_IN === 0)
    .map(({ key, partition }) => ({ key: key!, partition, value: null }));
}

/** Every topic of the files is one of the demo's; another one would have no input here. */
function copyQueries(
  folder: string,
  topics: ReadonlyMap<string, string>,
): { readonly queries: string; readonly views: readonly string[] } {
  mkdirSync(folder, { recursive: true });
  const views: string[] = [];
  const files = readdirSync(QUERIES).filter((name) => name.endsWith('.sql'));
  for (const file of files) {
    const text = readFileSync(join(QUERIES, file), 'utf8').replace(
      /topic = '([^']+)'/g,
      (_, topic: string) => {
        const own = topics.get(topic);
        if (own === undefined) throw new Error(`${file} reads topic ${topic}: demo-input.ts must feed it`);
        return `topic = '${own}'`;
      },
    );
    for (const [, name] of text.matchAll(/^CREATE (?:MATERIALIZED VIEW|TABLE) (\w+)/gim)) views.push(name!);
    writeFileSync(join(folder, file), text);
  }
  return { queries: folder, views };
}

async function makeTopics(topics: ReadonlyMap<string, string>): Promise<void> {
  const admin = await openAdmin({ brokers: kafkaBrokers() });
  for (const [topic, own] of topics)
    await admin.createTopic({
      topic: own,
      partitions: STREAMS[topic as DemoTopic].partitions,
      config: { 'retention.ms': '-1' },
    });
  await admin.close();
}
