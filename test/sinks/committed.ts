// What a topic holds for consumers of committed records, by kafkajs's own consumer, which knows nothing of how we read.

import { randomInt } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaBrokers } from '../setup/parts.ts';

export interface CommittedRecord {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly position: string;
}

/** In the order of each partition. */
export async function committedRecords(
  topic: string,
  brokers: readonly string[] = kafkaBrokers(),
): Promise<readonly CommittedRecord[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const waiting = new Set(ends.filter(({ offset }) => Number(offset) > 0).map(({ partition }) => partition));
  const rows: CommittedRecord[] = [];
  if (waiting.size === 0) return rows;
  const consumer = kafka.consumer({ groupId: `g-${randomInt(1e12)}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const giveUp = setTimeout(resolve, 8_000);
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          const { partition } = batch;
          for (const { key, value, headers } of batch.messages)
            rows.push({
              partition,
              key: key?.toString() ?? null,
              value: value?.toString() ?? null,
              position: String(headers?.['millrace-position']),
            });
          const end = Number(ends.find((one) => one.partition === partition)!.offset);
          // The marker of a transaction stands behind its records.
          if (Number(batch.lastOffset()) >= end - 2) waiting.delete(partition);
          if (waiting.size === 0) {
            clearTimeout(giveUp);
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return rows;
}

/** The last value per key, tombstones taken out. */
export function compacted(
  rows: readonly { readonly key: string | null; readonly value: string | null }[],
): Map<string, unknown> {
  const last = new Map<string, unknown>();
  for (const { key, value } of rows) {
    if (value === null) last.delete(key!);
    else last.set(key!, JSON.parse(value));
  }
  return last;
}
