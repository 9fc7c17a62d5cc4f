// Window functions, as Postgres answers them over the same rows. Orders are total where a value depends on ties.

import { it } from 'vitest';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const W = 'PARTITION BY auction ORDER BY price DESC, date_time, bidder';

const VIEWS: Readonly<Record<string, string>> = {
  ranks: `SELECT auction, bidder, price, rank() OVER w AS r, dense_rank() OVER w AS d, percent_rank() OVER w AS p, cume_dist() OVER w AS c
            FROM bid WINDOW w AS (PARTITION BY auction ORDER BY price / 1000)`,
  buckets: `SELECT id, ntile(4) OVER (ORDER BY reserve, id) AS quarter, ntile(1000) OVER (ORDER BY id) AS own FROM auction`,
  neighbours: `SELECT auction, price, lag(price) OVER w AS before, lead(price, 2) OVER w AS behind, lag(bidder, 1, -1) OVER w AS b,
                      lead(channel, 0) OVER w AS same FROM bid WINDOW w AS (${W})`,
  text_neighbours: `SELECT id, lag(name) OVER (PARTITION BY state ORDER BY id) AS before, first_value(city) OVER (PARTITION BY state ORDER BY id) AS first FROM person`,
  first_and_last: `SELECT auction, price, first_value(bidder) OVER w AS best, last_value(price) OVER w AS here, nth_value(price, 2) OVER w AS second
                     FROM bid WINDOW w AS (${W})`,
  last_of_all: `SELECT auction, last_value(price) OVER (${W} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS least FROM bid`,
  running: `SELECT auction, price, sum(price) OVER w AS total, count(*) OVER w AS n, avg(price) OVER w AS mean, min(price) OVER w AS least, max(bidder) OVER w AS top
              FROM bid WINDOW w AS (PARTITION BY auction ORDER BY date_time, price, bidder)`,
  peers: `SELECT auction, price, sum(price) OVER w AS total, count(*) OVER w AS n FROM bid WINDOW w AS (PARTITION BY auction ORDER BY price / 5000)`,
  sliding: `SELECT auction, price, sum(price) OVER (${W} ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS around,
                   max(price) OVER (${W} ROWS 3 PRECEDING) AS top, min(price) OVER (${W} ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS next,
                   count(price) OVER (${W} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS rest FROM bid`,
  whole: `SELECT id, reserve, max(reserve) OVER (PARTITION BY seller) AS top, count(*) OVER () AS n FROM auction`,
  filtered: `SELECT id, count(*) FILTER (WHERE category > 11) OVER (PARTITION BY seller) AS n FROM auction`,
  doubles: `SELECT id, avg(reserve::double precision) OVER (PARTITION BY seller ORDER BY id ROWS 2 PRECEDING) AS a,
                   stddev(reserve) OVER (PARTITION BY category) AS s FROM auction`,
  regressions: `SELECT auction, price, corr(price, bidder) OVER w AS c, regr_slope(price, bidder) FILTER (WHERE price > 1000) OVER w AS s,
                       regr_count(price, bidder) OVER w AS n, covar_pop(bidder, price) OVER (${W} ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS v,
                       bit_xor(price) OVER w AS x, any_value(auction) OVER w AS a
                  FROM bid WINDOW w AS (PARTITION BY auction ORDER BY date_time, price, bidder)`,
  of_groups: `SELECT auction, count(*) AS n, sum(count(*)) OVER (ORDER BY count(*) DESC, auction) AS so_far,
                     rank() OVER (ORDER BY count(*) DESC) AS place FROM bid GROUP BY auction`,
  with_number: `SELECT id, row_number() OVER (ORDER BY id) AS n, lag(id) OVER (ORDER BY id) AS before, rank() OVER (ORDER BY category) AS r FROM auction`,
  top_by_rank: `SELECT * FROM (SELECT auction, price, rank() OVER (PARTITION BY auction ORDER BY price DESC) AS r FROM bid) b WHERE r <= 2`,
  neighbours_by_row: `SELECT auction, price, lag(price, (bidder % 4)::int - 1) OVER w AS a, lead(channel, nullif((price % 3)::int, 1), 'none') OVER w AS b,
     nth_value(bidder, 1 + (price % 3)::int) OVER w AS c, nth_value(price, NULL) OVER w AS d, lag(auction, -2, 0.5) OVER w AS e
     FROM bid WINDOW w AS (${W})`,
  distinct_windows: `SELECT DISTINCT auction % 4 AS a, count(*) OVER (PARTITION BY auction % 4) AS n, max(price) OVER (PARTITION BY auction % 4) AS m FROM bid`,
  in_expressions: `SELECT id, CASE WHEN lag(reserve) OVER w > reserve THEN 'less' ELSE coalesce((reserve - lag(reserve) OVER w)::text, 'first') END AS c,
     round(100.0 * reserve / sum(reserve) OVER (PARTITION BY seller), 2) AS share FROM auction WINDOW v AS (PARTITION BY category), w AS (v ORDER BY id)`,
  of_rollup: `SELECT category, GROUPING(category) AS g, count(*) AS n, sum(count(*)) OVER (PARTITION BY GROUPING(category) ORDER BY category) AS s,
     lag(max(reserve)) OVER (ORDER BY category NULLS FIRST) AS b FROM auction GROUP BY ROLLUP (category)`,
  by_window_order: `SELECT id, seller FROM auction ORDER BY sum(reserve) OVER (PARTITION BY seller) DESC, id LIMIT 9`,
  windows_of_windows: `SELECT auction, r, count(*) OVER (PARTITION BY r) AS n FROM
     (SELECT auction, rank() OVER (PARTITION BY auction ORDER BY price / 4000) AS r FROM bid) b`,
  over_join: `SELECT a.id, sum(b.price) OVER (PARTITION BY a.seller ORDER BY b.price, b.bidder, a.id, b.date_time) AS s
                FROM auction a JOIN bid b ON b.auction = a.id`,
};

it('equal Postgres', async () => {
  const open = await openTestEngine();
  await submit(open, [NEXMARK_SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS);
});
