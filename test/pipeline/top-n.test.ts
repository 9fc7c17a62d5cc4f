// row_number(), LIMIT and DISTINCT ON, as Postgres answers them over the same rows. Orders are total: ties are for each system to
// decide.

import { it } from 'vitest';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const VIEWS: Readonly<Record<string, string>> = {
  best_bids: `SELECT auction, bidder, price, place FROM
     (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, bidder, date_time) AS place FROM bid) b WHERE place <= 3`,
  last_bid_of_bidder: `SELECT bidder, auction, price FROM
     (SELECT *, row_number() OVER (PARTITION BY bidder ORDER BY date_time DESC, auction, price) AS n FROM bid) b WHERE n = 1`,
  all_places: `SELECT id, seller, row_number() OVER (PARTITION BY seller ORDER BY reserve, id) AS place FROM auction`,
  two_windows:
    `SELECT id, row_number() OVER (ORDER BY id DESC) AS a, row_number() OVER w AS b, row_number() OVER (w ORDER BY id) + 1 AS c
                  FROM person WINDOW w AS (PARTITION BY state ORDER BY name, id), v AS (PARTITION BY city)`.replace(
      '(w ORDER BY id)',
      '(v ORDER BY id)',
    ),
  busiest: `SELECT auction, count(*) AS n FROM bid GROUP BY auction ORDER BY n DESC, auction LIMIT 7`,
  next_busiest: `SELECT auction, count(*) AS n FROM bid GROUP BY auction ORDER BY count(*) DESC, 1 LIMIT 5 OFFSET 7`,
  all_but_three: `SELECT id, name FROM person ORDER BY id OFFSET 3`,
  none: `SELECT id FROM person ORDER BY id LIMIT 0`,
  hidden_order: `SELECT bidder, auction FROM bid ORDER BY price DESC, date_time, bidder, auction FETCH FIRST 10 ROWS ONLY`,
  first_of_each: `SELECT DISTINCT ON (channel) channel, price, bidder FROM bid ORDER BY channel, price DESC, bidder, date_time`,
  first_of_expression: `SELECT DISTINCT ON (auction % 5, price % 2) auction, price FROM bid
                         ORDER BY auction % 5, price % 2, price, auction, date_time, bidder`,
  first_three_of_first: `SELECT DISTINCT ON (channel) channel, price FROM bid ORDER BY channel, price, bidder LIMIT 3`,
  limit_of_union: `SELECT id FROM person UNION SELECT seller FROM auction ORDER BY 1 DESC LIMIT 4`,
  nulls_first: `SELECT CASE WHEN price % 3 = 0 THEN NULL ELSE price END AS p, bidder FROM bid
                 ORDER BY p DESC NULLS LAST, bidder, date_time, auction LIMIT 20`,
  places_of_groups: `SELECT category, n, row_number() OVER (ORDER BY n DESC, category) AS place
                       FROM (SELECT category, count(*) AS n FROM auction GROUP BY category) c`,
  middle: `SELECT auction, price, place FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price, bidder, date_time) AS place FROM bid) b
     WHERE place BETWEEN 2 AND 4 AND place > 2`,
  third: `SELECT auction, price FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price, bidder, date_time) AS place FROM bid) b WHERE 3 = place`,
  behind_fourth: `SELECT auction, price, place FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price, bidder, date_time) AS place FROM bid) b
     WHERE place >= 5`,
  nowhere: `SELECT auction FROM (SELECT *, row_number() OVER (ORDER BY price) AS place FROM bid) b WHERE place > 3 AND place < 3`,
  best_ranks: `SELECT * FROM (SELECT auction, bidder, price, rank() OVER (PARTITION BY auction ORDER BY price / 5000 DESC) AS r FROM bid) b WHERE r < 3`,
  one_rank: `SELECT * FROM (SELECT auction, bidder, price, rank() OVER (PARTITION BY auction ORDER BY price / 5000 DESC) AS r FROM bid) b WHERE r = 2`,
  ranks_between: `SELECT auction, r FROM (SELECT auction, dense_rank() OVER (PARTITION BY auction ORDER BY price / 2000) AS r FROM bid) b WHERE r BETWEEN 2 AND 3`,
  ranks_of_groups: `SELECT n, auction FROM (SELECT auction, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r FROM bid GROUP BY auction) g WHERE r <= 5`,
  dense_of_groups: `SELECT * FROM (SELECT auction % 7 AS m, auction, count(*) AS n, dense_rank() OVER (PARTITION BY auction % 7 ORDER BY count(*) DESC) AS r
     FROM bid GROUP BY auction) g WHERE r <= 2`,
  not_ordered: `SELECT * FROM (SELECT id, seller, rank() OVER (PARTITION BY seller) AS r FROM auction) a WHERE r <= 1`,
  rank_and_sum: `SELECT * FROM (SELECT id, rank() OVER w AS r, sum(reserve) OVER w AS s FROM auction WINDOW w AS (PARTITION BY seller ORDER BY category)) a WHERE r <= 1`,
  with_ties: `SELECT auction, count(*) AS n FROM bid GROUP BY auction ORDER BY n DESC FETCH FIRST 3 ROWS WITH TIES`,
  with_ties_behind: `SELECT n FROM (SELECT auction, count(*) AS n FROM bid GROUP BY auction) g ORDER BY n OFFSET 2 ROWS FETCH NEXT 4 ROWS WITH TIES`,
  ties_of_stream: `SELECT channel, price % 3 AS p FROM bid ORDER BY price % 3, channel FETCH FIRST 5 ROWS WITH TIES`,
  ties_of_none: `SELECT id FROM person ORDER BY state FETCH FIRST 0 ROWS WITH TIES`,
  joined_to_best: `SELECT a.id, a.item_name, b.price FROM auction a JOIN
     (SELECT auction, price, row_number() OVER (PARTITION BY auction ORDER BY price DESC, date_time, bidder) AS n FROM bid) b
       ON b.auction = a.id AND b.n = 2`,
  sum_of_best: `SELECT count(*) AS n, sum(price) AS total FROM
     (SELECT auction, price, row_number() OVER (PARTITION BY auction ORDER BY price DESC, date_time, bidder) AS n FROM bid) b WHERE n <= 2`,
};

it('equal Postgres', async () => {
  const open = await openTestEngine();
  await submit(open, [NEXMARK_SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS, ['none', 'nowhere', 'ties_of_none']);
});
