// kill -9 of the service while tables and views of other pipelines are followed: within the load of a view of many rows, under a
// stream of changes, and with the epoch of a reader begun and rolled back. In the end every view equals the same SQL over what was
// produced, in Postgres.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFailed } from 'vitest';
import type { OutgoingRecord, TopicProducer } from '../../src/connectors/kafka/producer.ts';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { newTopic } from '../kafka/live.ts';
import { describeKafka, freshDatabase, kafkaBrokers } from '../setup/parts.ts';
import type { Random } from '../views/random-rows.ts';
import { pick, seeded } from '../views/random-rows.ts';
import { until } from './eventually.ts';
import type { Service } from './service.ts';
import { folder, openConnection, startService } from './service.ts';
import { testSeed } from '../setup/seed.ts';

const LOADED = 30_000;

interface Order {
  readonly id: number;
  readonly item: string;
  readonly amount: number;
}

interface User {
  readonly id: number;
  readonly city: string;
}

/** What was produced, and what it leaves. */
class Input {
  readonly orders: Order[] = [];
  readonly users = new Map<number, User>();
  private readonly producer: TopicProducer;
  private readonly topics: { readonly orders: string; readonly users: string };
  private readonly random: Random;

  constructor(producer: TopicProducer, topics: Input['topics'], random: Random) {
    this.producer = producer;
    this.topics = topics;
    this.random = random;
  }

  async produceOrders(n: number): Promise<void> {
    const records = Array.from({ length: n }, (): OutgoingRecord => {
      const id = this.orders.length;
      const order = { id, item: `item ${id % 50}`, amount: Math.floor(this.random() * 1000) };
      this.orders.push(order);
      return { value: JSON.stringify(order), partition: id % 2 };
    });
    await this.producer.send(this.topics.orders, records);
  }

  async produceUsers(n: number): Promise<void> {
    const records = Array.from({ length: n }, (): OutgoingRecord => {
      const id = Math.floor(this.random() * 300);
      const key = String(id);
      if (this.random() < 0.3) {
        this.users.delete(id);
        return { key, value: null, partition: id % 2 };
      }
      const user = { id, city: pick(this.random, ['Lima', 'Oslo', 'Pune']) };
      this.users.set(id, user);
      return { key, value: JSON.stringify(user), partition: id % 2 };
    });
    await this.producer.send(this.topics.users, records);
  }
}

const READERS = `
CREATE MATERIALIZED VIEW spread AS SELECT amount % 10 AS digit, count(*) AS n, sum(amount) AS total FROM every_order GROUP BY 1;
CREATE MATERIALIZED VIEW dear_items AS SELECT item, total FROM per_item WHERE total > 1000;
CREATE MATERIALIZED VIEW per_city AS SELECT city, count(*) AS users, max(id) AS last FROM users GROUP BY city;
`;

const QUERIES: Readonly<Record<string, string>> = {
  spread: 'SELECT amount % 10 AS digit, count(*) AS n, sum(amount) AS total FROM orders GROUP BY 1',
  dear_items:
    'SELECT * FROM (SELECT item, sum(amount) AS total FROM orders GROUP BY item) i WHERE total > 1000',
  per_city: 'SELECT city, count(*) AS users, max(id) AS last FROM members GROUP BY city',
  users: 'SELECT id, city FROM members',
};

async function differences(watcher: Connection, input: Input): Promise<readonly string[]> {
  await watcher.query('DROP TABLE IF EXISTS pg_temp.orders, pg_temp.members');
  await watcher.query(
    'CREATE TEMP TABLE orders AS SELECT * FROM jsonb_to_recordset($1) AS r (id bigint, item text, amount bigint)',
    [JSON.stringify(input.orders)],
  );
  await watcher.query(
    'CREATE TEMP TABLE members AS SELECT * FROM jsonb_to_recordset($1) AS r (id bigint, city text)',
    [JSON.stringify([...input.users.values()])],
  );
  const found: string[] = [];
  for (const [view, query] of Object.entries(QUERIES)) {
    const { rows } = await watcher.query<{ line: string }>(
      `(SELECT '- ' || d::text AS line FROM (SELECT * FROM public.${view} EXCEPT ALL ${query}) d LIMIT 3)
       UNION ALL (SELECT '+ ' || d::text FROM (${query} EXCEPT ALL SELECT * FROM public.${view}) d LIMIT 3)`,
    );
    found.push(...rows.map(({ line }) => `${view} ${line}`));
  }
  return found;
}

