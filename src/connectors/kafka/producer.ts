// Writing to topics: the demo streams, tests, and later sinks. Idempotent, so that a retry inside kafkajs writes nothing twice.
import { CompressionTypes, Partitioners, type Producer } from 'kafkajs';
import { call, kafkaClient } from './client.ts';
import type { KafkaClusterOptions } from './cluster.ts';

const BATCH_BYTES = 900_000;
const RECORD_OVERHEAD_BYTES = 64;

export interface OutgoingRecord {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  /** By key (murmur2, as Java does) when left out. */
  readonly partition?: number;
  /** Milliseconds; the time of sending when left out. */
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

export interface TopicProducer {
  /** Resolves when all in-sync replicas have them. Give many at a time. */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

export async function openProducer(
  options: KafkaClusterOptions,
  settings: { readonly gzip?: boolean } = {},
): Promise<TopicProducer> {
  const producer: Producer = kafkaClient(options).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const compression = settings.gzip === true ? CompressionTypes.GZIP : CompressionTypes.None;
  await call(options, '', () => producer.connect());
  return {
    send: async (topic, records) => {
      for (const slice of slices(records)) {
        const messages = slice.map(message);
        await call(options, topic, () => producer.send({ topic, acks: -1, compression, messages }));
      }
    },
    close: async () => {
      await producer.disconnect();
    },
  };
}

function message(record: OutgoingRecord) {
  const { key = null, value, partition, timestamp, headers } = record;
  return {
    key,
    value,
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
  };
}

function sizeOf({ key, value }: OutgoingRecord): number {
  return (
    RECORD_OVERHEAD_BYTES +
    (key === null || key === undefined ? 0 : Buffer.byteLength(key)) +
    (value === null ? 0 : Buffer.byteLength(value))
  );
}

/** kafkajs makes one batch of all records for a partition, which a broker refuses beyond its message.max.bytes (1 MiB by default). */
function* slices(records: readonly OutgoingRecord[]): Generator<readonly OutgoingRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    const size = sizeOf(records[index]!);
    if (index > from && bytes + size > BATCH_BYTES) {
      yield records.slice(from, index);
      from = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < records.length) yield records.slice(from);
}
