// The number of tasks and their hosts change under way, and tasks die: with state, late rows and real topics, the views are what Postgres
// computes over the same records.

import { expect, it } from 'vitest';
import type { Isolation } from '../../src/catalog/task-options.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { until } from '../integration/eventually.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { openTestEngine, submit, verdicts } from './engine-fixture.ts';

const PARTITIONS = 5;

function submission(topic: string): string {
  return `
CREATE SOURCE orders (id BIGINT, customer INTEGER, item TEXT, price NUMERIC(12,2), at TIMESTAMPTZ,
  WATERMARK FOR at AS at - INTERVAL '1 second')
WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest', idle_timeout = '300 ms') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW per_customer AS SELECT customer, count(*) AS n, sum(price) AS total, max(item) AS last FROM orders GROUP BY customer;
CREATE MATERIALIZED VIEW per_item AS SELECT item, count(*) AS n, min(price) AS least FROM orders GROUP BY item;
CREATE MATERIALIZED VIEW big AS SELECT n AS orders, total FROM per_customer WHERE n > 3;
CREATE MATERIALIZED VIEW whole AS SELECT count(*) AS n, sum(price) AS total FROM orders;
CREATE MATERIALIZED VIEW windows AS
  SELECT customer, window_end, count(*) AS n FROM TUMBLE(orders, at, INTERVAL '5 seconds')
   GROUP BY customer, window_start, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW pairs AS
  SELECT a.id, b.item FROM orders a JOIN orders b ON a.customer = b.customer AND a.price < 20 AND b.price > 980;
CREATE MATERIALIZED VIEW cheap AS SELECT id, item FROM orders WHERE price < 100;`;
}

const VIEWS = 7;

/** Orders whose times run on together, now and then a few seconds behind. */
class Orders {
  private id = 0;
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  private next(below: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return (this.state >>> 8) % below;
  }

  records(count: number) {
    return Array.from({ length: count }, () => {
      const id = this.id++;
      const at = 1_700_000_000_000 + id * 10 - (this.next(20) === 0 ? this.next(8000) : this.next(500));
      const value = {
        id,
        customer: this.next(400),
        item: `item ${this.next(90)}`,
        price: this.next(100_000) / 100,
        at: new Date(at).toISOString(),
      };
      return { partition: this.next(PARTITIONS), value: JSON.stringify(value) };
    });
  }
}

/** The number of tasks that wrote the state of the one pipeline, and the segments of it that each of them has. */
async function manifest(open: OpenEngine): Promise<{ tasks: number; writers: readonly number[] }> {
  const { rows } = await open.pool.query<{ tasks: number; writers: number[] | null }>(
    `SELECT p.tasks, (SELECT array_agg(DISTINCT s.task ORDER BY s.task) FROM millrace.segments s WHERE s.pipeline_id = p.id) AS writers
       FROM millrace.pipelines p`,
  );
  return { tasks: rows[0]!.tasks, writers: rows[0]!.writers ?? [] };
}

async function expectEqual(open: OpenEngine): Promise<void> {
  const found = await verdicts(open);
  expect([...found.keys()]).toHaveLength(VIEWS);
  for (const [view, { equal, rows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(equal, view).toBe(true);
    expect(rows, view).toBeGreaterThan(0);
  }
}

async function lateRows(open: OpenEngine): Promise<number> {
  const { rows } = await open.pool.query<{ n: string }>('SELECT count(*)::text AS n FROM millrace.late_rows');
  return Number(rows[0]!.n);
}

describeKafka('tasks', () => {
  it('go on as more and as fewer of them, in other hosts, with the state that there is', async () => {
    const topic = await newTopic({ partitions: PARTITIONS });
    const orders = new Orders(17);
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    await submit(open, submission(topic));
    const { runner } = open.engine.pipelines()[0]!;
    let rowsExchanged = 0;
    const read = async (): Promise<void> => {
      const before = runner.totals?.rowsIn ?? 0;
      await produce(topic, orders.records(1500));
      await until('the records were read', () => (runner.totals?.rowsIn ?? 0) >= before + 1500);
      for (const rows of runner.totals!.rowsByTask) expect(rows).toBeGreaterThan(0);
      rowsExchanged += runner.totals!.rowsExchanged;
    };
    await until('it runs', () => runner.state === 'running');
    await read();
    const stages: readonly [number, Isolation][] = [
      [3, 'inline'],
      [2, 'thread'],
      [4, 'inline'],
      [1, 'inline'],
      [2, 'process'],
    ];
    for (const [parallelism, isolation] of stages) {
      await submit(
        open,
        `ALTER MATERIALIZED VIEW per_item SET (parallelism = ${parallelism}, isolation = '${isolation}')`,
      );
      await until('it runs', () => runner.state === 'running' && (runner.totals?.epochs ?? 0) > 0);
      await until('the state was written anew', async () => (await manifest(open)).tasks === parallelism);
      expect((await manifest(open)).writers).toEqual(Array.from({ length: parallelism }, (_, task) => task));
      await read();
    }
    await submit(open, 'ALTER MATERIALIZED VIEW per_item PAUSE');
    await expectEqual(open);
    expect(await lateRows(open)).toBeGreaterThan(50);
    expect(rowsExchanged).toBeGreaterThan(1000);
  }, 90_000);

  it('are killed with their process: their pipeline goes on from its last epoch, the other one does not notice', async () => {
    const topics = [await newTopic({ partitions: PARTITIONS }), await newTopic({ partitions: PARTITIONS })];
    const orders = topics.map((_, i) => new Orders(i + 3));
    const pids = new Map<string, number>();
    const open = await openTestEngine({
      brokers: kafkaBrokers(),
      env: { MILLRACE_PARALLELISM: '2', MILLRACE_ISOLATION: 'process' },
      log: (_level, _message, { pipeline, task, pid }) => {
        if (typeof pid === 'number') pids.set(`${String(pipeline)} ${String(task)}`, pid);
      },
    });
    await submit(open, submission(topics[0]!));
    await submit(
      open,
      submission(topics[1]!).replaceAll(/\b(orders|per_\w+|big|whole|windows|pairs|cheap)\b/g, '$1_too'),
    );
    const [victim, other] = open.engine.pipelines().map(({ runner }) => runner);
    const victimId = open.engine.pipelines()[0]!.id.slice(1);
    await until('both run', () => victim!.state === 'running' && other!.state === 'running');
    const untouched = other!.task;
    for (let kill = 0; kill < 2; kill++) {
      await Promise.all(topics.map((topic, i) => produce(topic, orders[i]!.records(2000))));
      await until('rows were committed', () => (victim!.totals?.rowsOut ?? 0) > 0);
      const task = victim!.task;
      process.kill(pids.get(`${victimId} ${kill}`)!, 'SIGKILL');
      await until('it has died, and runs again', () => victim!.task !== null && victim!.task !== task);
      expect(victim!.task!.task).not.toBe(task!.task);
    }
    expect(other!.task).toBe(untouched);
    await until('everything was read', () => victim!.totals!.lag + other!.totals!.lag === 0);
    await submit(open, 'ALTER MATERIALIZED VIEW per_item PAUSE; ALTER MATERIALIZED VIEW per_item_too PAUSE');
    const found = await verdicts(open);
    expect(found.size).toBe(2 * VIEWS);
    for (const [view, { equal, differences }] of found)
      expect(equal, `${view} ${differences.join()}`).toBe(true);
  }, 90_000);
});
