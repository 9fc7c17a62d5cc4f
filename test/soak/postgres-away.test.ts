// Postgres is stopped and started again while input goes on: memory is flat, nothing is lost, and the pipeline goes on by itself.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import { startLocalPostgres } from '../../src/dev/postgres.ts';
import { connect } from '../../src/postgres/connection.ts';
import { until } from '../integration/eventually.ts';
import { startService, submit } from '../integration/service.ts';
import { newTopic } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { MemoryWatch } from './memory-watch.ts';
import { measured, sized } from './size.ts';

const AWAY_MS = sized(4_000, 60_000);
/** Records a second, until the end. */
const RATE = 5_000;
const FILLING = 'x'.repeat(2_000);
/** The queues of the service are full after this. */
const FULL_MS = sized(0, 20_000);
/** Of the queues, when they are not full yet. */
const QUEUES_MB = 160;

/** Numbers from 0 on, as many as there are to be; tells how many it has sent when it is stopped. */
async function startFeed(topic: string): Promise<() => Promise<number>> {
  const producer = await openProducer({ brokers: kafkaBrokers() });
  let [sent, stopped] = [0, false];
  const portion = RATE / 20;
  const running = (async () => {
    while (!stopped) {
      const from = sent;
      const records = Array.from({ length: portion }, (_, i) => ({
        value: JSON.stringify({ id: from + i, filling: FILLING }),
      }));
      await Promise.all([producer.send(topic, records), sleep(50)]);
      sent += portion;
    }
    await producer.close();
  })();
  return async () => {
    stopped = true;
    await running;
    return sent;
  };
}

describeKafka('Postgres stopped', () => {
  it(`for ${AWAY_MS / 1000} s while input goes on`, { timeout: 300_000 }, async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'millrace-away-'));
    const start = () => startLocalPostgres({ stateDir, log: () => undefined });
    let server = await start();
    onTestFinished(async () => {
      await server.stop();
      rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 });
    });
    const { url } = server;
    const topic = await newTopic({ partitions: 2 });
    const service = await startService({ databaseUrl: url });
    const watch = new MemoryWatch(service.pid);
    let reader = await connect(url, { applicationName: 'millrace test' });
    await submit(
      reader,
      `CREATE SOURCE s (id BIGINT, filling TEXT)
         WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n, sum(id) AS ids, max(length(filling)) AS longest FROM s;`,
    );
    const total = async (): Promise<{ n: number; ids: string }> => {
      const { rows } = await reader.query<{ n: string; ids: string | null }>(
        'SELECT n::text, ids::text FROM total',
      );
      return { n: Number(rows[0]?.n ?? 0), ids: rows[0]?.ids ?? '' };
    };
    const stopFeed = await startFeed(topic);
    await until('records are in the view', async () => (await total()).n > RATE / 2);
    await reader.close();

    await server.stop();
    await sleep(FULL_MS);
    const before = await watch.nowMb();
    watch.restart();
    await sleep(AWAY_MS - FULL_MS);
    const peakAway = watch.peakMb;
    server = await start();
    expect(server.url).toBe(url);
    reader = await connect(url, { applicationName: 'millrace test' });
    const sent = await stopFeed();
    await until('nothing is lost', async () => (await total()).n === sent, service.output, 120_000);
    expect((await total()).ids).toBe(String((sent * (sent - 1)) / 2));
    measured(
      `${sent} records of 2 kB, Postgres stopped for ${AWAY_MS / 1000} s: ${before} MB at first, peak ${peakAway} MB while it was away, ${watch.peakMb} MB afterwards`,
    );
    expect(peakAway).toBeLessThan(before + sized(QUEUES_MB, 32));
    expect(watch.peakMb).toBeLessThan(before + QUEUES_MB);
    const { rows } = await reader.query<{ status: string; cause: string | null }>(
      'SELECT status, cause FROM millrace.pipelines',
    );
    expect(rows).toEqual([{ status: 'running', cause: null }]);
    expect(service.output()).not.toMatch(/is (failed|backoff|fenced)/);
    await reader.close();
    expect(await service.stop()).toBe(0);
  });
});
