// Joins whose condition bounds the time between rows, against Postgres: two sources that run apart, rows out of order, restarts; every
// kind of join in every spelling, while rows change and on window close; and that state does not grow.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestampToText } from '../../src/data/time-text.ts';
import { testSeed } from '../setup/seed.ts';
import { Judge } from './judge.ts';
import { seededRandom } from './seeded-random.ts';
import { Stream } from './stream.ts';
import type { Row } from './view-run.ts';
import { ViewRun } from './view-run.ts';

const SOURCES = ['a', 'b']
  .map(
    (name) => `CREATE SOURCE ${name} (k TEXT, v BIGINT, ts TIMESTAMPTZ, until TIMESTAMPTZ,
  WATERMARK FOR ts AS ts - INTERVAL '5 seconds')
WITH (connector = 'kafka', topic = '${name}') FORMAT PLAIN ENCODE JSON;`,
  )
  .join('\n');

const AROUND = `b.ts BETWEEN a.ts - INTERVAL '3 seconds' AND a.ts + INTERVAL '4 seconds'`;
const windowOf = (source: string, where = ''): string =>
  `(SELECT k, window_start, window_end, count(*) AS n FROM TUMBLE(${source}, ts, INTERVAL '5 seconds') ${where} GROUP BY k, window_start, window_end)`;

/** A row that cannot match is final when it comes, not when its window closes on both sides. */
const KEYED = 'WHERE k IS NOT NULL';

/** State of both sides is freed. */
const FREED = [
  ...['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'].flatMap((join) => [
    `SELECT a.k, a.v, a.ts, b.v AS w, b.ts AS at FROM a ${join} b ON a.k = b.k AND ${AROUND}`,
    `SELECT a.v, b.v AS w, b.ts FROM a ${join} b ON a.k = b.k AND a.v < b.v AND a.ts - b.ts < INTERVAL '2 seconds' AND b.ts - a.ts <= INTERVAL '0.5 seconds'`,
    `SELECT a.k, a.v, b.v AS w FROM TUMBLE(a, ts, INTERVAL '5 seconds') a ${join} TUMBLE(b, ts, INTERVAL '5 seconds') b ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end`,
    `SELECT k, window_start, window_end, x.n, y.n AS m FROM ${windowOf('a')} x ${join} ${windowOf('b')} y USING (k, window_start, window_end)`,
  ]),
  `SELECT a.k, b.v FROM a, b WHERE a.k = b.k AND a.ts > b.ts AND INTERVAL '1 second' + b.ts + INTERVAL '1 second' >= a.ts`,
  `SELECT a.v, b.v AS w, a.until FROM a LEFT JOIN b ON b.k = a.k AND b.ts >= a.ts AND b.ts < a.until`,
  `SELECT x.v, y.v AS w, x.ts FROM a x JOIN a y ON x.k = y.k AND x.ts = y.ts`,
  `SELECT a.k, a.v, a.ts FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND ${AROUND})`,
  `SELECT a.k, a.v, a.ts FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND ${AROUND})`,
  `SELECT a.v, b.v AS w, c.v AS u FROM a JOIN b ON a.k = b.k AND ${AROUND} LEFT JOIN a c ON c.k = b.k AND c.ts BETWEEN a.ts AND a.ts + INTERVAL '1 second'`,
  `SELECT window_start, count(*), sum(w) FROM TUMBLE((SELECT b.ts AS t, b.v AS w FROM a JOIN b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '2 seconds'), t, INTERVAL '5 seconds') GROUP BY window_start, window_end`,
  `SELECT x.k, x.n, b.v FROM ${windowOf('a')} x JOIN b ON b.k = x.k AND b.ts >= x.window_end AND b.ts < x.window_end + INTERVAL '5 seconds'`,
];

