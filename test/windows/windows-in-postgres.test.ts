// Windowed views against Postgres, which runs the same text over the same rows: random rows out of order, epochs of random length,
// restarts at random epochs; while they change, and on window close.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestampToText } from '../../src/data/time-text.ts';
import { Judge } from './judge.ts';
import { seededRandom } from './seeded-random.ts';
import type { Row } from './view-run.ts';
import { ViewRun } from './view-run.ts';

const SOURCE = `CREATE SOURCE s (k TEXT, v BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts - INTERVAL '5 seconds')
WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;`;

const QUERIES = [
  `SELECT k, window_start, window_end, count(*), sum(v), min(v) FROM TUMBLE(s, ts, INTERVAL '10 seconds') GROUP BY k, window_start, window_end`,
  `SELECT window_end, count(*), max(v) FROM HOP(s, ts, INTERVAL '2 seconds', INTERVAL '10 seconds') GROUP BY window_end`,
  `SELECT k, window_start, sum(v) FROM HOP(s, ts, INTERVAL '3 seconds', INTERVAL '10 seconds', INTERVAL '1 second') WHERE v > 3 GROUP BY 1, 2`,
  `SELECT window_start, window_end, count(*) FROM TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '4' SECOND)) GROUP BY window_start, window_end`,
  `SELECT k, window_start, window_end, count(*), avg(v) FROM CUMULATE(s, ts, INTERVAL '5 seconds', INTERVAL '20 seconds') GROUP BY k, window_start, window_end`,
  `SELECT k, window_start, window_end, count(*), sum(v), max(v) FROM SESSION(s PARTITION BY k, ts, INTERVAL '2 seconds') GROUP BY k, window_start, window_end`,
  `SELECT window_end, count(*), min(v), count(DISTINCT k) AS keys FROM SESSION(s, ts, INTERVAL '1 second') GROUP BY window_end`,
  `SELECT window_end, sum(n), max(n) FROM TUMBLE((SELECT window_end AS at, count(*) AS n FROM TUMBLE(s, ts, INTERVAL '2 seconds') GROUP BY window_end), at, INTERVAL '10 seconds') GROUP BY window_end`,
  `SELECT window_start, window_end, k, count(*), sum(n) FROM HOP((SELECT k, window_end AS at, count(*) AS n FROM SESSION(s PARTITION BY k, ts, INTERVAL '2 seconds') GROUP BY k, window_start, window_end), at, INTERVAL '5 seconds', INTERVAL '10 seconds') GROUP BY window_start, window_end, k`,
];

/** No window table whose rows wait for a close. */
const ON_CHANGE_ONLY = [
  `SELECT k, v, window_start FROM HOP(s, ts, INTERVAL '5 seconds', INTERVAL '10 seconds') WHERE v % 2 = 0`,
  `SELECT window_start, count(*) FROM CUMULATE(s, ts, INTERVAL '5 seconds', INTERVAL '20 seconds') GROUP BY window_start`,
  `SELECT count(*) FROM TUMBLE(s, ts, INTERVAL '10 seconds')`,
  `SELECT k, v, window_start, window_end FROM SESSION(s PARTITION BY k, ts, INTERVAL '2 seconds')`,
  `SELECT v, ts, window_end FROM SESSION(s, ts, INTERVAL '1 second') WHERE v > 2`,
  `SELECT count(*), max(n) FROM (SELECT k, count(*) AS n FROM SESSION(s PARTITION BY k, ts, INTERVAL '2 seconds') GROUP BY k, window_start) AS sessions`,
  `SELECT k, n, window_start, window_end FROM SESSION((SELECT k, max(ts) AS latest, count(*) AS n FROM s GROUP BY k), latest, INTERVAL '3 seconds')`,
  `SELECT window_start, count(*) FROM TUMBLE((SELECT k, max(ts) AS latest FROM s GROUP BY k), latest, INTERVAL '5 seconds') GROUP BY window_start`,
  `SELECT window_start, count(*), max(n) FROM HOP((SELECT k, max(ts) AS latest, count(*) AS n FROM s GROUP BY k), latest, INTERVAL '2 seconds', INTERVAL '5 seconds') GROUP BY window_start`,
  `SELECT k, window_start FROM TABLE(SESSION(TABLE s PARTITION BY (k, v), DESCRIPTOR(ts), INTERVAL '5' SECOND)) WHERE k = 'a' AND v < 8`,
];

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;
const DELAY = 5 * SECOND;

/** Rows on time, in epochs, with the watermark at the end of each. */
function epochs(next: () => number): { rows: Row[]; watermark: bigint | null }[] {
  let now = START;
  let reached = -Infinity;
  return Array.from({ length: 25 }, () => {
    const rows: Row[] = [];
    for (let i = Math.floor(next() * 20); i > 0; i--) {
      now += Math.floor(next() * SECOND);
      const time = next() < 0.05 ? null : now - (next() < 0.4 ? Math.floor(next() * 2 * DELAY) : 0);
      if (time !== null && time < reached) continue;
      if (time !== null) reached = Math.max(reached, time - DELAY);
      rows.push({
        k: next() < 0.1 ? null : 'abc'[Math.floor(next() * 3)]!,
        v: next() < 0.1 ? null : BigInt(Math.floor(next() * 10)),
        ts: time === null ? null : BigInt(time),
      });
    }
    return { rows, watermark: reached === -Infinity ? null : BigInt(reached) };
  });
}

let judge: Judge;
beforeAll(async () => {
  judge = await Judge.open();
});
afterAll(() => judge.close());

async function compare(query: string, seed: number, onClose: boolean): Promise<void> {
  const next = seededRandom(seed);
  const sql = `${SOURCE} CREATE MATERIALIZED VIEW v AS ${query}${onClose ? ' EMIT ON WINDOW CLOSE' : ''};`;
  const run = new ViewRun(sql, { optimize: next() < 0.7 });
  const all: Row[] = [];
  const checked = new Set([7, 16, 24]);
  for (const [epoch, { rows, watermark }] of epochs(next).entries()) {
    const cut = Math.floor(next() * rows.length);
    run.push(rows.slice(0, cut));
    run.push(rows.slice(cut));
    run.endEpoch(watermark);
    all.push(...rows);
    if (next() < 0.2) await run.restart();
    if (!checked.has(epoch)) continue;
    await judge.load(sql, all);
    const closedThrough = timestampToText(watermark!, '+00');
    expect(run.rows(), `epoch ${epoch}`).toEqual(await judge.rows(sql, onClose ? { closedThrough } : {}));
  }
  expect(run.weights.size).toBeGreaterThan(0);
}

describe.each([1, 2, 3])('as Postgres has them (seed %i)', (seed) => {
  it.each([...QUERIES, ...ON_CHANGE_ONLY])('%s', (query) => compare(query, seed, false));
  it.each(QUERIES)('%s EMIT ON WINDOW CLOSE', (query) => compare(query, seed, true));
});
