// As-of joins against Postgres, which is asked for the nearest row by LATERAL … ORDER BY … LIMIT 1: two sources that run apart, rows out
// of order and at equal times, changing inputs, restarts; while rows change and on window close; and that state does not grow.

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
    (
      name,
    ) => `CREATE SOURCE ${name} (n BIGINT, k TEXT, v BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts - INTERVAL '5 seconds')
WITH (connector = 'kafka', topic = '${name}') FORMAT PLAIN ENCODE JSON;`,
  )
  .join('\n');

/** `n` counts the records of a source, as their offsets do, by which the last one of several at one time is the nearest. */
const nearest = (from: string, where: string, order: string): string =>
  `LATERAL (SELECT * FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT 1)`;

interface Case {
  readonly query: string;
  readonly oracle: string;
  readonly freed: boolean;
  readonly closes: boolean;
}

const plain = (join: string): readonly Case[] =>
  [
    { on: 'a.ts >= b.ts', where: 'b.ts <= a.ts', order: 'b.ts DESC, b.n DESC', freed: true },
    { on: 'b.ts < a.ts', where: 'b.ts < a.ts', order: 'b.ts DESC, b.n DESC', freed: true },
    { on: 'a.ts <= b.ts', where: 'b.ts >= a.ts', order: 'b.ts, b.n', freed: false },
    { on: 'b.ts > a.ts', where: 'b.ts > a.ts', order: 'b.ts, b.n', freed: false },
  ].map(({ on, where, order, freed }) => ({
    query: `SELECT a.n, a.k, b.v, b.n AS m, a.ts FROM a ASOF ${join} b ON a.k = b.k AND ${on}`,
    oracle: `SELECT a.n, a.k, b.v, b.n AS m, a.ts FROM a ${join} ${nearest('b', `b.k = a.k AND ${where}`, order)} b ON true`,
    freed,
    closes: freed,
  }));

const BEST = '(SELECT k, ts, max(v) AS v, count(*) AS c FROM b GROUP BY k, ts) b';
const CASES: readonly Case[] = [
  ...['JOIN', 'LEFT JOIN'].flatMap(plain),
  {
    query: `SELECT a.n, b.n AS m FROM a ASOF LEFT JOIN b ON a.k IS NOT DISTINCT FROM b.k AND a.v = b.v AND a.v * 2 >= b.n - 5`,
    oracle: `SELECT a.n, b.n AS m FROM a LEFT JOIN ${nearest('b', 'a.k IS NOT DISTINCT FROM b.k AND a.v = b.v AND a.v * 2 >= b.n - 5', 'b.n DESC')} b ON true`,
    freed: false,
    closes: false,
  },
  {
    query: `SELECT a.n, b.v, b.c FROM a ASOF JOIN ${BEST} ON a.ts >= b.ts AND a.k = b.k WHERE a.v > 3 AND b.c < 2`,
    oracle: `SELECT a.n, b.v, b.c FROM a JOIN ${nearest(BEST, 'b.k = a.k AND b.ts <= a.ts', 'b.ts DESC')} b ON true WHERE a.v > 3 AND b.c < 2`,
    freed: false,
    closes: false,
  },
  {
    query: `SELECT x.k, x.ts, x.c, b.n FROM (SELECT k, ts, count(*) AS c FROM a GROUP BY k, ts) x ASOF LEFT JOIN b ON x.k = b.k AND x.ts > b.ts`,
    oracle: `SELECT x.k, x.ts, x.c, b.n FROM (SELECT k, ts, count(*) AS c FROM a GROUP BY k, ts) x LEFT JOIN ${nearest('b', 'b.k = x.k AND b.ts < x.ts', 'b.ts DESC, b.n DESC')} b ON true`,
    freed: false,
    closes: false,
  },
  {
    query: `SELECT m.k, m.latest, b.n FROM (SELECT k, max(ts) AS latest FROM a GROUP BY k) m ASOF JOIN ${BEST.replace('count(*) AS c', 'min(n) AS n')} ON m.latest >= b.ts AND m.k = b.k`,
    oracle: `SELECT m.k, m.latest, b.n FROM (SELECT k, max(ts) AS latest FROM a GROUP BY k) m JOIN ${nearest(BEST.replace('count(*) AS c', 'min(n) AS n'), 'b.k = m.k AND b.ts <= m.latest', 'b.ts DESC')} b ON true`,
    freed: false,
    closes: false,
  },
  {
    query: `SELECT window_end, count(*), sum(w) FROM TUMBLE((SELECT a.ts, b.v AS w FROM a ASOF JOIN b ON a.k = b.k AND a.ts >= b.ts), ts, INTERVAL '5 seconds') GROUP BY window_end`,
    oracle: `SELECT e, count(*), sum(w) FROM (SELECT date_bin('5 seconds', a.ts, 'epoch') + '5 seconds' AS e, b.v AS w FROM a JOIN ${nearest('b', 'b.k = a.k AND b.ts <= a.ts', 'b.ts DESC, b.n DESC')} b ON true) t GROUP BY e`,
    freed: true,
    closes: false,
  },
];

let judge: Judge;
beforeAll(async () => {
  judge = await Judge.open();
});
afterAll(() => judge.close());

