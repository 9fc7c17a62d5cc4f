// What the tests against a real broker share: topics of their own, reading to the end, and a TCP proxy that can be cut.
import net from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { onTestFinished } from 'vitest';
import { openAdmin, type TopicDefinition } from '../../src/connectors/kafka/admin.ts';
import { KafkaCluster, type KafkaClusterOptions } from '../../src/connectors/kafka/cluster.ts';
import { readHeaders } from '../../src/connectors/kafka/headers.ts';
import { openReader, type KafkaReaderOptions } from '../../src/connectors/kafka/open-reader.ts';
import { openProducer, type OutgoingRecord } from '../../src/connectors/kafka/producer.ts';
import type { SourceChunk, SourceReader } from '../../src/connectors/source.ts';
import { MillraceError } from '../../src/errors.ts';
import { kafkaBrokers, uniqueTopic } from '../setup/parts.ts';

export interface Row {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: string;
}

export function cluster(options: Partial<KafkaClusterOptions> = {}): KafkaCluster {
  const made = new KafkaCluster({ brokers: kafkaBrokers(), ...options });
  onTestFinished(() => made.close());
  return made;
}

/** kafkajs's own client, the reference. */
export function reference(): Kafka {
  return new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING });
}

export async function withAdmin<T>(
  run: (admin: Awaited<ReturnType<typeof openAdmin>>) => Promise<T>,
): Promise<T> {
  const admin = await openAdmin({ brokers: kafkaBrokers() });
  try {
    return await run(admin);
  } finally {
    await admin.close();
  }
}

export async function newTopic(definition: Partial<TopicDefinition> = {}): Promise<string> {
  const topic = definition.topic ?? uniqueTopic();
  await withAdmin((admin) => admin.createTopic({ partitions: 1, ...definition, topic }));
  return topic;
}

export async function produce(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
  const producer = await openProducer({ brokers: kafkaBrokers() });
  await producer.send(topic, records);
  await producer.close();
}

export async function reader(
  options: Partial<KafkaReaderOptions> & { topic: string },
): Promise<SourceReader> {
  const opened = await openReader({
    cluster: options.cluster ?? cluster(),
    start: { kind: 'earliest' },
    ...options,
  });
  onTestFinished(() => opened.close());
  return opened;
}

export function rowsOf({ partition, columns }: SourceChunk): Row[] {
  const text = (start: number, end: number): string | null =>
    start < 0 ? null : Buffer.from(columns.buffer.subarray(start, end)).toString();
  return Array.from({ length: columns.count }, (_, i) => ({
    partition,
    offset: columns.offsets[i]!,
    timestamp: columns.timestamps[i]!,
    key: text(columns.keyStart[i]!, columns.keyEnd[i]!),
    value: text(columns.valueStart[i]!, columns.valueEnd[i]!),
    headers: readHeaders(columns, i)
      .map(({ key, value }) => `${key}=${value === null ? 'null' : Buffer.from(value).toString()}`)
      .join(),
  }));
}

/** Takes until `done` says so (asked whenever nothing is there), or `timeoutMs`. */
export async function drain(
  source: SourceReader,
  done: () => boolean,
  each: (chunk: SourceChunk) => void,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let wake: () => void = () => undefined;
  source.onReady(() => wake());
  for (;;) {
    for (let chunk = source.take(); chunk !== undefined; chunk = source.take()) each(chunk);
    if (done()) return;
    const left = deadline - performance.now();
    if (left <= 0) throw new Error(`nothing more came: ${JSON.stringify(source.status())}`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(left, 50));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export async function readRows(source: SourceReader, count?: number): Promise<Row[]> {
  const rows: Row[] = [];
  await drain(
    source,
    () => (count === undefined ? source.finished : rows.length >= count),
    (chunk) => rows.push(...rowsOf(chunk)),
  );
  return rows;
}

/** The whole of a topic that is there now. */
export async function readTopic(topic: string, options: Partial<KafkaReaderOptions> = {}): Promise<Row[]> {
  return await readRows(await reader({ topic, end: { kind: 'latest' }, ...options }));
}

export async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
  return 'none';
}

export const values = (rows: readonly Row[]): (string | null)[] => rows.map((row) => row.value);

export function numbered(from: number, to: number, more: Partial<OutgoingRecord> = {}): OutgoingRecord[] {
  return Array.from({ length: to - from }, (_, i) => ({ value: `v${from + i}`, partition: 0, ...more }));
}

export interface Proxy {
  readonly cluster: KafkaCluster;
  /** Ends all connections and refuses new ones until `open`. */
  cut(): void;
  open(): void;
  connections(): number;
}

/** A proxy before the broker; `change` may rewrite what the broker answers. */
export async function proxied(change: (data: Buffer) => Buffer = (data) => data): Promise<Proxy> {
  const [host = '', port = ''] = kafkaBrokers()[0]!.split(':');
  const sockets = new Set<net.Socket>();
  let closed = false;
  const server = net.createServer((client) => {
    if (closed) return client.destroy();
    const upstream = net.connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (data: Buffer) => client.write(change(data)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    cluster: cluster({
      brokers: [`127.0.0.1:${address.port}`],
      mapAddress: () => address,
      requestTimeoutMs: 2_000,
    }),
    cut: () => {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
    open: () => {
      closed = false;
    },
    connections: () => sockets.size / 2,
  };
}
