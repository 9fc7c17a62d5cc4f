// The same topic through our reader and through kafkajs's consumer: nothing more, nothing less, for every codec and for
// transactions that were committed, aborted and interleaved.
import { CompressionCodecs, CompressionTypes, type Message } from 'kafkajs';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { compressSync, uncompressSync } from 'snappy';
import { beforeAll, expect, test } from 'vitest';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describeKafka, uniqueTopic } from '../setup/parts.ts';
import { newTopic, readTopic, reference, type Row } from './live.ts';

/** kafkajs brings gzip only; with these it writes and reads the other codecs. */
function registerCodecs(): void {
  const codec = (compress: (bytes: Buffer) => Buffer, decompress: (bytes: Buffer) => Buffer) => () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compress(buffer),
    decompress: async (bytes: Buffer) => decompress(bytes),
  });
  CompressionCodecs[CompressionTypes.Snappy] = codec(
    (bytes) => compressSync(bytes),
    (bytes) => Buffer.from(uncompressSync(bytes, { asBuffer: true })),
  );
  CompressionCodecs[CompressionTypes.LZ4] = codec(compressFrameSync, decompressFrameSync);
  CompressionCodecs[CompressionTypes.ZSTD] = codec(zstdCompressSync, zstdDecompressSync);
}

/** What kafkajs's consumer sees of a topic. */
async function consume(topic: string, count: number, readUncommitted = false): Promise<Row[]> {
  const consumer = reference().consumer({
    groupId: uniqueTopic('group'),
    readUncommitted,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const rows: Row[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ partition, message }) => {
          rows.push({
            partition,
            offset: Number(message.offset),
            timestamp: Number(message.timestamp),
            key: message.key?.toString() ?? null,
            value: message.value?.toString() ?? null,
            headers: Object.entries(message.headers ?? {})
              .map(([key, value]) => `${key}=${String(value)}`)
              .join(),
          });
          if (rows.length >= count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return sorted(rows);
}

const sorted = (rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => a.partition - b.partition || a.offset - b.offset);

function messages(from: number, to: number): Message[] {
  return Array.from({ length: to - from }, (_, i) => ({
    key: (from + i) % 5 === 0 ? null : `key-${(from + i) % 13}`,
    value: (from + i) % 7 === 0 ? null : `value ${from + i} ${'é'.repeat(i % 40)}`,
    timestamp: String(1_700_000_000_000 + from + i),
    partition: i % 3,
    ...(i % 11 === 0 ? { headers: { h: `v${i}` } } : {}),
  }));
}

describeKafka('parity with kafkajs', () => {
  beforeAll(registerCodecs);

  test('five codecs in one topic, three partitions', async () => {
    const topic = await newTopic({ partitions: 3 });
    const producer = reference().producer();
    await producer.connect();
    const codecs = [
      CompressionTypes.None,
      CompressionTypes.GZIP,
      CompressionTypes.Snappy,
      CompressionTypes.LZ4,
      CompressionTypes.ZSTD,
    ];
    for (const [index, compression] of [...codecs, ...codecs].entries()) {
      await producer.send({ topic, compression, messages: messages(index * 200, index * 200 + 200) });
    }
    await producer.disconnect();
    const ours = await readTopic(topic);
    expect(ours).toHaveLength(2000);
    expect(sorted(ours)).toEqual(await consume(topic, 2000));
    // The same in small pieces, so that every batch is entered more than once.
    expect(sorted(await readTopic(topic, { limits: { chunkRecords: 7 } }))).toEqual(sorted(ours));
  });

  test('transactions: committed, aborted, interleaved', async () => {
    const topic = await newTopic({ partitions: 3 });
    const kafka = reference();
    const producers = [0, 1].map(() =>
      kafka.producer({ transactionalId: uniqueTopic('tx'), maxInFlightRequests: 1, idempotent: true }),
    );
    await Promise.all(producers.map((producer) => producer.connect()));
    const plain = kafka.producer();
    await plain.connect();
    let sent = 0;
    let visible = 0;
    const some = (): Message[] => messages(sent, (sent += 30));
    for (const [first, second] of [
      ['commit', 'abort'],
      ['abort', 'commit'],
      ['abort', 'abort'],
      ['commit', 'commit'],
    ] as const) {
      const a = await producers[0]!.transaction();
      const b = await producers[1]!.transaction();
      for (const [transaction, outcome] of [
        [a, first],
        [b, second],
        [a, first],
        [b, second],
      ] as const) {
        await transaction.send({ topic, messages: some() });
        if (outcome === 'commit') visible += 30;
      }
      await plain.send({ topic, messages: some() });
      visible += 30;
      await a[first]();
      await b[second]();
    }
    await Promise.all([plain, ...producers].map((producer) => producer.disconnect()));

    const committed = await readTopic(topic);
    expect(committed).toHaveLength(visible);
    expect(sorted(committed)).toEqual(await consume(topic, visible));
    expect(sorted(await readTopic(topic, { isolation: 'read_uncommitted' }))).toEqual(
      await consume(topic, sent, true),
    );
  });
});