/** Of one side, or of none. */
const KEPT = [
  `SELECT a.k, a.v, b.v AS w FROM a LEFT JOIN b ON a.k = b.k AND b.ts <= a.ts`,
  `SELECT x.k, x.n, b.v FROM ${windowOf('a')} x LEFT JOIN b ON b.k = x.k AND b.v > 7`,
  `SELECT a.v, m.latest FROM a FULL JOIN (SELECT k, max(ts) AS latest FROM b GROUP BY k) m ON m.k = a.k AND m.latest BETWEEN a.ts - INTERVAL '2 seconds' AND a.ts`,
  `SELECT a.k, a.v, b.v AS w FROM a JOIN b ON a.k = b.k AND b.until BETWEEN a.ts AND a.ts + INTERVAL '1 second'`,
];

/** With EMIT ON WINDOW CLOSE, and what Postgres is asked instead: a row without partner waits until W (the
 * lowest watermark; WA is that of `a`) has passed its last one. */
const ON_CLOSE: readonly (readonly [query: string, oracle: string | null])[] = [
  [`SELECT a.v, b.v AS w FROM a JOIN b ON a.k = b.k AND ${AROUND}`, null],
  [
    `SELECT a.v, b.v AS w FROM a LEFT JOIN b ON a.k = b.k AND ${AROUND}`,
    `SELECT a.v, b.v AS w FROM a LEFT JOIN b ON a.k = b.k AND ${AROUND} WHERE b.ts IS NOT NULL OR a.k IS NULL OR a.ts IS NULL OR a.ts + INTERVAL '4 seconds' < W`,
  ],
  [
    `SELECT a.v, b.v AS w FROM a RIGHT JOIN b ON a.k = b.k AND ${AROUND}`,
    `SELECT a.v, b.v AS w FROM a RIGHT JOIN b ON a.k = b.k AND ${AROUND} WHERE a.ts IS NOT NULL OR b.k IS NULL OR b.ts IS NULL OR b.ts + INTERVAL '3 seconds' < W`,
  ],
  [
    `SELECT a.v, b.v AS w FROM a FULL JOIN b ON a.k = b.k AND ${AROUND}`,
    `SELECT a.v, b.v AS w FROM a FULL JOIN b ON a.k = b.k AND ${AROUND} WHERE (b.ts IS NOT NULL OR a.k IS NULL OR a.ts IS NULL OR a.ts + INTERVAL '4 seconds' < W) AND (a.ts IS NOT NULL OR b.k IS NULL OR b.ts IS NULL OR b.ts + INTERVAL '3 seconds' < W)`,
  ],
  [
    `SELECT a.v FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE a.k = b.k AND ${AROUND})`,
    `SELECT a.v FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE a.k = b.k AND ${AROUND}) AND (a.k IS NULL OR a.ts IS NULL OR a.ts + INTERVAL '4 seconds' < W)`,
  ],
  ...['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'].map(
    (join) =>
      [
        `SELECT k, window_start, window_end, x.n, y.n AS m FROM ${windowOf('a', KEYED)} x ${join} ${windowOf('b', KEYED)} y USING (k, window_start, window_end)`,
        null,
      ] as const,
  ),
  [
    `SELECT x.k, x.n, b.v FROM ${windowOf('a')} x JOIN b ON b.k = x.k AND b.v > 5`,
    `SELECT x.k, x.n, b.v FROM (SELECT k, count(*) AS n FROM (SELECT k, date_bin('5 seconds', ts, 'epoch') + '5 seconds' AS e FROM a) t WHERE e <= WA GROUP BY k, e) x JOIN b ON b.k = x.k AND b.v > 5`,
  ],
  [
    `SELECT window_start, window_end, count(*), sum(w) FROM TUMBLE((SELECT b.ts AS t, b.v AS w FROM a JOIN b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '2 seconds'), t, INTERVAL '5 seconds') GROUP BY window_start, window_end`,
    null,
  ],
];

const SECOND = 1_000_000;

let judge: Judge;
beforeAll(async () => {
  judge = await Judge.open();
});
afterAll(() => judge.close());

