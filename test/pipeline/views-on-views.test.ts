// Views that read views of the same submission: computed once, committed together, equal to the same SQL in Postgres.

import { expect, it } from 'vitest';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

const SUBMISSION = `
CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '6000') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW per_auction (id, n, best) AS SELECT auction, count(*), max(price) FROM bid GROUP BY auction;
CREATE MATERIALIZED VIEW busy AS SELECT n AS bids, best * 2 AS twice FROM per_auction AS p WHERE n > 10;
CREATE VIEW quiet AS SELECT id, n FROM per_auction WHERE n <= 10;
CREATE MATERIALIZED VIEW both_kinds AS SELECT id, n FROM quiet UNION ALL SELECT bids, twice FROM busy;
CREATE MATERIALIZED VIEW per_window AS
  SELECT auction, window_end AS at, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '10 milliseconds')
   GROUP BY auction, window_start, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW per_tenth AS
  SELECT window_end AS tenth, sum(n) AS bids, count(*) AS auctions FROM TUMBLE(per_window, at, INTERVAL '100 milliseconds')
   GROUP BY window_start, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW prices AS SELECT auction, price, date_time FROM bid WHERE price > 1000;
CREATE MATERIALIZED VIEW low_prices AS SELECT price % 100 AS cents, count(*) AS n FROM prices WHERE price < 5000 GROUP BY 1;
`;

it('equal Postgres, over changing, closed and growing views, through plain views and unions', async () => {
  const open = await openTestEngine();
  await submit(open, SUBMISSION);
  await finished(open);
  const found = await verdicts(open);
  expect([...found.keys()]).toHaveLength(7);
  for (const [view, { equal, rows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(equal, view).toBe(true);
    expect(rows, view).toBeGreaterThan(3);
  }
});

it('are dropped together or not at all', async () => {
  const open = await openTestEngine();
  await submit(open, SUBMISSION);
  await expect(submit(open, 'DROP MATERIALIZED VIEW per_auction')).rejects.toMatchObject({
    code: 'DEPENDENT_OBJECTS',
    message: expect.stringContaining('both_kinds') as string,
  });
  await submit(open, 'DROP MATERIALIZED VIEW busy CASCADE');
  await finished(open);
  const found = await verdicts(open);
  expect([...found.keys()].sort()).toEqual([
    'low_prices',
    'per_auction',
    'per_tenth',
    'per_window',
    'prices',
  ]);
  expect([...found.values()].every(({ equal }) => equal)).toBe(true);
});
