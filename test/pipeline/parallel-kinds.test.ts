// Two tasks in processes of their own for everything that keeps state or writes: tables of upserts and change events, joins, top-N, window
// functions, temporal filters, what follows tables, Kafka and file sinks. A task of each pipeline is killed under way; afterwards every task
// has worked, rows have changed hands, views equal Postgres, and sinks hold what the views say.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFailed } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import type { OutgoingRecord } from '../../src/connectors/kafka/producer.ts';
import { until } from '../integration/eventually.ts';
import { folder } from '../integration/service.ts';
import { newTopic, produce, readTopic } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import type { Random } from '../views/random-rows.ts';
import { pick, seeded } from '../views/random-rows.ts';
import { openTestEngine, submit, verdicts } from './engine-fixture.ts';

const TASKS = 2;
const PARTITIONS = 4;
const ITEMS = 60;

interface Topics {
  readonly sales: string;
  readonly items: string;
  readonly shops: string;
  readonly out: string;
}

const submissions = ({ sales, items, shops, out }: Topics): readonly string[] => [
  `CREATE TABLE items (id BIGINT PRIMARY KEY, kind TEXT, weight BIGINT)
     WITH (connector = 'kafka', topic = '${items}') FORMAT UPSERT ENCODE JSON;`,
  `CREATE TABLE shops (id BIGINT PRIMARY KEY, city TEXT)
     WITH (connector = 'kafka', topic = '${shops}') FORMAT DEBEZIUM ENCODE JSON;`,
  `CREATE SOURCE sales (id BIGINT NOT NULL, item BIGINT, shop BIGINT, price NUMERIC(10,2), at TIMESTAMPTZ,
     WATERMARK FOR at AS at - INTERVAL '1 second')
     WITH (connector = 'kafka', topic = '${sales}', scan.startup.mode = 'earliest', idle_timeout = '300 ms') FORMAT PLAIN ENCODE JSON;
   CREATE MATERIALIZED VIEW dearest AS SELECT item, id, price FROM (
     SELECT item, id, price, row_number() OVER (PARTITION BY item ORDER BY price DESC, id) AS place FROM sales) ranked WHERE place <= 3;
   CREATE MATERIALIZED VIEW running AS SELECT id, shop, sum(price) OVER (PARTITION BY shop ORDER BY id) AS so_far,
     lag(id) OVER (PARTITION BY shop ORDER BY id) AS before FROM sales WHERE item < 20;
   CREATE MATERIALIZED VIEW pairs AS SELECT a.id, b.id AS other FROM sales a JOIN sales b ON a.item = b.item AND a.price < 30 AND b.price > 970;
   CREATE MATERIALIZED VIEW sold_out AS SELECT id, item FROM sales s WHERE NOT EXISTS (SELECT 1 FROM sales t WHERE t.item = s.item AND t.price < 20);
   CREATE MATERIALIZED VIEW recent AS SELECT shop, count(*) AS n FROM sales WHERE at > now() - INTERVAL '4 seconds' GROUP BY shop;
   CREATE MATERIALIZED VIEW per_item AS SELECT item, count(*) AS n, sum(price) AS total FROM sales GROUP BY item;
   CREATE SINK lines AS SELECT id, item, price FROM sales WHERE price < 500 WITH (connector = 'file', path = 'out/lines.jsonl');`,
  `CREATE MATERIALIZED VIEW by_kind AS SELECT i.kind, count(*) AS items, sum(p.n) AS sold, max(i.weight) AS heaviest
     FROM items i LEFT JOIN per_item p ON p.item = i.id GROUP BY i.kind;
   CREATE MATERIALIZED VIEW cities AS SELECT city, count(*) AS shops FROM shops GROUP BY city;`,
  `CREATE SINK totals FROM per_item WITH (connector = 'kafka', topic = '${out}') FORMAT UPSERT ENCODE JSON;`,
];