function widthOf(run: ViewRun): number {
  const view = run.graph.nodes.find((node) => node.kind === 'materialize');
  return view?.kind === 'materialize' ? view.visible : 0;
}

async function compare({ query, oracle }: Case, onClose: boolean, seed: number): Promise<void> {
  const next = seededRandom(seed);
  const sql = `${SOURCES} CREATE MATERIALIZED VIEW v AS ${query}${onClose ? ' EMIT ON WINDOW CLOSE' : ''};`;
  const run = new ViewRun(sql, { optimize: next() < 0.7 });
  const streams = new Map(['a', 'b'].map((name) => [name, new Stream(next)]));
  for (let epoch = 0; epoch < 24; epoch++) {
    for (const [name, stream] of streams) if (next() < 0.7) run.push(stream.rows(), name);
    const marks = new Map([...streams].map(([name, { watermark }]) => [name, watermark]));
    run.endEpoch(marks);
    if (next() < 0.2) await run.restart();
    if (epoch % 8 !== 7) continue;
    for (const [name, { all }] of streams) await judge.load(sql, all, name);
    const [a, b] = [marks.get('a')!, marks.get('b')!];
    const through = timestampToText(a < b ? a : b, '+00');
    // What matches nothing is given at once.
    const closed = `${oracle} WHERE a.ts IS NULL OR a.k IS NULL OR a.ts < '${through}'`;
    expect(run.rows(), `epoch ${epoch}`).toEqual(await judge.rowsOf(onClose ? closed : oracle, widthOf(run)));
  }
  expect(run.weights.size).toBeGreaterThan(0);
}

const seed = testSeed();
describe(`as Postgres has them (SEED=${seed})`, () => {
  it.each(CASES.map((one) => [one.query, one] as const))('%s', (_, one) => compare(one, false, seed));
  it.each(CASES.filter(({ closes }) => closes).map((one) => [one.query, one] as const))(
    '%s EMIT ON WINDOW CLOSE',
    (_, one) => compare(one, true, seed),
  );
});

const row = (n: bigint, ts: bigint): Row => ({ n, k: 'x', v: null, ts });

it('a row at the watermark waits for a right row of its very time', () => {
  const query = 'SELECT a.n, b.n AS m FROM a ASOF LEFT JOIN b ON a.k = b.k AND a.ts >= b.ts';
  const run = new ViewRun(`${SOURCES} CREATE MATERIALIZED VIEW v AS ${query} EMIT ON WINDOW CLOSE;`);
  const at = BigInt(1_700_000_000 * SECOND);
  run.push([row(0n, at)], 'a');
  run.endEpoch(at);
  expect(run.rows()).toEqual([]);
  run.push([row(0n, at)], 'b');
  run.endEpoch(at + 1n);
  expect(run.rows()).toEqual(['0 | 0']);
});

it.each([
  ['a.ts >= b.ts', ['0 | NULL', '1 | 0', '2 | 0']],
  ['a.ts > b.ts', ['0 | NULL', '1 | NULL', '2 | 0']],
  ['a.ts <= b.ts', ['0 | 0', '1 | 0', '2 | NULL']],
  ['a.ts < b.ts', ['0 | 0', '1 | NULL', '2 | NULL']],
])('rows around a time are told again when a right row of that time comes later: %s', (on, expected) => {
  const query = `SELECT a.n, b.n AS m FROM a ASOF LEFT JOIN b ON a.k = b.k AND ${on}`;
  const run = new ViewRun(`${SOURCES} CREATE MATERIALIZED VIEW v AS ${query};`);
  const at = BigInt(1_700_000_000 * SECOND);
  run.push([row(0n, at - 1n), row(1n, at), row(2n, at + 1n)], 'a');
  run.endEpoch(at - BigInt(10 * SECOND));
  run.push([row(0n, at)], 'b');
  run.endEpoch(at - BigInt(10 * SECOND));
  expect(run.rows()).toEqual(expected);
});

it.each(
  CASES.filter(({ freed }) => freed).flatMap(({ query, closes }) =>
    closes ? [query, `${query} EMIT ON WINDOW CLOSE`] : [query],
  ),
)('the state does not grow: %s', (query) => {
  const next = seededRandom(1);
  const run = new ViewRun(`${SOURCES} CREATE MATERIALIZED VIEW v AS ${query};`);
  const keys = [0, 0, 0];
  for (let epoch = 0; epoch < 240; epoch++) {
    const now = epoch * SECOND;
    for (const name of ['a', 'b']) {
      const rows = Array.from({ length: 12 }, (_, i): Row => {
        const ts = BigInt(now + Math.floor(next() * 10) * 100_000);
        return { n: BigInt(epoch * 12 + i), k: 'abcd'[Math.floor(next() * 4)]!, v: BigInt(i), ts };
      });
      run.push(rows, name);
    }
    run.endEpoch(BigInt(now));
    keys[Math.floor(epoch / 80)] = Math.max(keys[Math.floor(epoch / 80)]!, run.stateKeys());
  }
  expect(run.pushed).toBeGreaterThan(40);
  expect(keys[2]).toBeLessThanOrEqual(keys[0]! * 1.2);
});

const SECOND = 1_000_000;
