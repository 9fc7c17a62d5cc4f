// kill -9 of the service while a changed file replaces what it had made: within the build, at the swap, and on the way back. Whoever
// reads in psql meanwhile never sees less than before, and what is built goes on from where it was.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { produce, newTopic } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { until } from './eventually.ts';
import type { Service } from './service.ts';
import { folder, openConnection, startService, submit } from './service.ts';

const ORDERS = 16_000;

const PLAIN = 'SELECT item, count(*) AS n FROM orders GROUP BY item';
const MORE = 'SELECT item, count(*) AS n, sum(amount) AS total FROM orders GROUP BY item';

async function watch(url: string): Promise<() => Promise<readonly (readonly [number, number])[]>> {
  const connection = await openConnection(url);
  const seen: [number, number][] = [];
  let on = true;
  const watching = (async () => {
    while (on) {
      const { rows } = await connection.query<{ items: bigint; twice: bigint | null }>(
        `SELECT count(*) AS items, sum(twice)::bigint AS twice FROM doubled`,
      );
      seen.push([Number(rows[0]!.items), Number(rows[0]!.twice)]);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  return async () => {
    on = false;
    await watching;
    return seen;
  };
}

async function value<T>(connection: Connection, sql: string): Promise<T | undefined> {
  const { rows } = await connection.query<{ value: T }>(sql);
  return rows[0]?.value;
}

/** Records that the pipelines of the hidden version have read. */
const HIDDEN_READ = `SELECT sum(q.next_offset)::int AS value FROM millrace.partition_progress q
  WHERE q.pipeline_id IN (SELECT c.pipeline_id FROM millrace.catalog c WHERE c.hidden)
    AND q.source_id IN (SELECT substr(id, 2)::bigint FROM millrace.catalog WHERE kind = 'source')`;
const STATE = 'SELECT state AS value FROM millrace.replacements';

describeKafka('a changed file under kill -9', () => {
  it('is built on, swapped once, and undone', { timeout: 120_000 }, async () => {
    const { url } = await freshDatabase();
    await migrate(url);
    const connection = await openConnection(url);
    const topic = await newTopic({ partitions: 2 });
    const records = Array.from({ length: ORDERS }, (_, id) => ({
      value: JSON.stringify({ id, item: `item ${id % 10}`, amount: id % 7 }),
      partition: id % 2,
    }));
    await produce(topic, records);
    const queries = join(folder('replace'), 'queries');
    mkdirSync(queries);
    // So that the build takes a while.
    const source = `CREATE SOURCE orders (id BIGINT, item TEXT, amount BIGINT) WITH (connector = 'kafka', topic = '${topic}', max_rate = 6000) FORMAT PLAIN ENCODE JSON;`;
    const write = (query: string): void =>
      writeFileSync(join(queries, 'a.sql'), `${source}\nCREATE MATERIALIZED VIEW totals AS ${query};`);
    write(PLAIN);
    writeFileSync(
      join(queries, 'b.sql'),
      'CREATE MATERIALIZED VIEW doubled AS SELECT item, n * 2 AS twice FROM totals;',
    );
    const stateDir = folder('state');
    let service: Service | undefined;
    const start = async (): Promise<void> => {
      service = await startService({ databaseUrl: url, queries, stateDir });
    };
    await start();
    await until(
      'all orders are in the view',
      async () =>
        (await value<number>(connection, 'SELECT sum(twice)::int AS value FROM doubled')) === ORDERS * 2,
    );
    await service!.stop();
    const watched = await watch(url);

    write(MORE);
    await start();
    expect(service!.output()).toMatch(/a\.sql: replacing orders, totals/);
    await until('a part is built', async () => (await value<number>(connection, HIDDEN_READ))! > 4000);
    await service!.killOutright();
    const built = (await value<number>(connection, HIDDEN_READ))!;
    expect(built).toBeGreaterThan(4000);
    expect(built).toBeLessThan(ORDERS);
    expect(await value(connection, STATE)).toBe('building');

    await start();
    expect(service!.output()).toMatch(/a\.sql: unchanged/);
    // It goes on, and does not begin again.
    await until('it goes on', async () => (await value<number>(connection, HIDDEN_READ))! > built);
    await until('it is swapped', async () => (await value(connection, STATE)) === 'kept');
    await service!.killOutright();

    await start();
    await produce(topic, records.slice(0, 1000));
    await until(
      'what came since is in the new version',
      async () =>
        (await value<number>(connection, 'SELECT sum(total)::int + sum(n)::int AS value FROM totals')) ===
        records
          .concat(records.slice(0, 1000))
          .reduce((sum, { value: v }) => sum + (JSON.parse(v) as { amount: number }).amount + 1, 0),
    );
    await submit(connection, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await service!.killOutright();
    expect(await value(connection, STATE)).toMatch(/undoing|kept/);
    await start();
    await until('it is undone', async () => (await value(connection, STATE)) === 'kept');
    expect(
      await value(
        connection,
        `SELECT count(*)::int AS value FROM pg_attribute WHERE attrelid = 'totals'::regclass AND attnum > 0`,
      ),
    ).toBe(2);
    await until(
      'the version before has what came since',
      async () =>
        (await value<number>(connection, 'SELECT sum(twice)::int AS value FROM doubled')) ===
        (ORDERS + 1000) * 2,
    );
    await service!.stop();
    const seen = await watched();
    expect(seen.length).toBeGreaterThan(100);
    expect(new Set(seen.map(([items]) => items))).toEqual(new Set([10]));
    const sums = seen.map(([, twice]) => twice);
    expect(sums).toEqual(sums.toSorted((a, b) => a - b));
  });
});
