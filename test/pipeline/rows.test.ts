// Rows as values: their fields, all fields at once, comparisons, texts, as Postgres answers them; over input that grows, and over
// groups that change.

import { it } from 'vitest';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const PAIRS = `(SELECT ROW(auction, price, channel) AS r, bidder FROM bid WHERE price > 300)`;
const PER_CHANNEL = `(SELECT channel, ROW(count(*), max(price)) AS r FROM bid GROUP BY channel)`;

const VIEWS: Readonly<Record<string, string>> = {
  all_fields: `SELECT bidder, (r).* FROM ${PAIRS} x`,
  some_fields: `SELECT bidder, (r).f2 AS price, (r).f3 || '!' AS channel FROM ${PAIRS} x WHERE (r).f1 % 2 = 0`,
  named: `SELECT (x.r).* FROM (SELECT ROW(id, seller) AS r FROM auction) x WHERE (x.r).f1 > 1003`,
  of_groups: `SELECT channel, (r).* FROM ${PER_CHANNEL} x`,
  compared: `SELECT a.id FROM auction a WHERE (a.category, a.id) > (11, 1010) AND (a.id, a.seller) IS DISTINCT FROM (1020, 1000)`,
  equal_rows: `SELECT x.bidder FROM ${PAIRS} x WHERE x.r = ROW(1000::bigint, 400::bigint, 'Google'::text) OR x.r < ROW(1005::bigint, 0::bigint, ''::text)`,
  listed: `SELECT auction, price FROM bid WHERE (auction % 3, channel) IN ((0, 'Google'), (1, 'Baidu'), (2, NULL))`,
  shown: `SELECT bidder, x.r::text AS t FROM ${PAIRS} x`,
  empty: `SELECT count(*) AS n FROM (SELECT ROW(NULLIF(auction % 2, 0), NULLIF(price % 2, 0)) AS r FROM bid) x WHERE r IS NULL OR NOT r IS NOT NULL`,
  keys: `SELECT jsonb_object_keys(jsonb_build_object(item_name, id, 'id', 1)) AS k FROM auction`,
  members: `SELECT a.id, k FROM auction a, jsonb_object_keys(jsonb_build_object('a', 1, 'bb', a.seller)) AS k`,
  paths: `SELECT a.id, p FROM auction a, jsonb_path_query(jsonb_build_array(a.id, a.seller, 'x'), '$[*] ? (@ > $least)', '{"least": 1002}') AS p`,
  path_of_groups: `SELECT x.channel, p FROM (SELECT channel, jsonb_build_object('n', count(*), 'most', max(price)) AS j FROM bid GROUP BY channel) x, jsonb_path_query(x.j, '$.* ? (@ > 50)') AS p`,
};

it('equal Postgres', { timeout: 120_000 }, async () => {
  const open = await openTestEngine();
  await submit(open, [NEXMARK_SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS);
});
