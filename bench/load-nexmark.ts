// Fills topics with Nexmark's three streams as JSON, and the side input, before anything is measured.

import { MillraceError } from '../src/errors.ts';
import { openAdmin } from '../src/connectors/kafka/admin.ts';
import { openProducer } from '../src/connectors/kafka/producer.ts';
import { NEXMARK_TABLES } from '../src/connectors/nexmark/event-order.ts';
import { nexmarkFeed } from '../src/connectors/nexmark/feed.ts';
import { DEFAULT_OPTIONS } from '../src/connectors/nexmark/generator.ts';

const PARTITIONS = 4;
const EVENTS_A_BATCH = 10_000;
const SIDE_INPUT = 'nexmark-side-input';
const SIDE_KEYS = 10_000;
const ATTEMPTS = 5;

export async function loadNexmark(brokers: readonly string[], events: number): Promise<void> {
  for (const topic of NEXMARK_TABLES.map((table) => `nexmark-${table}`))
    await createTopic(brokers, topic, PARTITIONS);
  await createTopic(brokers, SIDE_INPUT, 1);
  const producer = await openProducer({ brokers });
  const start = Array.from({ length: PARTITIONS }, () => 0);
  const progress = Object.fromEntries(NEXMARK_TABLES.map((table) => [table, start]));
  const feed = nexmarkFeed({ generator: DEFAULT_OPTIONS, progress, events });
  while (!feed.finished)
    for (const { stream, records } of feed.next(EVENTS_A_BATCH))
      await producer.send(`nexmark-${stream}`, records);
  const side = Array.from({ length: SIDE_KEYS }, (_, key) => ({
    value: Buffer.from(JSON.stringify({ key, value: `value ${key}` })),
    partition: 0,
    timestamp: DEFAULT_OPTIONS.baseTime,
  }));
  await producer.send(SIDE_INPUT, side);
  await producer.close();
}

/** A broker that has just made a topic may not know it for a moment. */
async function createTopic(brokers: readonly string[], topic: string, partitions: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const admin = await openAdmin({ brokers });
    try {
      await admin.createTopic({ topic, partitions, replicationFactor: 1 });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof MillraceError) || error.code !== 'TOPIC_NOT_FOUND')
        throw error;
    } finally {
      await admin.close();
    }
  }
}
