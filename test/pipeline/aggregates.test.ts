// Every aggregate, over sources and over results that change, as Postgres answers it over the same rows. Where Postgres leaves an
// order open (string_agg without ORDER BY), the text gives one.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { CHANGING, mixedRows, SOURCES } from './mixed-rows.ts';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';

/** Of every column that has them: over what FROM gives, grouped. */
const ALL_CALLS = `count(*) AS c0, count(x.i) AS c1, count(DISTINCT x.i) AS c2, count(DISTINCT x.n) AS c3, count(DISTINCT x.d) AS c4,
  count(DISTINCT x.t) AS c5, count(DISTINCT x.v) AS c6, sum(x.i) AS s1, sum(x.s) AS s2, sum(x.b) AS s3, sum(x.d) AS s4,
  sum(x.n) AS s5, sum(x.v) AS s6, avg(x.i) AS a1, avg(x.s) AS a2, avg(x.b) AS a3, avg(x.d) AS a4, avg(x.n) AS a5, avg(x.v) AS a6,
  sum(DISTINCT x.s) AS ds, avg(DISTINCT x.s) AS da, sum(DISTINCT x.d) AS dd, min(x.t) AS m1, max(x.t) AS m2, min(x.n) + 0.0000 AS m3,
  max(x.d) AS m4, min(x.b) AS m5, max(x.v) = max(x.v) AS m6, min(x.at) AS m7,
  sum(x.n)::text AS d1, avg(x.n)::text AS d2, avg(x.b)::text AS d3, stddev(x.i)::text AS d4, var_pop(x.n)::text AS d5, stddev_pop(x.n)::text AS d6,
  bool_and(x.o) AS o1, bool_or(x.o) AS o2, every(x.s > -11) AS o3, stddev(x.i) AS v1, stddev_pop(x.s) AS v2, variance(x.b) AS v3, var_pop(x.n) AS v4,
  stddev_samp(x.d) AS v5, var_samp(x.s) AS v6, var_pop(x.d) AS v7, stddev(x.n) AS v8, variance(DISTINCT x.s) AS v9,
  string_agg(x.t, ',' ORDER BY x.id) AS t1, string_agg(DISTINCT x.t, '|') AS t2, string_agg(x.t, x.t ORDER BY x.n DESC NULLS LAST, x.id DESC) AS t3,
  string_agg(DISTINCT x.t, '-' ORDER BY x.t DESC) AS t4,
  count(*) FILTER (WHERE x.s > 0) AS f1, sum(1000 / x.s) FILTER (WHERE x.s <> 0) AS f2, min(x.t) FILTER (WHERE x.o) AS f3,
  string_agg(x.t, '' ORDER BY x.id) FILTER (WHERE x.s < 0) AS f4, count(DISTINCT x.k) FILTER (WHERE x.o) AS f5,
  array_agg(x.i ORDER BY x.id) AS g1, array_agg(x.t ORDER BY x.n DESC NULLS LAST, x.id) AS g2, array_agg(DISTINCT x.s) AS g3,
  array_agg(x.n ORDER BY x.id DESC) FILTER (WHERE x.o) AS g4, array_agg(x.v ORDER BY x.t, x.id) AS g5, array_agg(x.at ORDER BY x.id) AS g6,
  array_agg(DISTINCT x.t ORDER BY x.t DESC) FILTER (WHERE x.s > 2) AS g7, array_agg(x.o ORDER BY x.id) FILTER (WHERE x.s < -100) AS g8,
  array_agg(1000 / x.s ORDER BY 1000 / x.s, x.id) FILTER (WHERE x.s <> 0) AS g9, array_agg(x.d ORDER BY x.id) AS g10,
  jsonb_agg(x.n ORDER BY x.id) AS j1, jsonb_agg(DISTINCT x.t) AS j2, jsonb_agg(x.at ORDER BY x.id DESC) FILTER (WHERE x.o IS NULL) AS j3,
  jsonb_agg_strict(x.s ORDER BY x.id) AS j4, jsonb_agg(ARRAY[x.t, x.k::text] ORDER BY x.id) AS j5, jsonb_agg(x.v ORDER BY x.id) AS j6,
  jsonb_object_agg(x.id, x.t ORDER BY x.id) AS j7, jsonb_object_agg(coalesce(x.t, '-'), x.s ORDER BY x.id) AS j8,
  jsonb_object_agg_strict(x.at, x.d ORDER BY x.id) AS j9, jsonb_object_agg(x.o, x.id ORDER BY x.id DESC) FILTER (WHERE x.o IS NOT NULL) AS j10,
  string_agg(convert_to(x.t, 'UTF8'), '\\x00'::bytea ORDER BY x.id) AS y1, string_agg(DISTINCT convert_to(x.t, 'UTF8'), NULL) AS y2,
  bit_and(x.i) AS z1, bit_or(x.s) AS z2, bit_xor(x.b) AS z3, bit_and(x.b) AS z4, bit_or(x.i) AS z5, bit_xor(x.s) AS z6,
  bit_xor(DISTINCT x.s) AS z7, bit_or(x.b) FILTER (WHERE x.o) AS z8, min(ARRAY[x.s, x.i]) AS e1, max(ARRAY[x.t, x.k::text]) AS e2,
  max(convert_to(x.t, 'UTF8')) AS e3, sum(x.d::real) AS r1, avg(x.d::real) AS r2, sum((x.s / 4.0)::real)::text AS r3`;

