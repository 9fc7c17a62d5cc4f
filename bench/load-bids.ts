// Fills a topic with Nexmark bids as JSON before anything is measured.

import { openAdmin } from '../src/connectors/kafka/admin.ts';
import { openProducer } from '../src/connectors/kafka/producer.ts';
import { countBefore, eventIndex } from '../src/connectors/nexmark/event-order.ts';
import { nexmarkFeed } from '../src/connectors/nexmark/feed.ts';
import { DEFAULT_OPTIONS } from '../src/connectors/nexmark/generator.ts';

const PARTITIONS = 4;
const EVENTS_A_BATCH = 10_000;

/** Exactly `bids` of them over four partitions. Returns the bytes of their values. */
export async function loadBids(brokers: readonly string[], topic: string, bids: number): Promise<number> {
  const admin = await openAdmin({ brokers });
  await admin.createTopic({ topic, partitions: PARTITIONS, replicationFactor: 1 });
  await admin.close();
  const events = eventIndex('bid', bids);
  if (countBefore('bid', events) !== bids) throw new Error('the generator counts otherwise');
  const feed = nexmarkFeed({ generator: DEFAULT_OPTIONS, progress: { bid: [0, 0, 0, 0] }, events });
  const producer = await openProducer({ brokers });
  let bytes = 0;
  while (!feed.finished)
    for (const { records } of feed.next(EVENTS_A_BATCH)) {
      for (const { value } of records) bytes += value.length;
      await producer.send(topic, records);
    }
  await producer.close();
  return bytes;
}
