// FOR SYSTEM_TIME AS OF against Postgres, which finds the version of each row among all that the table's records said: rows and versions
// out of order, deletions, keys that come back, restarts; while rows change and on window close.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestampToText } from '../../src/data/time-text.ts';
import { testSeed } from '../setup/seed.ts';
import { Judge } from './judge.ts';
import { seededRandom } from './seeded-random.ts';
import { Stream } from './stream.ts';
import type { Row } from './view-run.ts';
import { ViewRun } from './view-run.ts';

const SOURCE = `CREATE SOURCE a (n BIGINT, k TEXT, v BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts - INTERVAL '5 seconds')
WITH (connector = 'kafka', topic = 'a') FORMAT PLAIN ENCODE JSON;`;
const TABLE = `CREATE TABLE t (k TEXT, w BIGINT, PRIMARY KEY (k), WATERMARK FOR at AS at - INTERVAL '5 seconds')
INCLUDE TIMESTAMP AS at INCLUDE OFFSET AS o
WITH (connector = 'kafka', topic = 't') FORMAT UPSERT ENCODE JSON;`;
/** For Postgres: every record of the table with what it said (0: the row is this one, 1: it is gone). */
const RECORDS = `CREATE SOURCE t (k TEXT, w BIGINT, at TIMESTAMPTZ, o BIGINT, op BIGINT)
WITH (connector = 'kafka', topic = 't') FORMAT PLAIN ENCODE JSON;`;

const VERSION = `LATERAL (SELECT * FROM t WHERE t.k = a.k AND t.at <= a.ts ORDER BY t.at DESC, t.o DESC LIMIT 1) t`;
const CASES: readonly (readonly [query: string, oracle: string])[] = [
  [
    `SELECT a.n, a.ts, t.w, t.o FROM a JOIN t FOR SYSTEM_TIME AS OF a.ts ON t.k = a.k`,
    `SELECT a.n, a.ts, t.w, t.o FROM a JOIN ${VERSION} ON t.op = 0`,
  ],
  [
    `SELECT a.n, k, x.w, x.at FROM a LEFT JOIN t FOR SYSTEM_TIME AS OF a.ts AS x USING (k)`,
    `SELECT a.n, a.k, t.w, t.at FROM a LEFT JOIN ${VERSION} ON t.op = 0`,
  ],
];

let judge: Judge;
beforeAll(async () => {
  judge = await Judge.open();
});
afterAll(() => judge.close());

/** A key of a few is set or deleted. */
function recordsOf(rows: readonly Row[], next: () => number): Row[] {
  return rows.map(({ n, k, v, ts }) => {
    const gone = next() < 0.25;
    return { k: k ?? 'a', w: gone ? null : v!, at: ts!, o: n!, op: gone ? 1n : 0n, _operation: gone ? 1 : 0 };
  });
}

async function compare(query: string, oracle: string, onClose: boolean, seed: number): Promise<void> {
  const next = seededRandom(seed);
  const close = onClose ? ' EMIT ON WINDOW CLOSE' : '';
  const run = new ViewRun(`${SOURCE} ${TABLE} CREATE MATERIALIZED VIEW v AS ${query}${close};`, {
    optimize: next() < 0.7,
  });
  const [a, t] = [new Stream(next), new Stream(next)];
  const records: Row[] = [];
  for (let epoch = 0; epoch < 24; epoch++) {
    if (next() < 0.7) run.push(a.rows(), 'a');
    if (next() < 0.7) {
      const said = recordsOf(t.rows(), next);
      records.push(...said);
      run.push(said, 't');
    }
    run.endEpoch(
      new Map([
        ['a', a.watermark],
        ['t', t.watermark],
      ]),
    );
    if (next() < 0.2) await run.restart();
    if (epoch % 8 !== 7) continue;
    await judge.load(SOURCE, a.all);
    await judge.load(RECORDS, records);
    const lowest = a.watermark! < t.watermark! ? a.watermark! : t.watermark!;
    const closed = `${oracle} WHERE a.ts IS NULL OR a.k IS NULL OR a.ts < '${timestampToText(lowest, '+00')}'`;
    expect(run.rows(), `epoch ${epoch}`).toEqual(await judge.rowsOf(onClose ? closed : oracle, 4));
  }
  expect(run.weights.size).toBeGreaterThan(0);
}

const seed = testSeed();
describe(`as Postgres finds the versions (SEED=${seed})`, () => {
  it.each(CASES)('%s', (query, oracle) => compare(query, oracle, false, seed));
  it.each(CASES)('%s EMIT ON WINDOW CLOSE', (query, oracle) => compare(query, oracle, true, seed));
});
