// What the queries read: sales in four partitions, out of order and sometimes late, and items in two; members by upserts and balances by
// change events, which are set again and again, deleted, and set again. With NULLs, repeated rows and a few keys that most rows have.
// They are declared with the generator and with Kafka as connectors, which the world of the test replaces by logs in memory.

import type { Logs, MemoryRecord } from '../task/memory-input.ts';
import { seededRandom } from '../windows/seeded-random.ts';

/** By name, in the order of their numbers. */
const DECLARATIONS: readonly (readonly [name: string, declaration: string])[] = [
  [
    'sale',
    `CREATE SOURCE sale (id BIGINT NOT NULL, item INTEGER, shop TEXT, price NUMERIC(10,2), paid BOOLEAN, at TIMESTAMPTZ,
  WATERMARK FOR at AS at - INTERVAL '2 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '0') FORMAT PLAIN ENCODE JSON;`,
  ],
  [
    'item',
    `CREATE SOURCE item (id INTEGER NOT NULL, kind TEXT, weight BIGINT)
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '1') FORMAT PLAIN ENCODE JSON;`,
  ],
  [
    'member',
    `CREATE TABLE member (id INTEGER PRIMARY KEY, shop TEXT, level INTEGER, credit NUMERIC(10,2), since TIMESTAMPTZ)
WITH (connector = 'kafka', topic = '2') FORMAT UPSERT ENCODE JSON;`,
  ],
  [
    'balance',
    `CREATE TABLE balance (shop TEXT, kind TEXT, amount BIGINT, PRIMARY KEY (shop, kind))
WITH (connector = 'kafka', topic = '3') FORMAT DEBEZIUM ENCODE JSON;`,
  ],
  [
    'rate',
    `CREATE TABLE rate (shop TEXT PRIMARY KEY, euros NUMERIC(10,2), WATERMARK FOR at AS at - INTERVAL '2 seconds')
INCLUDE TIMESTAMP AS at WITH (connector = 'kafka', topic = '4') FORMAT UPSERT ENCODE JSON;`,
  ],
  [
    'rate_said',
    `CREATE SOURCE rate_said (shop TEXT, euros NUMERIC(10,2), gone BOOLEAN NOT NULL, said TIMESTAMPTZ, seq BIGINT NOT NULL)
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '5') FORMAT PLAIN ENCODE JSON;`,
  ],
];

/** Of those that the queries name. */
export function declarations(queries: string): string {
  return DECLARATIONS.flatMap(([name, declaration]) => (reads(queries, name) ? [declaration] : [])).join(
    '\n',
  );
}

/** The others hold nothing: epochs are cut by what all hold. */
export function onlyRead(queries: string, logs: readonly Logs[]): readonly Logs[] {
  return logs.map((log, n) => (reads(queries, DECLARATIONS[n]![0]) ? log : log.map(() => [])));
}

export function reads(queries: string, name: string): boolean {
  return new RegExp(`\\b(FROM|JOIN|TUMBLE\\(|HOP\\(|CUMULATE\\(|SESSION\\() *${name}\\b|[(]${name}\\b`).test(
    queries,
  );
}

const START = 1_700_000_000_000;

/** By number. */
export function inputs(seed: number, sales: number): readonly Logs[] {
  const dice = new Choices(seed);
  const items = Math.max(20, Math.floor(sales / 10));
  return [
    salesOf(dice, sales, items),
    itemsOf(dice, items),
    members(dice, sales, items),
    balances(dice, Math.floor(sales / 2)),
    ...rates(dice, Math.floor(sales / 5)),
  ];
}

class Choices {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  pick(below: number): number {
    return Math.floor(this.random() * below);
  }

  some<T>(value: T): T | null {
    return this.random() < 0.08 ? null : value;
  }

  shop(): string {
    return `shop ${'é'.repeat(this.pick(2))}${this.pick(12)}`;
  }

