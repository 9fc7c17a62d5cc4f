// Postgres and the broker away for seconds while the service runs: it waits, within its memory, and goes on where it was.

import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openAdmin } from '../../src/connectors/kafka/admin.ts';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import { startLocalKafka } from '../../src/dev/kafka.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, freshDatabase, uniqueTopic } from '../setup/parts.ts';
import { cutProxy } from './cut-proxy.ts';
import { eventually } from './eventually.ts';
import { folder, openConnection, startService, submit, type Service } from './service.ts';

const AWAY_MS = 3_000;
const MB = 1024 * 1024;
/** More than the reader's queue and an epoch hold together. */
const FILLING_MB = 80;
const MORE_MB = 60;
const RECORD_BYTES = 16 * 1024;

const sourceSql = (topic: string): string =>
  `CREATE SOURCE s (id BIGINT) WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest')
   FORMAT PLAIN ENCODE JSON;
   CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n, sum(id) AS ids FROM s;`;

const records = (from: number, count: number, bytes = 0) =>
  Array.from({ length: count }, (_, i) => ({
    value: JSON.stringify({ id: from + i, filling: 'x'.repeat(bytes) }),
    partition: 0,
  }));

/** Numbers 0 … count − 1, each once. */
async function awaitTotal(connection: Connection, count: number): Promise<void> {
  const ids = String((count * (count - 1)) / 2);
  await eventually(`${count} records are in the view`, async () => {
    const { rows } = await connection.query<{ n: string; ids: string }>(
      'SELECT n::text, ids::text FROM total',
    );
    return rows[0]?.n === String(count) && rows[0].ids === ids ? true : undefined;
  });
}

async function expectRunning(connection: Connection, service: Service): Promise<void> {
  const { rows } = await connection.query<{ status: string; cause: string | null }>(
    'SELECT status, cause FROM millrace.pipelines',
  );
  expect(rows).toEqual([{ status: 'running', cause: null }]);
  expect(service.output()).not.toMatch(/is (failed|backoff|fenced)/);
}

function residentMb(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}

/** Once it no longer grows. */
async function settledMb(pid: number): Promise<number> {
  let last = residentMb(pid);
  let still = 0;
  return eventually('the memory of the service has settled', async () => {
    await sleep(150);
    const now = residentMb(pid);
    still = now > last + 1 ? 0 : still + 1;
    last = now;
    return still >= 5 ? now : undefined;
  });
}

describeKafka('outages', () => {
  it('Postgres away: waits in bounded memory and loses nothing', { timeout: 120_000 }, async () => {
    const { url } = await freshDatabase();
    const address = new URL(url);
    const proxy = await cutProxy(address.hostname, Number(address.port));
    const proxied = new URL(url);
    proxied.host = `127.0.0.1:${proxy.port}`;
    const topic = await newTopic();
    const service = await startService({ databaseUrl: proxied.href });
    const watcher = await openConnection(url);
    await submit(watcher, sourceSql(topic));
    await produce(topic, records(0, 100));
    await awaitTotal(watcher, 100);

    proxy.cut();
    const filling = (FILLING_MB * MB) / RECORD_BYTES;
    await produce(topic, records(100, filling, RECORD_BYTES));
    const full = await settledMb(service.pid);
    const more = (MORE_MB * MB) / RECORD_BYTES;
    await produce(topic, records(100 + filling, more, RECORD_BYTES));
    await sleep(AWAY_MS);
    expect(await settledMb(service.pid), `MB, of ${full} when its buffers were full`).toBeLessThan(
      full + MORE_MB / 2,
    );
    proxy.mend();

    await awaitTotal(watcher, 100 + filling + more);
    await expectRunning(watcher, service);
    // psql's door came back too.
    await submit(watcher, 'CREATE VIEW after_it AS SELECT id FROM s');
    expect(await service.stop()).toBe(0);
  });

  it('broker killed and started again: goes on where it was', { timeout: 120_000 }, async () => {
    const stateDir = folder('broker');
    const start = () => startLocalKafka({ stateDir, heap: 'dev', log: () => undefined });
    let broker = await start();
    onTestFinished(() => broker.stop('now'));
    const { brokers } = broker;
    const topic = uniqueTopic();
    const admin = await openAdmin({ brokers: [brokers] });
    await admin.createTopic({ topic, partitions: 1 });
    await admin.close();
    const send = async (from: number, count: number): Promise<void> => {
      const producer = await openProducer({ brokers: [brokers] });
      await producer.send(topic, records(from, count));
      await producer.close();
    };
    const { url } = await freshDatabase();
    const service = await startService({ databaseUrl: url, brokers: [brokers] });
    const watcher = await openConnection(url);
    await submit(watcher, sourceSql(topic));
    await send(0, 500);
    await awaitTotal(watcher, 500);

    await broker.stop('now');
    await sleep(AWAY_MS);
    broker = await start();
    await send(500, 500);
    await awaitTotal(watcher, 1_000);
    await expectRunning(watcher, service);
    expect(await service.stop()).toBe(0);
  });
});
