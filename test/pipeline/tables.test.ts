// Tables from a real topic: upserts and change events in random order of keys, the service stopped in between; what is kept equals
// what Postgres keeps when the same records are applied to a plain table by key.

import { expect, it, onTestFailed } from 'vitest';
import { servedViews } from '../../src/api/schema/served-view.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import type { OutgoingRecord } from '../../src/connectors/kafka/producer.ts';
import { until } from '../integration/eventually.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import type { Random } from '../views/random-rows.ts';
import { pick, seeded } from '../views/random-rows.ts';
import { openTestEngine, submit } from './engine-fixture.ts';
import { testSeed } from '../setup/seed.ts';

const NAMES = ['ada', 'bob "b"', 'çelik', 'd\nd', ''];

interface User {
  readonly id: number;
  readonly name: string | null;
  readonly score: number | null;
}

function randomUser(random: Random, id: number): User {
  return {
    id,
    name: pick(random, [...NAMES, null]),
    score: random() < 0.2 ? null : Math.floor(random() * 100),
  };
}

/** The records, and the rows that they leave. */
function upserts(random: Random, n: number, rows: Map<number, User>, partitions: number): OutgoingRecord[] {
  return Array.from({ length: n }, () => {
    const id = Math.floor(random() * 40);
    const key = random() < 0.5 ? String(id) : JSON.stringify({ id });
    const partition = id % partitions;
    if (random() < 0.3) {
      rows.delete(id);
      return { key, value: null, partition };
    }
    const user = randomUser(random, id);
    rows.set(id, user);
    const { name, score } = user;
    return { key, value: JSON.stringify(random() < 0.5 ? { name, score } : user), partition };
  });
}

function events(random: Random, n: number, rows: Map<number, User>): OutgoingRecord[] {
  const wrap = (payload: object): string =>
    JSON.stringify(random() < 0.5 ? payload : { schema: { type: 'struct' }, payload });
  return Array.from({ length: n }, () => {
    if (random() < 0.01) {
      rows.clear();
      return { key: null, value: wrap({ op: 't' }), partition: 0 };
    }
    const id = Math.floor(random() * 40);
    const key = wrap({ id });
    const before = rows.get(id);
    if (before !== undefined && random() < 0.4) {
      rows.delete(id);
      return random() < 0.2
        ? { key, value: null, partition: 0 }
        : {
            key,
            value: wrap({ op: 'd', before: random() < 0.5 ? before : null, after: null }),
            partition: 0,
          };
    }
    const after = randomUser(random, id);
    rows.set(id, after);
    const op = before === undefined ? pick(random, ['c', 'r']) : 'u';
    return { key, value: wrap({ op, after }), partition: 0 };
  });
}

async function rowsOf(open: OpenEngine, view: string): Promise<readonly User[]> {
  const { rows } = await open.pool.query<{ id: bigint; name: string | null; score: number | null }>(
    `SELECT id, name, score FROM ${view} ORDER BY id`,
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** The model's rows, and the same query over them in Postgres. */
async function compare(open: OpenEngine, rows: ReadonlyMap<number, User>): Promise<void> {
  const expected = [...rows.values()].sort((a, b) => a.id - b.id);
  await until(
    'the table has the rows of the model',
    async () => JSON.stringify(await rowsOf(open, 'users')) === JSON.stringify(expected),
    () =>
      JSON.stringify(open.engine.pipelines().map(({ name, state, cause }) => [name, state, String(cause)])),
  );
  await open.pool.transaction(async (connection) => {
    await connection.query(
      'CREATE TEMP TABLE model (id bigint, name text COLLATE "C", score integer) ON COMMIT DROP',
    );
    await connection.query(
      `INSERT INTO model SELECT * FROM jsonb_to_recordset($1) AS r (id bigint, name text, score integer)`,
      [JSON.stringify(expected)],
    );
    const wanted = await connection.query(
      `SELECT upper(name) AS name, score * 2 AS twice FROM model WHERE score > 20
       UNION ALL SELECT name, (count(*) * 1000)::integer FROM model GROUP BY name ORDER BY 1, 2`,
    );
    await until('the view over the table equals the same query over the model', async () => {
      const found = await open.pool.query('SELECT name, twice::integer FROM high ORDER BY 1, 2');
      return JSON.stringify(found.rows) === JSON.stringify(wanted.rows);
    });
  });
}

const HIGH = `CREATE MATERIALIZED VIEW high AS
  SELECT upper(name) AS name, score * 2 AS twice FROM users WHERE score > 20
  UNION ALL SELECT name, count(*) * 1000 FROM users GROUP BY name`;

describeKafka('tables', () => {
  it.each(['UPSERT', 'DEBEZIUM'] as const)('FORMAT %s keeps the last row of each key', async (format) => {
    const seed = testSeed();
    onTestFailed(() => {
      process.stdout.write(`seed ${seed}\n`);
    });
    const random = seeded(seed);
    const partitions = format === 'UPSERT' ? 3 : 1;
    const topic = await newTopic({ partitions });
    const rows = new Map<number, User>();
    const make = (n: number): OutgoingRecord[] =>
      format === 'UPSERT' ? upserts(random, n, rows, partitions) : events(random, n, rows);
    const first = await openTestEngine({ brokers: kafkaBrokers() });
    await produce(topic, make(200));
    await submit(
      first,
      `CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT, score INTEGER)
       WITH (connector = 'kafka', topic = '${topic}') FORMAT ${format} ENCODE JSON; ${HIGH}`,
    );
    expect(first.engine.pipelines().map(({ name }) => name)).toEqual(['users', 'high']);
    // GraphQL serves both alike.
    const served = servedViews(first.engine.catalog);
    expect(served.map(({ name, layout }) => [name, layout.key.length > 0])).toEqual([
      ['users', true],
      ['high', true],
    ]);
    await produce(topic, make(200));
    await compare(first, rows);
    await produce(topic, make(100));
    await first.close();
    await produce(topic, make(300));
    const second = await openTestEngine({ brokers: kafkaBrokers(), databaseUrl: first.databaseUrl });
    await compare(second, rows);
    await expect(submit(second, 'DROP TABLE users')).rejects.toMatchObject({ code: 'DEPENDENT_OBJECTS' });
    await submit(second, 'DROP TABLE users CASCADE');
    expect(second.engine.pipelines()).toEqual([]);
  });

  it('says that a truncation among several partitions has no place', async () => {
    const topic = await newTopic({ partitions: 2 });
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    await submit(
      open,
      `CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT, score INTEGER)
       WITH (connector = 'kafka', topic = '${topic}') FORMAT DEBEZIUM ENCODE JSON`,
    );
    await produce(topic, [{ key: null, value: '{"op":"t"}', partition: 1 }]);
    await until('it has failed', () => open.engine.pipelines()[0]?.state === 'failed');
    expect(open.engine.pipelines()[0]!.cause).toMatchObject({ code: 'TRUNCATE_UNORDERED' });
  });
});
