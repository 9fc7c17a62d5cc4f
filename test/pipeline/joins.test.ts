// Joins and subqueries over the generator's three streams, as Postgres answers them over the same rows.

import { it } from 'vitest';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const VIEWS: Readonly<Record<string, string>> = {
  inner_join: `SELECT b.price, a.item_name FROM bid b JOIN auction a ON a.id = b.auction WHERE a.category <> 10`,
  comma_join: `SELECT p.name, p.city, a.id AS auction FROM auction a, person p WHERE a.seller = p.id AND p.state IN ('OR', 'ID', 'CA')`,
  three_tables: `SELECT p.name, a.item_name, b.price, b.bidder
                   FROM person p JOIN auction a ON a.seller = p.id LEFT JOIN bid b ON b.auction = a.id AND b.price > a.reserve`,
  left_join: `SELECT a.id, b.bidder, b.price FROM auction a LEFT JOIN bid b ON a.id = b.auction AND b.price > 100000`,
  right_join: `SELECT p.name, a.id FROM auction a RIGHT JOIN person p ON p.id = a.seller`,
  full_join: `SELECT id, bids, reserve FROM (SELECT auction AS id, count(*) AS bids FROM bid GROUP BY auction) b
              FULL JOIN (SELECT id, max(reserve) AS reserve FROM auction GROUP BY id) a USING (id)`,
  full_of_keys_that_are_null: `SELECT x.k AS a, x.n AS b, y.k AS c, y.n AS d
     FROM (SELECT CASE WHEN auction % 3 = 0 THEN NULL ELSE auction % 3 END AS k, count(*) AS n FROM bid GROUP BY 1) x
     FULL JOIN (SELECT CASE WHEN id % 4 = 0 THEN NULL ELSE id % 4 END AS k, count(*) AS n FROM auction GROUP BY 1) y ON x.k = y.k`,
  null_safe: `SELECT x.n, y.n AS m
     FROM (SELECT CASE WHEN auction % 3 = 0 THEN NULL ELSE auction % 3 END AS k, count(*) AS n FROM bid GROUP BY 1) x
     JOIN (SELECT CASE WHEN id % 4 = 0 THEN NULL ELSE id % 4 END AS k, count(*) AS n FROM auction GROUP BY 1) y
       ON x.k IS NOT DISTINCT FROM y.k`,
  self_join: `SELECT x.id, y.id AS other FROM auction x JOIN auction y ON x.seller = y.seller AND x.id < y.id`,
  using_twice: `SELECT * FROM (SELECT id, seller AS s FROM auction) a JOIN (SELECT auction AS id, price FROM bid) b USING (id)
                JOIN (SELECT id AS s, name FROM person) p USING (s)`,
  natural_join: `SELECT * FROM (SELECT id, category FROM auction) a NATURAL LEFT JOIN (SELECT auction AS id, price FROM bid WHERE price < 500) b`,
  cross_join: `SELECT id, n, id % n AS r FROM auction CROSS JOIN (SELECT count(*) + 1 AS n FROM person) c`,
  key_of_other_types: `SELECT a.id, b.price FROM auction a JOIN bid b ON a.id::numeric = b.auction::numeric AND a.category::int = 12`,
  text_keys: `SELECT p.name, q.id AS other FROM person p JOIN person q ON p.city = q.city AND p.id <> q.id AND q.state = 'OR'`,
  grouped_join: `SELECT a.category, count(*) AS bids, max(b.price) AS highest, sum(b.price) AS total
                   FROM auction a JOIN bid b ON b.auction = a.id GROUP BY a.category`,
  is_in: `SELECT auction, price FROM bid WHERE bidder IN (SELECT id FROM person WHERE state = 'OR') AND price > 5`,
  is_not_in: `SELECT id, name FROM person WHERE id NOT IN (SELECT seller FROM auction)`,
  is_not_in_with_nulls: `SELECT id FROM person WHERE id NOT IN (SELECT CASE WHEN price > 1000000000 THEN NULL ELSE bidder END FROM bid)`,
  is_not_in_nothing: `SELECT id FROM person WHERE id NOT IN (SELECT bidder FROM bid WHERE price < 0)`,
  there_is: `SELECT id FROM auction a WHERE EXISTS (SELECT 1 FROM bid b WHERE b.auction = a.id AND b.price > a.reserve)`,
  there_is_none: `SELECT id, item_name FROM auction a WHERE NOT EXISTS (SELECT * FROM bid WHERE bid.auction = a.id) AND a.category > 10`,
  scalar: `SELECT id, reserve - (SELECT min(reserve) FROM auction) AS above FROM auction
            WHERE reserve > (SELECT avg(price) FROM bid WHERE channel = 'Google')`,
  scalar_correlated: `SELECT id, (SELECT count(*) FROM bid b WHERE b.auction = a.id) AS bids,
                             (SELECT max(price) + 1 FROM bid b WHERE a.id = b.auction AND b.price < 5000) AS low FROM auction a`,
};

it('equal Postgres: every kind of join, and subqueries in WHERE and SELECT', async () => {
  const open = await openTestEngine();
  await submit(open, [NEXMARK_SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS);
});
