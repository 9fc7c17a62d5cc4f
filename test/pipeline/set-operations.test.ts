// UNION, INTERSECT and EXCEPT, as Postgres answers them over the same rows.

import { it } from 'vitest';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const VIEWS: Readonly<Record<string, string>> = {
  in_either: `SELECT auction AS id, bidder FROM bid UNION SELECT id, seller FROM auction`,
  in_both: `SELECT auction FROM bid WHERE price > 1000 INTERSECT SELECT id FROM auction WHERE category > 10`,
  left_only: `SELECT id FROM auction EXCEPT SELECT auction FROM bid WHERE price > 50000`,
  nulls_are_equal: `SELECT CASE WHEN id % 2 = 0 THEN id % 8 END AS a FROM auction INTERSECT SELECT CASE WHEN auction % 3 = 0 THEN auction % 7 END FROM bid`,
  precedence: `SELECT id % 5 AS n FROM auction UNION SELECT id % 7 FROM person INTERSECT SELECT auction % 6 FROM bid`,
  left_first: `SELECT id % 9 AS n FROM auction EXCEPT SELECT id % 2 FROM person UNION ALL SELECT category FROM auction`,
  in_from: `SELECT s.id, b.price FROM (SELECT id FROM auction WHERE category = 11 UNION SELECT id FROM person) s JOIN bid b ON b.auction = s.id`,
  types_meet: `SELECT category::int AS n FROM auction UNION SELECT price::numeric / 1 FROM bid WHERE price < 300`,
};

it('equal Postgres', async () => {
  const open = await openTestEngine();
  await submit(open, [NEXMARK_SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS);
});
