// Windows and temporal filters in a whole engine: equal to Postgres at the end, rows that leave without input, and the one answer to why a
// window does not close.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../integration/eventually.ts';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

const WINDOWS = `
CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 milliseconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '6000', nexmark.partitions = '2') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW hop AS SELECT window_start, window_end, count(*) AS n, max(price) AS best
  FROM HOP(bid, date_time, INTERVAL '7 milliseconds', INTERVAL '20 milliseconds') GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW hop_once AS SELECT auction, window_end, count(*) AS n
  FROM HOP(bid, date_time, INTERVAL '10 milliseconds', INTERVAL '20 milliseconds') GROUP BY auction, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW cumulate AS SELECT window_start, window_end, sum(price) AS total
  FROM CUMULATE(bid, date_time, INTERVAL '10 milliseconds', INTERVAL '50 milliseconds') GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW sessions AS SELECT auction, price, window_start, window_end
  FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '5 milliseconds');
CREATE MATERIALIZED VIEW per_session AS SELECT bidder, window_start, window_end, count(*) AS n, max(price) AS best
  FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '5 milliseconds') GROUP BY bidder, window_start, window_end;
CREATE MATERIALIZED VIEW per_session_once AS SELECT bidder, window_end, sum(price) AS total
  FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '5 milliseconds') GROUP BY bidder, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW nested AS SELECT window_end, sum(n) AS n FROM TUMBLE((
  SELECT window_end AS at, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '5 milliseconds') GROUP BY window_end
), at, INTERVAL '50 milliseconds') GROUP BY window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW old_by_auction AS SELECT auction, count(*) AS n FROM bid WHERE date_time < now() - INTERVAL '1 day' GROUP BY auction;
CREATE MATERIALIZED VIEW older AS SELECT auction, price FROM bid WHERE date_time < now() - INTERVAL '1 day';
`;

it('equal Postgres over a bounded stream', async () => {
  const open = await openTestEngine();
  await submit(open, WINDOWS);
  await finished(open);
  const found = await verdicts(open);
  expect([...found.keys()]).toHaveLength(9);
  for (const [view, { equal, rows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(equal, view).toBe(true);
    expect(rows, view).toBeGreaterThan(3);
  }
  const { rows } = await open.pool.query<{ why: string }>('SELECT why FROM millrace.windows');
  expect(rows).toEqual([{ why: 'the input has ended, all windows are closed' }]);
});

it('rows come and leave as time passes, without input, and their pipeline finishes when the last has left', async () => {
  const fileRoot = await mkdtemp(join(tmpdir(), 'millrace-clock-'));
  const open = await openTestEngine({ fileRoot });
  const times = [-60_000, 700, 1300].map((ms) => Date.now() + ms);
  const lines = times.map((ms, id) => JSON.stringify({ id, ts: new Date(ms).toISOString() }));
  await writeFile(join(fileRoot, 'events'), `${lines.join('\n')}\n`);
  await submit(
    open,
    `CREATE SOURCE events (id BIGINT, ts TIMESTAMPTZ) WITH (connector = 'file', path = 'events') FORMAT PLAIN ENCODE JSON;
     CREATE MATERIALIZED VIEW recent AS SELECT id FROM events WHERE ts BETWEEN now() - INTERVAL '1 second' AND now();`,
  );
  const seen = new Set<string>();
  // Rows and the time of their epoch are committed together, so that one statement sees both.
  const look = async (): Promise<void> => {
    const { rows } = await open.pool.query<{ ms: number; epoch: string; ids: string }>(
      `SELECT extract(epoch FROM ts)::float8 * 1000 AS ms, epoch::text,
              (SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM recent) AS ids FROM millrace.pipelines`,
    );
    const { ms, epoch, ids } = rows[0]!;
    const due = times.flatMap((time, id) => (time <= ms && time >= ms - 1000 ? [id] : []));
    // The first epoch commits positions and has read nothing.
    if (Number(epoch) > 1) expect(ids).toBe(due.join(','));
    seen.add(ids);
  };
  await until('all rows have come and gone', async () => {
    await look();
    return open.engine.pipelines().every(({ state }) => state === 'finished');
  });
  await look();
  expect(seen.has('')).toBe(true);
  expect(seen.size).toBeGreaterThan(1);
});

it('say which partition holds the watermark, since when, and when the next window closes', async () => {
  const open = await openTestEngine();
  await submit(
    open,
    `CREATE SOURCE bid (auction BIGINT, date_time TIMESTAMPTZ, WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
     WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.rate = '400', nexmark.partitions = '2', allowed_lateness = '1 s')
     FORMAT PLAIN ENCODE JSON;
     CREATE MATERIALIZED VIEW v AS SELECT window_end, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '1 hour')
     GROUP BY window_end EMIT ON WINDOW CLOSE;`,
  );
  interface Stand {
    readonly held: boolean;
    readonly waits: boolean;
    readonly later: boolean;
    readonly why: string;
  }
  const stand = async (): Promise<Stand | undefined> => {
    const { rows } = await open.pool.query<Stand>(
      `SELECT cardinality(held_by) > 0 AND held_since > now() - interval '1 minute' AS held, why,
              next_close > closed_through AS waits, closed_through = watermark - interval '1 second' AS later
         FROM millrace.windows WHERE source = 'bid' AND next_close IS NOT NULL AND watermark IS NOT NULL`,
    );
    return rows[0];
  };
  await until('a window is open', async () => (await stand()) !== undefined);
  const found = (await stand())!;
  expect(found).toMatchObject({ held: true, waits: true, later: true });
  expect(found.why).toMatch(
    /^partition [01, ]+ holds the watermark at 20.+ since 20.+; the next window closes when it has passed 20.+:00:01\+00$/,
  );
});
