// Postgres and the broker away for seconds while the service runs: it waits, within its memory, and goes on where it was. So do tables
// and what follows them.

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
import { openDemoInput } from './demo-input.ts';
import { eventually, until } from './eventually.ts';
import type { Service } from './service.ts';
import { folder, launchService, openConnection, startService, submit } from './service.ts';

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

const KEYS = 7;

/** The last record of each key, and a view that follows them through their change log. */
const tableSql = (topic: string): string =>
  `CREATE TABLE newest (k BIGINT PRIMARY KEY, id BIGINT) WITH (connector = 'kafka', topic = '${topic}') FORMAT UPSERT ENCODE JSON;
   CREATE MATERIALIZED VIEW of_newest AS SELECT count(*) AS n, sum(id) AS ids FROM newest;`;

const records = (from: number, count: number, bytes = 0) =>
  Array.from({ length: count }, (_, i) => ({
    value: JSON.stringify({ id: from + i, filling: 'x'.repeat(bytes) }),
    key: String((from + i) % KEYS),
    partition: 0,
  }));

const sumBelow = (count: number): number => (count * (count - 1)) / 2;

/** Numbers 0 … count − 1, each once. */
async function awaitTotal(connection: Connection, count: number): Promise<void> {
  await awaitRow(connection, 'total', count, sumBelow(count));
}

/** The last numbers below `count`, one of each key. */
async function awaitNewest(connection: Connection, count: number): Promise<void> {
  await awaitRow(connection, 'of_newest', KEYS, sumBelow(count) - sumBelow(count - KEYS));
}

async function awaitRow(connection: Connection, view: string, n: number, ids: number): Promise<void> {
  await eventually(`${view} is the sum of ${n} numbers, ${ids}`, async () => {
    const { rows } = await connection.query<{ n: string; ids: string }>(
      `SELECT n::text, ids::text FROM ${view}`,
    );
    return rows[0]?.n === String(n) && rows[0].ids === String(ids) ? true : undefined;
  });
}

async function expectRunning(connection: Connection, service: Service, pipelines: number): Promise<void> {
  const { rows } = await connection.query<{ status: string; cause: string | null }>(
    'SELECT status, cause FROM millrace.pipelines',
  );
  expect(rows).toEqual(Array<unknown>(pipelines).fill({ status: 'running', cause: null }));
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
    await expectRunning(watcher, service, 1);
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
    await submit(watcher, tableSql(topic));
    await send(0, 500);
    await awaitTotal(watcher, 500);
    await awaitNewest(watcher, 500);

    await broker.stop('now');
    await sleep(AWAY_MS);
    broker = await start();
    await send(500, 500);
    await awaitTotal(watcher, 1_000);
    await awaitNewest(watcher, 1_000);
    await expectRunning(watcher, service, 3);
    expect(await service.stop()).toBe(0);
  });

  it(
    'Postgres away again and again: every file of queries/ equals Postgres',
    { timeout: 120_000 },
    async () => {
      const { url } = await freshDatabase();
      const address = new URL(url);
      const proxy = await cutProxy(address.hostname, Number(address.port));
      const proxied = new URL(url);
      proxied.host = `127.0.0.1:${proxy.port}`;
      const input = await openDemoInput(folder('outage'), 11);
      const options = { queries: input.queries, stateDir: folder('state') };
      const service = await startService({ ...options, databaseUrl: proxied.href });
      const watcher = await openConnection(url);
      const epochs = async (): Promise<readonly number[]> => {
        const { rows } = await watcher.query<{ epoch: string }>(
          'SELECT epoch::text FROM millrace.pipelines ORDER BY id',
        );
        return rows.map(({ epoch }) => Number(epoch));
      };
      for (let cut = 0; cut < 3; cut++) {
        const before = await epochs();
        await input.produce(1000);
        await until('every pipeline has committed', async () =>
          (await epochs()).every((epoch, i) => epoch > before[i]!),
        );
        const producing = input.produce(2000);
        proxy.cut();
        await producing;
        await sleep(AWAY_MS / 3);
        proxy.mend();
      }
      await until('every pipeline runs', async () => {
        const { rows } = await watcher.query<{ status: string }>('SELECT status FROM millrace.pipelines');
        return rows.length === 4 && rows.every(({ status }) => status === 'running');
      });
      expect(service.output()).not.toMatch(/is (failed|backoff|fenced)/);
      expect(await service.stop()).toBe(0);
      const last = await launchService({ ...options, databaseUrl: url, seconds: 1 });
      expect(await last.ended, last.output()).toBe(0);
      for (const view of input.views)
        expect(last.output()).toMatch(new RegExp(`^equal +${view}: \\d+ rows`, 'm'));
    },
  );
});
