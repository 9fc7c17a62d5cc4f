// Views that read views of other submissions: each pipeline commits by itself, and the reader follows the change log.

import { expect, it } from 'vitest';
import type { MaterializedViewDef } from '../../src/catalog/definition.ts';
import { rotateChangelog } from '../../src/epoch/changelog-rotation.ts';
import { layoutOfView } from '../../src/pipeline/view-layouts.ts';
import { until } from '../integration/eventually.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

const STREAM = `
CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '4000', nexmark.rate = '2500') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW per_auction (id, n, best) AS SELECT auction, count(*), max(price) FROM bid GROUP BY auction;
CREATE MATERIALIZED VIEW per_channel AS SELECT channel, count(*) AS n FROM bid GROUP BY channel;
CREATE MATERIALIZED VIEW prices AS SELECT auction, price, date_time FROM bid WHERE price > 1000;
`;

const READERS = [
  `CREATE MATERIALIZED VIEW busy AS SELECT n AS bids, best * 2 AS twice FROM per_auction WHERE n > 10;
   CREATE VIEW small AS SELECT channel, n FROM per_channel WHERE n < 50;
   CREATE MATERIALIZED VIEW small_channels AS SELECT channel, n + 1 AS more FROM small;`,
  `CREATE MATERIALIZED VIEW dear AS SELECT auction, window_end AS at, count(*) AS n
     FROM TUMBLE(prices, date_time, INTERVAL '100 milliseconds') GROUP BY auction, window_start, window_end
     EMIT ON WINDOW CLOSE;`,
  `CREATE MATERIALIZED VIEW again AS SELECT bids FROM busy UNION ALL SELECT more FROM small_channels;
   CREATE MATERIALIZED VIEW spread AS SELECT bids, count(*) AS auctions, max(twice) AS best FROM busy GROUP BY bids;`,
];

async function everythingEqual(open: OpenEngine, views: readonly string[]): Promise<void> {
  const found = await verdicts(open);
  expect([...found.keys()].sort()).toEqual([...views].sort());
  for (const [view, { equal, rows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(equal, view).toBe(true);
    expect(rows, view).toBeGreaterThan(3);
  }
}

const ALL = ['per_auction', 'per_channel', 'prices', 'busy', 'small_channels', 'dear', 'again', 'spread'];

it('equal Postgres, made while data flows, with the watermark of the view they read', async () => {
  const open = await openTestEngine();
  await submit(open, STREAM);
  await until('some epochs', () => (open.engine.pipelines()[0]?.runner.task?.task.totals.epochs ?? 0) > 3);
  for (const reader of READERS) await submit(open, reader);
  await finished(open);
  await everythingEqual(open, ALL);
});

it('go on where they were after a stop, and equal Postgres in the end', async () => {
  const first = await openTestEngine();
  const { databaseUrl } = first;
  await submit(first, STREAM);
  for (const reader of READERS) await submit(first, reader);
  await until('some rows', async () => (await first.pool.query('SELECT FROM again LIMIT 1')).rowCount > 0);
  await first.close();
  expect(first.engine.pipelines().map(({ state }) => state)).toContain('stopped');
  const second = await openTestEngine({ databaseUrl });
  await finished(second);
  await everythingEqual(second, ALL);
});

it('load again, and say so, when the change log went on without them', async () => {
  const open = await openTestEngine();
  await submit(open, STREAM);
  for (const reader of READERS) await submit(open, reader);
  await until('some rows', async () => (await open.pool.query('SELECT FROM again LIMIT 1')).rowCount > 0);
  await submit(open, 'ALTER MATERIALIZED VIEW busy PAUSE');
  await until('the stream has ended', () => open.engine.pipelines()[0]?.state === 'finished');
  const cap = { keepMs: 0, periodMs: 0, maxBytes: 0 };
  await rotateChangelog(open.pool, cap);
  await rotateChangelog(open.pool, cap);
  const { rows } = await open.pool.query<{ lost: boolean }>(
    `SELECT bool_or(r.lost) AS lost FROM millrace.changelog_readers r JOIN millrace.pipelines p ON p.id = r.pipeline_id
      WHERE p.name = 'busy'`,
  );
  expect(rows).toEqual([{ lost: true }]);
  const told: unknown[] = [];
  const layout = layoutOfView(viewNamed(open, 'again'));
  open.feed.follow(layout, { onChanges: () => {}, onGap: () => {}, onEnd: () => told.push('end') }, null);
  await submit(open, 'ALTER MATERIALIZED VIEW busy RESUME');
  await finished(open);
  await everythingEqual(open, ALL);
  // What read the view that began again began again too, and whoever follows it was told.
  expect(told).toEqual(['end']);
});

it('are said to be consistent with each input alone where they have several', async () => {
  const open = await openTestEngine();
  await submit(open, STREAM);
  for (const reader of READERS.slice(0, 2)) await submit(open, reader);
  const ask = async (sql: string) => (await open.engine.submit(sql, { requester: 'test' }))[0]!;
  const one = await ask('CREATE MATERIALIZED VIEW one AS SELECT bids FROM busy');
  expect(one.notices).toEqual([]);
  const two = 'SELECT bids FROM busy UNION ALL SELECT n FROM dear';
  const note = /consistent with each input alone: busy, dear are of other pipelines/;
  expect((await ask(`EXPLAIN ${two}`)).text).toMatch(note);
  expect((await ask(`CREATE MATERIALIZED VIEW two AS ${two}`)).notices).toEqual([
    expect.stringMatching(note),
  ]);
});

it('keep what they read from being dropped', async () => {
  const open = await openTestEngine();
  await submit(open, STREAM);
  for (const reader of READERS) await submit(open, reader);
  await expect(submit(open, 'DROP MATERIALIZED VIEW per_channel')).rejects.toMatchObject({
    code: 'DEPENDENT_OBJECTS',
    message: expect.stringMatching(/materialized view again.*materialized view small_channels/) as string,
  });
  await submit(open, 'DROP MATERIALIZED VIEW per_channel CASCADE');
  await finished(open);
  await everythingEqual(open, ['per_auction', 'prices', 'busy', 'dear', 'spread']);
  const { rows } = await open.pool.query<{ readers: string[] }>(
    `SELECT array_agg(p.name || ' reads ' || v.name) AS readers FROM millrace.changelog_readers r
       JOIN millrace.pipelines p ON p.id = r.pipeline_id JOIN millrace.view_tables v USING (view_id)`,
  );
  expect(rows[0]!.readers.toSorted()).toEqual([
    'again reads busy',
    'busy reads per_auction',
    'dear reads prices',
  ]);
});

function viewNamed(open: OpenEngine, name: string): MaterializedViewDef {
  const view = open.engine.catalog.find({ name });
  if (view?.kind !== 'materialized view') throw new Error(`no view ${name}`);
  return view;
}