const VIEWS = [
  'by_kind',
  'cities',
  'dearest',
  'items',
  'pairs',
  'per_item',
  'recent',
  'running',
  'shops',
  'sold_out',
];

/** Records for the three topics, and what the sinks must hold in the end. */
class Input {
  readonly sales: { readonly id: number; readonly item: number; readonly price: number }[] = [];
  private readonly topics: Topics;
  private readonly random: Random;

  constructor(topics: Topics, random: Random) {
    this.topics = topics;
    this.random = random;
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  async produce(n: number): Promise<void> {
    await produce(
      this.topics.sales,
      Array.from({ length: n }, () => this.sale()),
    );
    await produce(
      this.topics.items,
      Array.from({ length: n / 5 }, () => this.item()),
    );
    await produce(
      this.topics.shops,
      Array.from({ length: n / 10 }, () => this.shop()),
    );
  }

  private sale(): OutgoingRecord {
    const sale = { id: this.sales.length, item: this.below(ITEMS), price: this.below(100_000) / 100 };
    this.sales.push(sale);
    const at = new Date(Date.now() - this.below(900)).toISOString();
    return {
      partition: this.below(PARTITIONS),
      value: JSON.stringify({ ...sale, shop: this.below(25), at }),
    };
  }

  private item(): OutgoingRecord {
    const id = this.below(ITEMS);
    const value = JSON.stringify({ kind: pick(this.random, ['a', 'b', 'ç', null]), weight: this.below(100) });
    return { key: String(id), partition: id % TASKS, value: this.random() < 0.25 ? null : value };
  }

  private shop(): OutgoingRecord {
    const id = this.below(25);
    const after = { id, city: pick(this.random, ['Lima', 'Oslo', 'Pune']) };
    const event = this.random() < 0.25 ? { op: 'd', before: { id }, after: null } : { op: 'u', after };
    return { key: JSON.stringify({ id }), partition: id % TASKS, value: JSON.stringify(event) };
  }
}

interface TaskRow {
  readonly pipeline: string;
  readonly task: number;
  /** Rows that left any of its nodes: what it read, and what it made of what others sent. */
  readonly worked: number;
  readonly sent: number;
}

/** Rows of change events, of which one may empty the table, are all kept by the first task: it has nobody to send them to. */
const isFirstOf = (pipeline: string, task: number): boolean => pipeline === 'shops' && task === 0;

async function taskRows(open: OpenEngine): Promise<readonly TaskRow[]> {
  const { rows } = await open.pool.query<TaskRow>(
    `SELECT p.name AS pipeline, t.task::int AS task, t.rows_sent::int AS sent,
            (SELECT sum((n ->> 'rows')::bigint) FROM jsonb_array_elements(t.nodes) n)::int AS worked
       FROM millrace.task_figures t JOIN millrace.pipelines p ON p.id = t.pipeline_id ORDER BY 1, 2`,
  );
  return rows;
}

async function isBehind({ pool }: OpenEngine): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM millrace.changelog_readers r JOIN millrace.view_tables v USING (view_id)
       JOIN millrace.pipelines p ON p.id = v.pipeline_id
      WHERE r.pipeline_id IS NOT NULL AND (r.epoch < p.epoch OR r.loading IS NOT NULL)`,
  );
  return rowCount > 0;
}

async function expectSinks(open: OpenEngine, { sales }: Input, root: string, out: string): Promise<void> {
  const lines = readFileSync(join(root, 'out/lines.jsonl'), 'utf8').trim().split('\n');
  const ids = lines.map((line) => (JSON.parse(line) as { id: number }).id).sort((a, b) => a - b);
  expect(ids).toEqual(sales.flatMap(({ id, price }) => (price < 500 ? [id] : [])));
  const { rows } = await open.pool.query<{ item: string; n: string; total: string }>(
    'SELECT item::text, n::text, total::text FROM per_item p ORDER BY p.item',
  );
  const wanted = rows.map(({ item, n, total }) => ({
    item: Number(item),
    n: Number(n),
    total: Number(total),
  }));
  let found: readonly (typeof wanted)[number][] = [];
  await until(
    'the topic has the rows of the view',
    async () => {
      const last = new Map<string, string>();
      for (const { key, value } of await readTopic(out)) last.set(key!, value!);
      found = [...last.values()]
        .map((value) => JSON.parse(value) as (typeof wanted)[number])
        .sort((x, y) => x.item - y.item);
      return JSON.stringify(found) === JSON.stringify(wanted);
    },
    () => JSON.stringify([found.slice(0, 4), wanted.slice(0, 4), found.length, wanted.length]),
    20_000,
  );
}

describeKafka('two tasks of every kind', () => {
  it('work, exchange rows, die, and equal Postgres', { timeout: 120_000 }, async () => {
    const seed = testSeed();
    onTestFailed(() => void process.stdout.write(`seed ${seed}\n`));
    const topics: Topics = {
      sales: await newTopic({ partitions: PARTITIONS }),
      items: await newTopic({ partitions: TASKS }),
      shops: await newTopic({ partitions: TASKS }),
      out: await newTopic({ partitions: TASKS }),
    };
    const input = new Input(topics, seeded(seed));
    const root = folder('kinds');
    const pids = new Map<string, number>();
    const open = await openTestEngine({
      brokers: kafkaBrokers(),
      fileRoot: root,
      env: { MILLRACE_PARALLELISM: String(TASKS), MILLRACE_ISOLATION: 'process' },
      log: (_level, _message, { pipeline, task, pid }) => {
        if (typeof pid === 'number') pids.set(`p${String(pipeline)} ${String(task)}`, pid);
      },
    });
    await input.produce(600);
    for (const text of submissions(topics)) await submit(open, text);
    const all = open.engine.pipelines();
    const running = (): boolean => all.every(({ runner }) => runner.state === 'running');
    await until('all run', running, undefined, 60_000);
    for (const [i, { id, runner }] of all.entries()) {
      const { task } = runner;
      await input.produce(200);
      process.kill(pids.get(`${id} ${i % TASKS}`)!, 'SIGKILL');
      await until('it has died, and runs again', () => runner.task !== null && runner.task !== task);
    }
    await until('all run', running, undefined, 60_000);
    // Epochs since the last death: what each task does in them is told.
    await input.produce(1000);
    await until('all was read', async () => {
      const { rows } = await open.pool.query<{ n: string }>(
        'SELECT coalesce(sum(n), 0)::text AS n FROM per_item',
      );
      return Number(rows[0]!.n) === input.sales.length;
    });
    let told: readonly TaskRow[] = [];
    await until(
      'every task has worked and sent rows',
      async () => {
        told = await taskRows(open);
        return (
          told.length === all.length * TASKS &&
          told.every(
            ({ pipeline, task, worked, sent }) => worked > 0 && (sent > 0 || isFirstOf(pipeline, task)),
          )
        );
      },
      () => JSON.stringify(told),
      20_000,
    );
    await until('the tables were read', () => all.every(({ runner }) => runner.totals?.lag === 0));
    for (const name of ['MATERIALIZED VIEW per_item', 'TABLE items', 'TABLE shops'])
      await submit(open, `ALTER ${name} PAUSE`);
    await until('all was followed', async () => !(await isBehind(open)));
    await submit(open, 'ALTER MATERIALIZED VIEW by_kind PAUSE');
    await expectSinks(open, input, root, topics.out);
    const found = await verdicts(open);
    expect([...found.keys()].sort()).toEqual(VIEWS);
    for (const [view, { equal, differences, rows }] of found) {
      expect(differences, view).toEqual([]);
      expect(equal, view).toBe(true);
      if (view !== 'recent') expect(rows, view).toBeGreaterThan(0);
    }
  });
});