const VIEWS: Readonly<Record<string, string>> = {
  growing: `SELECT k, ${ALL_CALLS} FROM mixed x GROUP BY k`,
  growing_all: `SELECT ${ALL_CALLS} FROM mixed x`,
  growing_none: `SELECT ${ALL_CALLS} FROM mixed x WHERE id < 0`,
  changing: `SELECT k, ${ALL_CALLS} FROM ${CHANGING} x GROUP BY k`,
  changing_all: `SELECT ${ALL_CALLS} FROM ${CHANGING} x WHERE s <> 3`,
  changing_none: `SELECT ${ALL_CALLS} FROM ${CHANGING} x WHERE id < 0`,
  changing_by_numeric: `SELECT n, count(*) AS c, sum(d) AS s, count(DISTINCT n) AS u FROM ${CHANGING} x GROUP BY n`,
  three_levels: `SELECT c, count(*) AS groups, string_agg(t, ',' ORDER BY t, k) AS ts FROM
    (SELECT k, t, count(*) AS c FROM ${CHANGING} x GROUP BY k, t) y GROUP BY c`,
  changing_union: `SELECT a, sum(b) AS s, count(DISTINCT b) AS u, min(b) AS m FROM
    (SELECT auction % 5 AS a, count(*) AS b FROM bid GROUP BY auction UNION ALL
     SELECT bidder % 5, max(price) FROM bid GROUP BY bidder) u GROUP BY a HAVING count(*) > 2 AND max(b) > 7`,
  changing_filter: `SELECT b + 1 AS b, c FROM (SELECT bidder AS b, count(*) AS c FROM bid GROUP BY bidder) x WHERE c > 3 AND b % 2 = 0`,
  any_of_group: `SELECT k, any_value(k + 1) AS v, any_value(o) FILTER (WHERE o) AS o, any_value(to_jsonb(k)) AS j FROM mixed GROUP BY k`,
  any_of_changing: `SELECT k, any_value(k + 1) AS v, any_value(o) FILTER (WHERE o) AS o, any_value(to_jsonb(k)) AS j FROM ${CHANGING} x GROUP BY k`,
  extreme_rows: `SELECT k, (max(ROW(x.s, x.t)))::text AS m, (min(ROW(x.t, x.id)))::text AS l FROM ${CHANGING} x GROUP BY k`,
  distinct_rows: `SELECT DISTINCT channel, price % 3 AS p FROM bid`,
  distinct_of_changing: `SELECT DISTINCT n FROM (SELECT auction, count(*) AS n FROM bid GROUP BY auction) x`,
  distinct_numerics: `SELECT DISTINCT k, n IS NULL AS missing FROM mixed`,
  by_position: `SELECT price % 10, count(*) FROM bid GROUP BY 1`,
  by_nothing: `SELECT count(*) AS n, 7 AS seven FROM bid GROUP BY ()`,
  nothing_of_nothing: `SELECT max(n) AS m, count(*) AS c FROM (SELECT count(*) AS n FROM bid WHERE price < 0 GROUP BY auction) x`,
  conditions: `SELECT auction, count(DISTINCT bidder) AS u FROM bid GROUP BY auction
            HAVING bool_or(price > 100000) AND stddev_pop(price) > 10 AND count(DISTINCT channel) > 2`,
  windows_of_windows: `SELECT window_end, max(n) AS most, min(n) AS least, count(DISTINCT n) AS u FROM
    (SELECT auction, window_end, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '20 milliseconds') GROUP BY auction, window_end) w
     GROUP BY window_end`,
  per_window: `SELECT bidder, window_end, count(*) AS n, string_agg(channel, ',' ORDER BY price, channel) AS t
    FROM TUMBLE(bid, date_time, INTERVAL '20 milliseconds') GROUP BY bidder, window_end`,
  closed_over_changing: `SELECT window_end, max(n) AS most, sum(DISTINCT n) AS s FROM per_window GROUP BY window_end EMIT ON WINDOW CLOSE`,
};

async function epochs(databaseUrl: string): Promise<readonly number[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ epoch: string }>('SELECT epoch::text FROM millrace.pipelines');
    return rows.map(({ epoch }) => Number(epoch));
  } finally {
    await client.end();
  }
}

it.each([1, 2])('equals Postgres over growing and changing rows (seed %i)', async (seed) => {
  const fileRoot = mkdtempSync(join(tmpdir(), 'millrace-aggregates-'));
  writeFileSync(join(fileRoot, 'mixed.jsonl'), mixedRows(seed, 300));
  const open = await openTestEngine({ fileRoot, env: { MILLRACE_CHECKPOINT_INTERVAL_MS: '100' } });
  await submit(open, [SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  // Rows left and came back in between: the changing views are no test of one epoch. How many there are is a matter of pace.
  expect(Math.max(...(await epochs(open.databaseUrl)))).toBeGreaterThan(1);
  await expectEqualToPostgres(open, VIEWS);
});