interface Case {
  readonly query: string;
  readonly onClose: boolean;
  /** For Postgres, where it is not the query itself. */
  readonly oracle: string | null;
}

async function compare({ query, onClose, oracle }: Case, seed: number): Promise<void> {
  const next = seededRandom(seed);
  const sql = `${SOURCES} CREATE MATERIALIZED VIEW v AS ${query}${onClose ? ' EMIT ON WINDOW CLOSE' : ''};`;
  const run = new ViewRun(sql, { optimize: next() < 0.7 });
  const streams = new Map([
    ['a', new Stream(next)],
    ['b', new Stream(next)],
  ]);
  const read = new Set([/\bb\b/.test(query) ? 'b' : 'a', 'a']);
  for (let epoch = 0; epoch < 24; epoch++) {
    for (const name of read) if (next() < 0.7) run.push(streams.get(name)!.rows(), name);
    const marks = new Map([...read].map((name) => [name, streams.get(name)!.watermark]));
    run.endEpoch(marks);
    if (next() < 0.2) await run.restart();
    if (epoch % 8 !== 7) continue;
    for (const [name, { all }] of streams) await judge.load(sql, all, name);
    const lowest = [...marks.values()].reduce((x, y) => (x === null || y === null ? null : x < y ? x : y))!;
    const through = timestampToText(lowest, '+00');
    const ofA = timestampToText(marks.get('a')!, '+00');
    const expected =
      oracle === null
        ? await judge.rows(sql, onClose ? { closedThrough: through } : {})
        : await judge.rowsOf(
            oracle
              .replaceAll(/\bW\b/g, `'${through}'::timestamptz`)
              .replaceAll(/\bWA\b/g, `'${ofA}'::timestamptz`),
            columnsOf(sql),
          );
    expect(run.rows(), `epoch ${epoch}`).toEqual(expected);
  }
  expect(run.weights.size).toBeGreaterThan(0);
}

function columnsOf(sql: string): number {
  const view = new ViewRun(sql).graph.nodes.find((node) => node.kind === 'materialize');
  return view?.kind === 'materialize' ? view.visible : 0;
}

const seed = testSeed();
describe(`as Postgres has them (SEED=${seed})`, () => {
  it.each([...FREED, ...KEPT])('%s', (query) => compare({ query, onClose: false, oracle: null }, seed));
  it.each(ON_CLOSE)('%s EMIT ON WINDOW CLOSE', (query, oracle) =>
    compare({ query, onClose: true, oracle }, seed),
  );
});

const CLOSED = ON_CLOSE.map(([query]) => query).filter((query) => !query.includes('b.v > 5'));

it.each([...FREED, ...CLOSED.map((query) => `${query} EMIT ON WINDOW CLOSE`)])(
  'the state does not grow: %s',
  (query) => {
    const next = seededRandom(1);
    const run = new ViewRun(`${SOURCES} CREATE MATERIALIZED VIEW v AS ${query};`);
    const keys = [0, 0, 0];
    for (let epoch = 0; epoch < 240; epoch++) {
      const now = epoch * SECOND;
      for (const name of /\bb\b/.test(query) ? ['a', 'b'] : ['a']) {
        const rows = Array.from({ length: 12 }, (): Row => {
          const ts = BigInt(now + Math.floor(next() * 10) * 100_000);
          const k = `key ${Math.floor(epoch / 5)} ${Math.floor(next() * 3)}`;
          return { k, v: BigInt(Math.floor(next() * 9)), ts, until: ts + 3_000_000n };
        });
        run.push(rows, name);
      }
      run.endEpoch(BigInt(now));
      keys[Math.floor(epoch / 80)] = Math.max(keys[Math.floor(epoch / 80)]!, run.stateKeys());
    }
    expect(keys[0]).toBeGreaterThan(0);
    expect(keys[2]).toBeLessThanOrEqual(keys[0]! * 1.2);
    run.endEpoch(2n ** 63n - 1n);
    expect(run.stateKeys()).toBe(0);
  },
);
