// Orders in a topic, and a view of them that is replaced.

import type { OpenEngine } from '../../src/cli/open-engine.ts';
import type { Answer } from '../../src/pipeline/answer.ts';
import { until } from '../integration/eventually.ts';
import { newTopic, produce } from '../kafka/live.ts';

export interface Totals {
  readonly n: number;
  readonly total: number;
}

/** What was produced, and what it comes to by item. */
export class Orders {
  readonly topic: string;
  readonly byItem = new Map<string, Totals>();
  produced = 0;

  private constructor(topic: string) {
    this.topic = topic;
  }

  static async open(partitions = 2): Promise<Orders> {
    return new Orders(await newTopic({ partitions }));
  }

  async produce(records: number, partitions = 2): Promise<void> {
    const sent = Array.from({ length: records }, () => {
      const id = this.produced++;
      const order = { id, item: `item ${id % 10}`, amount: (id * 7919) % 1000 };
      const { n, total } = this.byItem.get(order.item) ?? { n: 0, total: 0 };
      this.byItem.set(order.item, { n: n + 1, total: total + order.amount });
      return { value: JSON.stringify(order), partition: id % partitions };
    });
    await produce(this.topic, sent);
  }

  /** Of the source `orders`. */
  source(name = 'orders', more = ''): string {
    return `CREATE SOURCE ${name} (id BIGINT, item TEXT, amount BIGINT) WITH (connector = 'kafka', topic = '${this.topic}'${more}) FORMAT PLAIN ENCODE JSON;`;
  }
}

export const TOTALS = 'MATERIALIZED VIEW totals AS SELECT item, count(*) AS n FROM orders GROUP BY item';
export const MORE_TOTALS =
  'MATERIALIZED VIEW totals AS SELECT item, count(*) AS n, sum(amount) AS total FROM orders GROUP BY item';

export async function ask(open: OpenEngine, sql: string): Promise<readonly Answer[]> {
  return open.engine.submit(sql, { requester: 'test' });
}

/** All rows of a view, as psql shows them, by their texts. */
export async function rowsOf(open: OpenEngine, view: string): Promise<readonly string[]> {
  const { rows } = await open.pool.query<{ line: string }>(
    `SELECT v::text AS line FROM ${view} v ORDER BY v::text COLLATE "C"`,
  );
  return rows.map(({ line }) => line);
}

export async function columnsOf(open: OpenEngine, view: string): Promise<readonly string[]> {
  const { rows } = await open.pool.query<{ name: string }>(
    `SELECT attname::text AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
    [view],
  );
  return rows.map(({ name }) => name);
}

export function plainTotals(orders: Orders): readonly string[] {
  return [...orders.byItem].map(([item, { n }]) => `("${item}",${n})`).toSorted();
}

export function fullTotals(orders: Orders): readonly string[] {
  return [...orders.byItem].map(([item, { n, total }]) => `("${item}",${n},${total})`).toSorted();
}

export async function untilRows(
  open: OpenEngine,
  view: string,
  wanted: () => readonly string[],
): Promise<void> {
  let last: readonly string[] = [];
  await until(
    `the rows of ${view}`,
    async () => {
      last = await rowsOf(open, view);
      return JSON.stringify(last) === JSON.stringify(wanted());
    },
    () => `${last.join(' ')}\nwanted ${wanted().join(' ')}`,
    30_000,
  );
}

/** None waits for its swap. */
export async function untilSwapped(open: OpenEngine): Promise<void> {
  let last = '';
  await until(
    'the swap',
    async () => {
      const { rows } = await open.pool.query<{ state: string; waiting: string | null }>(
        'SELECT state, waiting FROM millrace.replacements',
      );
      last = JSON.stringify(rows);
      return rows.every(({ state }) => state === 'kept');
    },
    () => last,
    30_000,
  );
}
