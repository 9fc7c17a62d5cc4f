// The state of windows under a watermark does not grow with the number of events. `npm run bench:windows` shows the same over ten million.

import { expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import type { Row } from './view-run.ts';
import { ViewRun } from './view-run.ts';

const SOURCE = `CREATE SOURCE s (k TEXT, v BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts)
WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;`;

const SECOND = 1_000_000;
const EPOCHS = 600;
const ROWS = 100;

it.each([
  `SELECT k, window_end, count(*) FROM TUMBLE(s, ts, INTERVAL '10 seconds') GROUP BY k, window_end`,
  `SELECT k, window_end, sum(v) FROM HOP(s, ts, INTERVAL '2 seconds', INTERVAL '10 seconds') GROUP BY k, window_end EMIT ON WINDOW CLOSE`,
  `SELECT k, window_start, window_end, max(v) FROM CUMULATE(s, ts, INTERVAL '5 seconds', INTERVAL '20 seconds') GROUP BY k, window_start, window_end EMIT ON WINDOW CLOSE`,
  `SELECT k, v, window_end FROM SESSION(s PARTITION BY k, ts, INTERVAL '1 second')`,
])('%s', (query) => {
  const run = new ViewRun(`${SOURCE} CREATE MATERIALIZED VIEW v AS ${query};`);
  const next = seededRandom(1);
  /** The largest state, in keys and bytes, of each quarter. */
  const keys = [0, 0, 0, 0];
  const bytes = [0, 0, 0, 0];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const now = epoch * SECOND;
    // A key is busy for a while and then never comes again.
    const rows = Array.from({ length: ROWS }, (): Row => {
      const k = `key ${Math.floor(epoch / 4)} ${Math.floor(next() * 20)}`;
      return { k, v: BigInt(Math.floor(next() * 100)), ts: BigInt(now + Math.floor(next() * SECOND)) };
    });
    run.push(rows);
    run.endEpoch(BigInt(now));
    const quarter = Math.floor((epoch * 4) / EPOCHS);
    keys[quarter] = Math.max(keys[quarter]!, run.stateKeys());
    bytes[quarter] = Math.max(bytes[quarter]!, run.stateBytes());
  }
  expect(run.weights.size).toBeGreaterThan(3000);
  expect(keys[3]).toBe(keys[0]);
  // Arenas are compacted from 64 KB on, and index tables of single key groups double now and then: that is all.
  expect(bytes[3]).toBeLessThanOrEqual(bytes[0]! + 2 ** 17);
});
