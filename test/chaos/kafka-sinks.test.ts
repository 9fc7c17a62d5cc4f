// Kafka sinks in all three formats while the service and the broker are killed over and over. It takes minutes: `npm run test:chaos`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAdmin } from '../../src/connectors/kafka/admin.ts';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import { startLocalKafka } from '../../src/dev/kafka.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { freshDatabase, uniqueTopic } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import { committedRecords, compacted } from '../sinks/committed.ts';
import type { CommittedRecord } from '../sinks/committed.ts';
import { openService, spawnService, submit, until } from '../sinks/service.ts';
import { seeded } from '../views/random-rows.ts';

const ROUNDS = 6;
const KEYS = 40;
const ROWS = 200;

describe('Kafka sinks', () => {
  test('are exactly once through kills of the service and of the broker', { timeout: 600_000 }, async () => {
    const seed = testSeed();
    console.log(`seed ${seed}`);
    const random = seeded(seed);
    const stateDir = mkdtempSync(join(tmpdir(), 'millrace-chaos-'));
    const start = () => startLocalKafka({ stateDir, heap: 'dev', log: () => undefined });
    let broker = await start();
    onTestFinished(async () => {
      await broker.stop('now');
      rmSync(stateDir, { recursive: true, force: true });
    });
    const brokers = [broker.brokers];
    const topics = {
      input: uniqueTopic('in'),
      plain: uniqueTopic('plain'),
      upsert: uniqueTopic('up'),
      debezium: uniqueTopic('deb'),
    };
    const admin = await openAdmin({ brokers });
    for (const topic of Object.values(topics)) await admin.createTopic({ topic, partitions: 2 });
    await admin.close();
    let sent = 0;
    const feed = async (): Promise<void> => {
      const producer = await openProducer({ brokers });
      const values = Array.from({ length: ROWS }, (_, i) => ({ k: `k${(sent + i) % KEYS}`, v: sent + i }));
      await producer.send(
        topics.input,
        values.map((value) => ({ value: JSON.stringify(value) })),
      );
      await producer.close();
      sent += ROWS;
    };
    const { url } = await freshDatabase();
    const opened = await openService(url, {}, brokers);
    const sink = (name: string, from: string, topic: string, format: string): string =>
      `CREATE SINK ${name} ${from} WITH (connector = 'kafka', topic = '${topic}', properties.bootstrap.server = '${brokers[0]!}',
         transaction_timeout = '10 s') FORMAT ${format} ENCODE JSON;`;
    await submit(
      opened,
      `CREATE SOURCE s (k TEXT, v BIGINT) WITH (connector = 'kafka', topic = '${topics.input}',
         properties.bootstrap.server = '${brokers[0]!}') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW per_key AS SELECT k, count(*) AS n, sum(v) AS total FROM s GROUP BY k HAVING count(*) % 7 <> 0;
       ${sink('plain_s', 'AS SELECT k, v FROM s WHERE v % 3 <> 0', topics.plain, 'PLAIN')}
       ${sink('up_s', 'FROM per_key', topics.upsert, 'UPSERT')}
       ${sink('deb_s', 'FROM per_key', topics.debezium, 'DEBEZIUM')}`,
    );
    await opened.close();
    let service = await spawnService(url, brokers);
    for (let round = 0; round < ROUNDS; round++) {
      await feed();
      await sleep(200 + random() * 1500);
      if (random() < 0.6) {
        await broker.stop('now');
        await sleep(random() * 2000);
        if (random() < 0.5) await service.kill();
        broker = await start();
        if (random() < 0.5) await service.kill();
      }
      await service.kill();
      service = await spawnService(url, brokers);
    }
    await feed();
    const pool = new Pool(url, { applicationName: 'test chaos' });
    onTestFinished(() => pool.close());
    await until('all is delivered', () => allDelivered(pool, sent), 180_000);
    await service.kill();
    checkPlain(await committedRecords(topics.plain, brokers), sent);
    const { rows } = await pool.query<{ k: string; n: string; total: string }>(
      'SELECT k, n::text, total::text FROM per_key',
    );
    const view = new Map(
      rows.map(({ k, n, total }) => [JSON.stringify({ k }), { k, n: Number(n), total: Number(total) }]),
    );
    expect(compacted(await committedRecords(topics.upsert, brokers))).toEqual(view);
    expect(finalRows(await committedRecords(topics.debezium, brokers))).toEqual(view);
  });
});

/** The pipeline has read all, and every sink stands where its log ends. */
async function allDelivered(pool: Pool, sent: number): Promise<boolean> {
  const { rows } = await pool.query<{ done: boolean }>(
    `SELECT (SELECT sum(next_offset) FROM millrace.partition_progress) >= $1 AND NOT EXISTS (
       SELECT FROM millrace.sink_relays r
        WHERE r.epoch IS NULL OR r.epoch < (SELECT coalesce(max(c.epoch), 0) FROM millrace.changelog c WHERE c.view_id = r.log_id)) AS done`,
    [sent],
  );
  return rows[0]!.done;
}

function checkPlain(records: readonly CommittedRecord[], sent: number): void {
  const values = records.map(({ value }) => (JSON.parse(value!) as { v: number }).v).sort((a, b) => a - b);
  expect(values).toEqual(Array.from({ length: sent }, (_, v) => v).filter((v) => v % 3 !== 0));
  expect(new Set(records.map(({ position }) => position)).size).toBe(records.length);
}

/** Every change begins where the one before it ended: nothing is missing, nothing is there twice. */
function finalRows(records: readonly CommittedRecord[]): Map<string, unknown> {
  const state = new Map<string, unknown>();
  for (const { key, value } of records) {
    if (value === null) {
      expect(state.has(key!), `tombstone of ${key}`).toBe(false);
      continue;
    }
    const { before, after } = JSON.parse(value) as Record<string, unknown>;
    expect(before, `before of ${key}`).toEqual(state.get(key!) ?? null);
    if (after === null) state.delete(key!);
    else state.set(key!, after);
  }
  return state;
}
