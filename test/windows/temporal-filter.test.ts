// Temporal filters against Postgres: the same text with now() replaced by the time of the epoch, over random rows, random steps of time with
// and without input, restarts; and what remains in state.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestampToText } from '../../src/data/time-text.ts';
import { Judge } from './judge.ts';
import { seededRandom } from './seeded-random.ts';
import type { Row } from './view-run.ts';
import { ViewRun } from './view-run.ts';

const SOURCE = `CREATE SOURCE s (k TEXT, v BIGINT, ts TIMESTAMPTZ, local TIMESTAMP, day DATE)
WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;`;

const QUERIES = [
  `SELECT k, v FROM s WHERE ts > now() - INTERVAL '10 seconds'`,
  `SELECT k, v, ts FROM s WHERE ts >= now() - INTERVAL '10 seconds' AND v > 3`,
  `SELECT k FROM s WHERE ts < now() - INTERVAL '5 seconds'`,
  `SELECT v FROM s WHERE now() - INTERVAL '5 seconds' >= ts`,
  `SELECT v FROM s WHERE ts BETWEEN now() - INTERVAL '10 seconds' AND CURRENT_TIMESTAMP - INTERVAL '3 seconds'`,
  `SELECT k, v FROM s WHERE ts + INTERVAL '4 seconds' <= now() AND ts + INTERVAL '2 seconds' * v > transaction_timestamp()`,
  `SELECT v FROM s WHERE now() - ts < INTERVAL '7 seconds' AND ts - now() <= INTERVAL '1 second'`,
  `SELECT v FROM s WHERE local > now() - INTERVAL '10 seconds'`,
  `SELECT v FROM s WHERE day <= now()`,
  `SELECT k, v FROM s WHERE ts = now()`,
  `SELECT k, max(ts) AS latest, count(*) FROM s GROUP BY k HAVING max(ts) > now() - INTERVAL '6 seconds' AND count(*) > 1`,
  `SELECT k, count(*), min(v), max(v) FROM s WHERE ts > now() - INTERVAL '10 seconds' GROUP BY k`,
  `SELECT count(*), sum(v) FROM s WHERE ts BETWEEN now() - INTERVAL '8 seconds' AND now()`,
  `SELECT window_start, count(*) FROM TUMBLE((SELECT ts, v FROM s WHERE ts > now() - INTERVAL '20 seconds' AND v > 2), ts, INTERVAL '5 seconds') GROUP BY window_start`,
  `SELECT window_end, count(*) FROM TUMBLE(s, ts, INTERVAL '5 seconds') GROUP BY window_end HAVING window_end BETWEEN now() - INTERVAL '20 seconds' AND now()`,
  `SELECT k, v FROM (SELECT k, v, ts FROM s WHERE ts > now() - INTERVAL '20 seconds') AS recent WHERE ts <= now() - INTERVAL '2 seconds' AND 10 / (v + 1) > 1`,
];

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;

let judge: Judge;
beforeAll(async () => {
  judge = await Judge.open();
});
afterAll(() => judge.close());

function randomRow(next: () => number, now: number): Row {
  const around =
    now + Math.floor((next() - 0.6) * 20) * SECOND + (next() < 0.5 ? 0 : Math.floor(next() * SECOND));
  const infinite = next() < 0.03 ? (next() < 0.5 ? 2n ** 63n - 1n : -(2n ** 63n)) : null;
  const ts = next() < 0.05 ? null : (infinite ?? BigInt(next() < 0.1 ? now : around));
  return {
    k: next() < 0.1 ? null : 'abcd'[Math.floor(next() * 4)]!,
    v: BigInt(Math.floor(next() * 9)),
    ts,
    local: ts,
    day: Math.floor(now / SECOND / 86_400) + Math.floor((next() - 0.5) * 4),
  };
}

