// unnest, generate_series, VALUES and their like in FROM and in the select list, INTERSECT ALL and EXCEPT ALL, as Postgres
// answers them over the same rows; over input that grows, and over groups that change.

import { expect, it } from 'vitest';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const PER_CHANNEL = `(SELECT channel, count(*) AS n, max(price) AS most FROM bid GROUP BY channel)`;

const VIEWS: Readonly<Record<string, string>> = {
  of_array: `SELECT b.auction, b.price, u.x, u.n FROM bid b, unnest(ARRAY[b.auction, b.bidder, NULL]) WITH ORDINALITY AS u(x, n)`,
  some_empty: `SELECT b.price, word FROM bid b, unnest(string_to_array(b.channel, 'o')) AS word WHERE price > 500`,
  some_null: `SELECT a.id, u.x FROM auction a CROSS JOIN LATERAL unnest(CASE WHEN a.id % 3 = 0 THEN ARRAY[a.seller, a.category] WHEN a.id % 3 = 1 THEN ARRAY[]::bigint[] END) AS u(x)`,
  left_lateral: `SELECT a.id, u.x, u.n FROM auction a LEFT JOIN LATERAL unnest(CASE WHEN a.id % 3 = 0 THEN ARRAY[a.seller, a.category] END) WITH ORDINALITY AS u(x, n) ON true`,
  side_by_side: `SELECT a.id, u.* FROM auction a, unnest(ARRAY[a.id, a.seller], ARRAY['x', a.item_name, 'z']) AS u(i, t)`,
  rows_from: `SELECT a.id, u.* FROM auction a, ROWS FROM (generate_series(1, (a.id % 4)::int), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS u(g, t, n)`,
  series: `SELECT a.id, g FROM auction a, generate_series(1, (a.id % 5)::int) AS g`,
  series_down: `SELECT a.id, g FROM auction a, generate_series(a.id, a.id - 7, -3) AS g`,
  series_of_days: `SELECT a.id, d FROM auction a, generate_series(a.date_time, a.date_time + INTERVAL '40 days', INTERVAL '10 days 01:00') AS d`,
  series_of_months: `SELECT p.id, d FROM person p, generate_series(TIMESTAMP '2026-01-31 00:00:00', TIMESTAMP '2026-06-30 00:00:00', INTERVAL '1 month') AS d WHERE p.id % 10 = 0`,
  subscripts: `SELECT a.id, s FROM auction a, generate_subscripts(ARRAY[a.id, a.seller, a.category], 1) AS s WHERE s < 3`,
  of_json: `SELECT a.id, e.value, t.value AS text FROM auction a, jsonb_array_elements(jsonb_build_array(a.id, a.item_name, NULL)) AS e, jsonb_array_elements_text(to_jsonb(ARRAY[a.seller])) AS t`,
  // Item after item: a subscript that begins at the first one each time would take minutes.
  long_array: `SELECT a.id, count(*) AS n, max(x) AS most FROM auction a, unnest(string_to_array(repeat(a.id || ',', 100000), ',')) AS x WHERE a.id IN (1001, 1002) GROUP BY a.id`,
  long_document: `SELECT p.id, sum(length(e.value::text)) AS n FROM person p, jsonb_array_elements(to_jsonb(string_to_array(repeat(p.id || ',', 50000), ','))) AS e WHERE p.id = 1001 GROUP BY p.id`,
  words: `SELECT word, count(*) AS n FROM auction a, string_to_table(a.item_name, ' ') AS word GROUP BY word`,
  listed: `SELECT auction, unnest(ARRAY[price, bidder]) AS x, generate_series(1, 3) FROM bid WHERE price > 1000`,
  named_values: `SELECT b.auction, v.name FROM bid b JOIN (VALUES (1, 'one'), (2, 'two'), (3, NULL)) AS v(id, name) ON v.id = b.auction % 5`,
  left_values: `SELECT a.id, v.column1 FROM auction a LEFT JOIN (VALUES (1.5), (2)) AS v ON true`,
  condition: `SELECT b.price, g FROM bid b JOIN generate_series(1, 10) AS g ON g * 100 > b.price`,
  of_groups: `SELECT c.channel, g, c.most FROM ${PER_CHANNEL} c, generate_series(1, c.n % 7) AS g`,
  groups_above: `SELECT g, count(*) AS n, sum(c.most) AS s FROM ${PER_CHANNEL} c, generate_series(1, c.n % 9) AS g GROUP BY g`,
  both_all: `SELECT auction % 20 AS k FROM bid INTERSECT ALL SELECT id % 20 FROM auction`,
  less_all: `SELECT id % 7 AS k, category FROM auction EXCEPT ALL SELECT auction % 7, 10 FROM bid WHERE price > 400`,
  less_of_groups: `SELECT n % 3 AS k FROM ${PER_CHANNEL} a EXCEPT ALL SELECT n % 4 FROM ${PER_CHANNEL} b WHERE most > 100`,
  nulls_all: `SELECT CASE WHEN id % 2 = 0 THEN id % 4 END AS a FROM auction INTERSECT ALL SELECT CASE WHEN auction % 3 = 0 THEN auction % 4 END FROM bid`,
};

it('equal Postgres', { timeout: 120_000 }, async () => {
  const open = await openTestEngine();
  await submit(open, [NEXMARK_SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS);
});

it('a series that is too long fails for its row alone', { timeout: 60_000 }, async () => {
  const open = await openTestEngine();
  const view = `CREATE MATERIALIZED VIEW v AS SELECT a.id, g FROM auction a, generate_series(1, CASE WHEN a.id = 1001 THEN 2000000 ELSE 1 END) AS g`;
  await submit(open, [NEXMARK_SOURCES, view].join('\n'));
  await finished(open);
  const { rows } = await open.pool.query<{ sqlstate: string; n: bigint }>(
    'SELECT sqlstate, count(*) AS n FROM millrace.view_errors GROUP BY 1',
  );
  expect(rows).toEqual([{ sqlstate: '54000', n: 1n }]);
});
