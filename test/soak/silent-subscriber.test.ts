// A GraphQL subscriber that reads nothing: what waits for it is bounded, it is cut off, the pipeline does not notice, and with the
// cursor of the last message that it got it goes on without a gap.

import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import { eventually, until } from '../integration/eventually.ts';
import type { Service } from '../integration/service.ts';
import { openConnection, startService, submit } from '../integration/service.ts';
import { newTopic } from '../kafka/live.ts';
import { describeKafka, freshDatabase, kafkaBrokers } from '../setup/parts.ts';
import { MemoryWatch } from './memory-watch.ts';
import { measured, sized } from './size.ts';

const RECORDS = sized(100_000, 1_000_000);
const PORTION = 5_000;
const FILLING = 'x'.repeat(500);
/** What may wait for a subscriber, as objects, and what the work itself takes. */
const ROOM_MB = 250;

interface Message {
  readonly cursor: string;
  readonly inserted: readonly { readonly id: string }[];
  readonly updated: readonly unknown[];
  readonly deleted: readonly unknown[];
}

/** Subscribes over a socket of its own; messages are kept as they come. */
class Subscriber {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly errors: unknown[] = [];
  closed = false;

  constructor(service: Service, after: string | null) {
    this.socket = new WebSocket(`${service.api.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => this.socket.terminate());
    const args = after === null ? '' : `(after: "${after}")`;
    const query = `subscription { rows_of_s${args} { cursor inserted { id filling } updated { after { id } } deleted { id } } }`;
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
    this.socket.on('open', () => this.send({ type: 'connection_init' }));
    this.socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        type: string;
        payload?: { data?: { rows_of_s: Message } };
      };
      if (message.type === 'connection_ack') this.send({ id: '1', type: 'subscribe', payload: { query } });
      if (message.type === 'next') this.messages.push(message.payload!.data!.rows_of_s);
      if (message.type === 'error') this.errors.push(message.payload);
    });
  }

  private send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  get cursor(): string {
    return this.messages.at(-1)!.cursor;
  }
}

async function openSubscriptions(service: Service): Promise<number> {
  const text = await (await fetch(`${service.api}/metrics`)).text();
  return Number(/^millrace_api_subscriptions (\d+)/m.exec(text)![1]);
}

describeKafka('a subscriber that reads nothing', () => {
  it('is cut off within bounds, and goes on from its cursor', { timeout: 600_000 }, async () => {
    const topic = await newTopic({ partitions: 1 });
    const { url } = await freshDatabase();
    const service = await startService({ databaseUrl: url });
    const reader = await openConnection(url);
    await submit(
      reader,
      `CREATE SOURCE s (id BIGINT, filling TEXT)
         WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW rows_of_s AS SELECT id, filling FROM s;`,
    );
    const producer = await openProducer({ brokers: kafkaBrokers() });
    onTestFinished(() => producer.close());
    const send = (from: number, count: number): Promise<void> =>
      producer.send(
        topic,
        Array.from({ length: count }, (_, i) => ({
          value: JSON.stringify({ id: from + i, filling: FILLING }),
        })),
      );
    const silent = await eventually('the view is served', async () => {
      const subscriber = new Subscriber(service, null);
      return await eventually('', () => (subscriber.messages.length > 0 ? subscriber : undefined), 2_000);
    });
    silent.socket.pause();
    const watch = new MemoryWatch(service.pid);
    const before = await watch.nowMb();

    for (let from = 0; from < RECORDS; from += PORTION) await send(from, PORTION);
    await until(
      'the pipeline has committed all of it',
      async () =>
        (await reader.query<{ n: string }>('SELECT count(*)::text AS n FROM rows_of_s')).rows[0]!.n ===
        String(RECORDS),
      service.output,
      300_000,
    );
    await until('the subscriber was cut off', async () => (await openSubscriptions(service)) === 0);
    measured(
      `${RECORDS} rows of 500 bytes beside a subscriber that reads nothing: ${before} MB before, peak ${watch.peakMb} MB, ${await watch.nowMb()} MB at the end`,
    );
    expect(watch.peakMb).toBeLessThan(before + ROOM_MB);

    silent.socket.resume();
    await until('it notices', () => silent.closed);
    const ids = silent.messages.flatMap(({ inserted }) => inserted.map(({ id }) => Number(id)));
    expect(ids.length).toBeLessThan(RECORDS);
    const again = new Subscriber(service, silent.cursor);
    await until(
      'it has everything',
      () => ids.length + again.messages.reduce((sum, { inserted }) => sum + inserted.length, 0) >= RECORDS,
      () => JSON.stringify(again.errors),
      300_000,
    );
    for (const { inserted } of again.messages) for (const { id } of inserted) ids.push(Number(id));
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RECORDS }, (_, i) => i));
    for (const { updated, deleted } of [...silent.messages, ...again.messages])
      expect(updated.length + deleted.length).toBe(0);
    expect(await service.stop()).toBe(0);
  });
});