describeKafka('tables and followed views under kill -9', () => {
  it('equal Postgres: nothing lost, nothing doubled', { timeout: 240_000 }, async () => {
    const seed = testSeed();
    onTestFailed(() => {
      process.stdout.write(`seed ${seed}\n`);
    });
    const random = seeded(seed);
    const { url } = await freshDatabase();
    await migrate(url);
    const watcher = await openConnection(url);
    const topics = { orders: await newTopic({ partitions: 2 }), users: await newTopic({ partitions: 2 }) };
    const producer = await openProducer({ brokers: kafkaBrokers() });
    const input = new Input(producer, topics, random);
    const queries = join(folder('readers'), 'queries');
    mkdirSync(queries);
    const kafka = (topic: string): string => `WITH (connector = 'kafka', topic = '${topic}')`;
    writeFileSync(
      join(queries, 'a.sql'),
      `CREATE SOURCE orders (id BIGINT, item TEXT, amount BIGINT) ${kafka(topics.orders)} FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW every_order AS SELECT id, amount FROM orders;
       CREATE MATERIALIZED VIEW per_item AS SELECT item, sum(amount) AS total FROM orders GROUP BY item;
       CREATE TABLE users (id BIGINT PRIMARY KEY, city TEXT) ${kafka(topics.users)} FORMAT UPSERT ENCODE JSON;`,
    );
    const stateDir = folder('state');
    let service: Service | undefined;
    const start = async (): Promise<void> => {
      service = await startService({ databaseUrl: url, queries, stateDir });
    };
    await input.produceOrders(LOADED);
    await input.produceUsers(500);
    await start();
    await until('the views to be followed are there', async () => {
      const { rows } = await watcher.query<{ n: bigint }>('SELECT count(*) AS n FROM every_order');
      return Number(rows[0]!.n) === LOADED;
    });
    await service!.killOutright();

    writeFileSync(join(queries, 'b.sql'), READERS);
    // Chunks are taken in quick succession: the load is stopped after the first by holding the reader's row.
    const starting = start();
    await until('a reader is registered', async () => {
      const { rowCount } = await watcher.query('SELECT FROM millrace.changelog_readers');
      return rowCount > 0;
    });
    await input.produceOrders(500);
    await until('a part of the rows is loaded, or all', async () => {
      const { rowCount } = await watcher.query(
        `SELECT FROM millrace.changelog_readers WHERE loading IS DISTINCT FROM '{"upTo": null}'`,
      );
      return rowCount > 0;
    });
    await service?.killOutright();
    await starting.catch(() => undefined);
    await service!.killOutright();

    let begun = 0;
    for (let kill = 0; kill < 4; kill++) {
      await start();
      const before = await epochs(watcher);
      await input.produceOrders(400);
      await input.produceUsers(100);
      await until('every pipeline has committed', async () => {
        const now = await epochs(watcher);
        return [...before].every(([id, epoch]) => now.get(id)! > epoch);
      });
      const producing = Promise.all([input.produceOrders(400), input.produceUsers(200)]);
      if (kill < 3) {
        // Under load, at any moment.
        await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 120)));
        await service!.killOutright();
        begun++;
      }
      await producing;
    }
    expect(begun).toBe(3);
    await until(
      'the views equal Postgres',
      async () => (await differences(watcher, input)).length === 0,
      service!.output,
    ).catch(async (error: unknown) => {
      throw new Error((await differences(watcher, input)).join('\n'), { cause: error });
    });
    // All followed to the end, so that nothing that is still to come could make it wrong again.
    const { rows } = await watcher.query<{ behind: bigint }>(
      `SELECT count(*) AS behind FROM millrace.changelog_readers r WHERE r.lost OR r.loading IS NOT NULL`,
    );
    expect(Number(rows[0]!.behind)).toBe(0);
    await service!.stop();
    expect(await differences(watcher, input)).toEqual([]);
    await producer.close();
  });
});

async function epochs(watcher: Connection): Promise<ReadonlyMap<number, number>> {
  const { rows } = await watcher.query<{ id: bigint; epoch: bigint }>(
    'SELECT id, epoch FROM millrace.pipelines',
  );
  return new Map(rows.map(({ id, epoch }) => [Number(id), Number(epoch)]));
}
