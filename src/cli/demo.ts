// The demo: streams fed into Kafka topics, the seeded Nexmark generator, 20,000 real flights and the airports they fly between. What a topic holds says
// where its feed goes on, so a second start continues where the first stopped.

import type { Config } from '../config.ts';
import type { Feed, StreamProgress } from '../connectors/feed.ts';
import { runFeed } from '../connectors/feed.ts';
import { airportsFeed } from '../connectors/flights/airports.ts';
import { flightsFeed } from '../connectors/flights/feed.ts';
import { openAdmin } from '../connectors/kafka/admin.ts';
import type { KafkaCluster } from '../connectors/kafka/cluster.ts';
import { openProducer } from '../connectors/kafka/producer.ts';
import { LATEST } from '../connectors/kafka/protocol/list-offsets.ts';
import { nexmarkFeed } from '../connectors/nexmark/feed.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { Log } from './log.ts';

export const DEMO_TOPICS = {
  bid: 'nexmark-bid',
  auction: 'nexmark-auction',
  person: 'nexmark-person',
  flights: 'flights',
  airports: 'airports',
};
export const DEMO_PARTITIONS = { bid: 4, auction: 2, person: 1, flights: 2, airports: 2 };
type Stream = keyof typeof DEMO_TOPICS;

/** 20,000 flights in about a minute and a half. */
const FLIGHTS_PER_SECOND = 200;
/** All 3,376 within a few seconds. */
const AIRPORTS_PER_SECOND = 1000;
const RETRY_MS = 2000;

interface Counter {
  events: number;
  /** Waits while the disk limit is reached. */
  room(): Promise<void>;
}

export interface Demo {
  /** Events sent so far. */
  sent(): number;
  stop(): Promise<void>;
}

/** Makes the topics before anything reads them. */
export async function makeDemoTopics(brokers: readonly string[]): Promise<void> {
  const admin = await openAdmin({ brokers });
  try {
    for (const stream of Object.keys(DEMO_TOPICS) as Stream[])
      await admin.createTopic({
        topic: DEMO_TOPICS[stream],
        partitions: DEMO_PARTITIONS[stream],
        replicationFactor: 1,
        config: { 'retention.ms': '-1' },
      });
  } finally {
    await admin.close();
  }
}

export function startDemo(config: Config, cluster: KafkaCluster, disk: DiskWatch, log: Log): Demo {
  const stopped = new AbortController();
  const counter = { events: 0, room: () => disk.room(stopped.signal) };
  const feeds = [
    keepFeeding(cluster, counter, stopped.signal, log, config.demoRate, async () =>
      nexmarkFeed({
        generator: { seed: 1, eventsPerSecond: config.demoRate, baseTime: Date.UTC(2026, 0, 1) },
        progress: {
          bid: await progressOf(cluster, 'bid'),
          auction: await progressOf(cluster, 'auction'),
          person: await progressOf(cluster, 'person'),
        },
      }),
    ),
    keepFeeding(cluster, counter, stopped.signal, log, FLIGHTS_PER_SECOND, async () =>
      flightsFeed(await progressOf(cluster, 'flights')),
    ),
    keepFeeding(cluster, counter, stopped.signal, log, AIRPORTS_PER_SECOND, async () =>
      airportsFeed(await progressOf(cluster, 'airports')),
    ),
  ];
  return {
    sent: () => counter.events,
    async stop() {
      stopped.abort();
      await Promise.all(feeds);
    },
  };
}

async function progressOf(cluster: KafkaCluster, stream: Stream): Promise<StreamProgress> {
  const topic = await cluster.topic(DEMO_TOPICS[stream]);
  const partitions = topic.partitions.map(({ partition }) => partition).sort((a, b) => a - b);
  const ends = await cluster.offsets(topic, partitions, LATEST, 'read_uncommitted');
  return partitions.map((p) => ends.get(p) ?? 0);
}

/** A broker that is away ends a feed; it begins again from what the topics hold. */
async function keepFeeding(
  cluster: KafkaCluster,
  counter: Counter,
  signal: AbortSignal,
  log: Log,
  rate: number,
  open: () => Promise<Feed>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await feedOnce(cluster, counter, signal, rate, await open());
      return;
    } catch (error) {
      log('warn', 'a demo feed was interrupted and begins again', { error: String(error) });
      await new Promise((resolve) => setTimeout(resolve, signal.aborted ? 0 : RETRY_MS));
    }
  }
}

async function feedOnce(
  cluster: KafkaCluster,
  counter: Counter,
  signal: AbortSignal,
  rate: number,
  feed: Feed,
): Promise<void> {
  const producer = await openProducer(cluster.options);
  try {
    await runFeed(
      feed,
      rate,
      async ({ stream, records }) => {
        await counter.room();
        await producer.send(DEMO_TOPICS[stream as Stream], records);
        counter.events += records.length;
      },
      signal,
    );
  } finally {
    await producer.close();
  }
}
