// FOR SYSTEM_TIME AS OF over real topics, with two tasks and the service stopped in between: each order has the rate of its time, as
// Postgres finds it among all rates that there were.

import { expect, it } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import type { OutgoingRecord } from '../../src/connectors/kafka/producer.ts';
import { until } from '../integration/eventually.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import { seeded } from '../views/random-rows.ts';
import { openTestEngine, submit } from './engine-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const CURRENCIES = ['chf', 'gbp', 'usd', 'xau'];

interface Order {
  readonly id: number;
  readonly currency: string;
  readonly at: string;
}

interface Version {
  readonly currency: string;
  /** null: the currency is gone. */
  readonly rate: number | null;
  readonly at: string;
  readonly seq: number;
}

/** What both topics get; the clock goes on from call to call. */
class Market {
  readonly orders: Order[] = [];
  readonly versions: Version[] = [];
  private readonly random: () => number;
  private now = START;

  constructor(random: () => number) {
    this.random = random;
  }

  next(n: number): { readonly orders: OutgoingRecord[]; readonly rates: OutgoingRecord[] } {
    const orders: OutgoingRecord[] = [];
    const rates: OutgoingRecord[] = [];
    for (let i = 0; i < n; i++) {
      this.now += Math.floor(this.random() * 300);
      const which = Math.floor(this.random() * CURRENCIES.length);
      const currency = CURRENCIES[which]!;
      const at = new Date(this.now).toISOString();
      if (this.random() < 0.6) {
        const order = { id: this.orders.length, currency, at };
        this.orders.push(order);
        orders.push({ value: JSON.stringify(order), partition: i % 3 });
        continue;
      }
      const rate = this.random() < 0.2 ? null : Math.floor(this.random() * 1000);
      this.versions.push({ currency, rate, at, seq: this.versions.length });
      const value = rate === null ? null : JSON.stringify({ currency, rate });
      rates.push({ key: JSON.stringify(currency), value, partition: which % 2, timestamp: this.now });
    }
    return { orders, rates };
  }
}

function latestOf({ versions }: Market): readonly object[] {
  const latest = new Map(versions.map(({ currency, rate }) => [currency, rate]));
  return CURRENCIES.flatMap((currency) => {
    const rate = latest.get(currency) ?? null;
    return rate === null ? [] : [{ currency, rate }];
  });
}

async function compare(open: OpenEngine, { orders, versions }: Market): Promise<void> {
  const { rows: wanted } = await open.pool.query<{ row: string }>(
    `SELECT concat_ws(' ', o.id, v.rate) AS row FROM jsonb_to_recordset($1) AS o (id bigint, currency text, at timestamptz)
       LEFT JOIN LATERAL (
         SELECT * FROM jsonb_to_recordset($2) AS v (currency text, rate integer, at timestamptz, seq integer)
         WHERE v.currency = o.currency AND v.at <= o.at ORDER BY v.at DESC, v.seq DESC LIMIT 1
       ) v ON true ORDER BY 1`,
    [JSON.stringify(orders), JSON.stringify(versions)],
  );
  await until(
    'each order has the rate of its time',
    async () => {
      const found = await open.pool.query(`SELECT concat_ws(' ', id, rate) AS row FROM rated ORDER BY 1`);
      return JSON.stringify(found.rows) === JSON.stringify(wanted);
    },
    () =>
      JSON.stringify(open.engine.pipelines().map(({ name, state, cause }) => [name, state, String(cause)])),
  );
}

describeKafka('temporal joins', () => {
  it('find the version of each time, also after a restart', async () => {
    const market = new Market(seeded(testSeed()));
    const [orders, rates] = [await newTopic({ partitions: 3 }), await newTopic({ partitions: 2 })];
    const send = async (n: number): Promise<void> => {
      const made = market.next(n);
      await produce(rates, made.rates);
      await produce(orders, made.orders);
    };
    const first = await openTestEngine({ brokers: kafkaBrokers() });
    await send(150);
    await submit(
      first,
      `CREATE SOURCE orders (id BIGINT, currency TEXT, at TIMESTAMPTZ, WATERMARK FOR at AS at - INTERVAL '1 hour')
       WITH (connector = 'kafka', topic = '${orders}') FORMAT PLAIN ENCODE JSON;
       CREATE TABLE rates (currency TEXT PRIMARY KEY, rate INTEGER, WATERMARK FOR at AS at - INTERVAL '1 hour')
       INCLUDE TIMESTAMP AS at WITH (connector = 'kafka', topic = '${rates}') FORMAT UPSERT ENCODE JSON;
       CREATE MATERIALIZED VIEW rated AS
       SELECT o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.at AS r ON r.currency = o.currency
       WITH (parallelism = 2);`,
    );
    await send(150);
    await compare(first, market);
    await until('the table itself has the latest rows only', async () => {
      const { rows } = await first.pool.query('SELECT currency, rate FROM rates ORDER BY currency');
      return JSON.stringify(rows) === JSON.stringify(latestOf(market));
    });
    await send(50);
    await first.close();
    await send(150);
    const second = await openTestEngine({ brokers: kafkaBrokers(), databaseUrl: first.databaseUrl });
    await compare(second, market);
    await expect(submit(second, 'DROP TABLE rates')).rejects.toMatchObject({ code: 'DEPENDENT_OBJECTS' });
  }, 90_000);
});