describe.each([1, 2])('rows enter and leave as Postgres says (seed %i)', (seed) => {
  it.each(QUERIES)('%s', async (query) => {
    const next = seededRandom(seed);
    const sql = `${SOURCE} CREATE MATERIALIZED VIEW v AS ${query};`;
    const run = new ViewRun(sql, { optimize: next() < 0.7 });
    const all: Row[] = [];
    let now = START;
    for (let epoch = 0; epoch < 40; epoch++) {
      // Microseconds to hours; sometimes to the very deadline.
      const deadline = run.nextDeadline();
      const step = next() < 0.1 ? 3600 * SECOND : Math.floor(next() * 4 * SECOND);
      now = deadline !== null && next() < 0.3 ? Math.max(now + 1, Number(deadline)) : now + 1 + step;
      const rows = Array.from({ length: next() < 0.4 ? 0 : Math.floor(next() * 12) }, () =>
        randomRow(next, now),
      );
      run.push(rows);
      all.push(...rows);
      run.endEpoch(null, BigInt(now));
      if (next() < 0.2) await run.restart();
      if (epoch % 3 !== 2) continue;
      await judge.load(sql, all);
      const moment = { now: timestampToText(BigInt(now), '+00') };
      expect(run.rows(), `epoch ${epoch}`).toEqual(await judge.rows(sql, moment));
    }
    expect(run.pushed).toBeGreaterThan(0);
  });
});

describe('the state of a temporal filter', () => {
  it('is freed when rows have left, and epochs are asked for when they are to', () => {
    const run = new ViewRun(
      `${SOURCE} CREATE MATERIALIZED VIEW v AS SELECT v FROM s WHERE ts > now() - INTERVAL '10 seconds';`,
    );
    const row = (ts: number): Row => ({ k: 'a', v: 1n, ts: BigInt(ts), local: null, day: null });
    run.push([row(START), row(START + 3 * SECOND)]);
    run.endEpoch(null, BigInt(START + 4 * SECOND));
    expect([run.stateKeys(), run.rows().length]).toEqual([2, 2]);
    expect(run.nextDeadline()).toBe(BigInt(START + 10 * SECOND));
    run.endEpoch(null, BigInt(START + 10 * SECOND));
    expect([run.stateKeys(), run.rows().length]).toEqual([1, 1]);
    run.endEpoch(null, BigInt(START + 60 * SECOND));
    expect([run.stateKeys(), run.rows().length, run.nextDeadline()]).toEqual([0, 0, null]);
  });

  it('does not keep rows that have entered for good', async () => {
    const run = new ViewRun(`${SOURCE} CREATE MATERIALIZED VIEW v AS SELECT v FROM s WHERE ts <= now();`);
    run.endEpoch(null, BigInt(START));
    run.push([{ k: 'a', v: 1n, ts: BigInt(START), local: null, day: null }]);
    run.push([{ k: 'a', v: 2n, ts: BigInt(START + SECOND), local: null, day: null }]);
    run.endEpoch(null, BigInt(START + 10));
    expect([run.stateKeys(), run.rows()]).toEqual([1, ['1']]);
    await run.restart();
    expect(run.stateKeys()).toBe(1);
    run.endEpoch(null, BigInt(START + SECOND));
    expect([run.stateKeys(), run.rows()]).toEqual([0, ['1', '2']]);
  });

  it('stays flat while events go by', () => {
    const run = new ViewRun(
      `${SOURCE} CREATE MATERIALIZED VIEW v AS SELECT k, v FROM s WHERE ts > now() - INTERVAL '10 seconds';`,
    );
    const most = [0, 0];
    for (let second = 0; second < 800; second++) {
      const ts = BigInt(START + second * SECOND);
      run.push(
        Array.from({ length: 100 }, (_, i): Row => ({
          k: `key ${i}`,
          v: BigInt(second),
          ts,
          local: null,
          day: null,
        })),
      );
      run.endEpoch(null, ts + 1n);
      const half = second < 400 ? 0 : 1;
      most[half] = Math.max(most[half]!, run.stateBytes());
    }
    expect(run.stateKeys()).toBe(1000);
    expect(most[1]).toBeLessThan(most[0]! * 1.05);
  });
});