  at(n: number): string {
    const late = this.random() < 0.1 ? this.pick(12_000) : this.pick(1500);
    return new Date(START + n * 40 - late).toISOString();
  }
}

function salesOf(dice: Choices, sales: number, items: number): Logs {
  const logs: string[][] = Array.from({ length: 4 }, () => []);
  for (let n = 0; n < sales; n++) {
    const row = {
      id: dice.random() < 0.05 ? dice.pick(n + 1) : n,
      item: dice.some(dice.random() < 0.3 ? dice.pick(3) : dice.pick(items)),
      shop: dice.some(dice.shop()),
      price: dice.some((dice.pick(20_000) - 500) / 100),
      paid: dice.some(dice.random() < 0.7),
      at: dice.random() < 0.02 ? null : dice.at(n),
    };
    logs[dice.pick(4)]!.push(JSON.stringify(row));
  }
  return logs;
}

function itemsOf(dice: Choices, items: number): Logs {
  const logs: string[][] = Array.from({ length: 2 }, () => []);
  for (let id = 0; id < items; id++)
    logs[id % 2]!.push(
      JSON.stringify({ id, kind: dice.some('abcdef'[dice.pick(6)]!), weight: dice.some(dice.pick(40)) }),
    );
  return logs;
}

function members(dice: Choices, records: number, ids: number): Logs {
  const logs: MemoryRecord[][] = Array.from({ length: 3 }, () => []);
  for (let n = 0; n < records; n++) {
    const id = dice.random() < 0.3 ? dice.pick(3) : dice.pick(ids);
    const row = {
      shop: dice.some(dice.shop()),
      level: dice.some(dice.pick(5)),
      credit: dice.some((dice.pick(20_000) - 500) / 100),
      since: dice.some(dice.at(n)),
    };
    const key = dice.random() < 0.5 ? `${id}` : JSON.stringify({ id });
    logs[id % 3]!.push({ key, value: dice.random() < 0.2 ? null : JSON.stringify(row) });
  }
  return logs;
}

function balances(dice: Choices, records: number): Logs {
  const logs: MemoryRecord[][] = Array.from({ length: 2 }, () => []);
  for (let n = 0; n < records; n++) {
    const place = dice.pick(12);
    const key = { shop: `shop ${place}`, kind: 'abc'[dice.pick(3)]! };
    const row = { ...key, amount: dice.some(dice.pick(50) - 10) };
    const event =
      dice.random() < 0.2
        ? { op: 'd', before: row, after: null }
        : { op: 'cru'[dice.pick(3)]!, before: null, after: row };
    const value = dice.random() < 0.3 ? { schema: {}, payload: event } : event;
    logs[place % 2]!.push({
      key: dice.random() < 0.2 ? null : JSON.stringify(key),
      value: JSON.stringify(value),
    });
  }
  return logs;
}

/** As records of a table, and as what each of them says. None is behind the watermark. */
function rates(dice: Choices, records: number): readonly Logs[] {
  const said: MemoryRecord[][] = [[], []];
  const rows: MemoryRecord[][] = [[], []];
  for (let seq = 0; seq < records; seq++) {
    const shop = dice.shop();
    const partition = shop.length % 2;
    const gone = dice.random() < 0.2;
    const euros = dice.some(dice.pick(200) / 100);
    const timestamp = START + seq * 200 - dice.pick(1500);
    said[partition]!.push({
      key: JSON.stringify(shop),
      value: gone ? null : JSON.stringify({ euros }),
      timestamp,
    });
    rows[partition]!.push(
      JSON.stringify({ shop, euros, gone, said: new Date(timestamp).toISOString(), seq }),
    );
  }
  return [said, rows];
}

export function bytesOf(logs: readonly Logs[]): number {
  return logs
    .flat(2)
    .reduce(
      (sum, record) => sum + Buffer.byteLength(typeof record === 'string' ? record : (record.value ?? '')),
      0,
    );
}
