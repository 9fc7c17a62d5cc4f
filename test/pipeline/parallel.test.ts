// Pipelines of several tasks, in every host: the same views as Postgres computes, every task with rows of its own, and rows that
// exchanges carried from one to another.

import { expect, it } from 'vitest';
import type { Isolation } from '../../src/catalog/task-options.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { until } from '../integration/eventually.ts';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

const SUBMISSION = `
CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, url TEXT, date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '20000', nexmark.partitions = '4') FORMAT PLAIN ENCODE JSON;
CREATE SOURCE auction (id BIGINT, seller BIGINT, category BIGINT, date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
WITH (connector = 'nexmark', nexmark.table = 'auction', nexmark.events = '20000', nexmark.partitions = '2') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW per_auction AS SELECT auction, count(*) AS n, max(price) AS best FROM bid GROUP BY auction;
CREATE MATERIALIZED VIEW per_channel AS SELECT channel, count(*) AS n, avg(price) AS mean FROM bid GROUP BY channel;
CREATE MATERIALIZED VIEW busy AS SELECT n AS bids, best FROM per_auction WHERE n > 10;
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n, sum(price) AS total, max(channel) AS last FROM bid;
CREATE MATERIALIZED VIEW per_window AS
  SELECT auction, window_end, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '100 milliseconds')
   GROUP BY auction, window_start, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW hopping AS
  SELECT window_start, count(*) AS n FROM HOP(bid, date_time, INTERVAL '50 milliseconds', INTERVAL '200 milliseconds')
   GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW dear AS SELECT auction, price, url FROM bid WHERE price > 1000000;
CREATE MATERIALIZED VIEW all_ids AS SELECT auction AS id, 'bid' AS kind FROM bid WHERE price < 200 UNION ALL SELECT id, 'auction' FROM auction;
CREATE MATERIALIZED VIEW sellers AS SELECT a.seller, count(*) AS bids FROM auction a JOIN bid b ON b.auction = a.id GROUP BY a.seller;
`;

const VIEWS = 9;

async function expectEqual(open: OpenEngine): Promise<void> {
  const found = await verdicts(open);
  expect([...found.keys()]).toHaveLength(VIEWS);
  for (const [view, { equal, rows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(equal, view).toBe(true);
    expect(rows, view).toBeGreaterThan(0);
  }
}

async function tasksInPostgres(open: OpenEngine) {
  const { rows } = await open.pool.query<{ rows_in: string; rows_sent: string; scanned: string }>(
    `SELECT rows_in::text, rows_sent::text, (SELECT n ->> 'rows' FROM jsonb_array_elements(nodes) n WHERE n ->> 'what' = 'scan bid') AS scanned
       FROM millrace.tasks ORDER BY task`,
  );
  return rows;
}

it.each<[Isolation, number]>([
  ['inline', 3],
  ['thread', 2],
  ['process', 2],
])('equal Postgres with tasks in host %s, %i of them', async (isolation, parallelism) => {
  const open = await openTestEngine({
    env: { MILLRACE_ISOLATION: isolation, MILLRACE_PARALLELISM: `${parallelism}` },
  });
  await submit(open, SUBMISSION);
  await finished(open);
  await expectEqual(open);
  const { totals } = open.engine.pipelines()[0]!.runner;
  expect(totals!.rowsByTask).toHaveLength(parallelism);
  for (const rows of totals!.rowsByTask) expect(rows).toBeGreaterThan(1000);
  expect(totals!.rowsExchanged).toBeGreaterThan(1000);
  // Figures are written now and then: the first may be of the first rows.
  await until('psql sees it', async () => {
    const tasks = await tasksInPostgres(open);
    const isBusy = (task: (typeof tasks)[number]): boolean =>
      Number(task.rows_in) > 1000 && Number(task.rows_sent) > 100 && Number(task.scanned) > 1000;
    return tasks.length === parallelism && tasks.every(isBusy);
  });
});
