// Percentiles, modes, correlation and regression, first and last values: over sources and over results that change, as Postgres
// answers them over the same rows.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { CHANGING, mixedRows, SOURCES } from './mixed-rows.ts';

/** What is equal here prints the same, or is a number that is compared as one. */
const ALL_CALLS = `percentile_cont(0.5) WITHIN GROUP (ORDER BY x.s) AS p1, percentile_cont(0.25) WITHIN GROUP (ORDER BY x.d DESC) AS p2,
  percentile_cont(ARRAY[0, 0.1, NULL, 0.77, 1]) WITHIN GROUP (ORDER BY x.n) AS p3, percentile_cont(0.9) WITHIN GROUP (ORDER BY x.v) AS p4,
  percentile_cont(ARRAY[0.3, 0.6]) WITHIN GROUP (ORDER BY x.v DESC) FILTER (WHERE x.o) AS p5, percentile_cont(NULL) WITHIN GROUP (ORDER BY x.i) AS p6,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY x.t) AS q1, percentile_disc(0.1) WITHIN GROUP (ORDER BY x.n) AS q2,
  percentile_disc(ARRAY[0, 0.5, 1]) WITHIN GROUP (ORDER BY x.at DESC) AS q3, percentile_disc(1) WITHIN GROUP (ORDER BY x.i) AS q4,
  percentile_disc(0.66) WITHIN GROUP (ORDER BY 1000 / x.s) FILTER (WHERE x.s <> 0) AS q5, percentile_disc(0.5) WITHIN GROUP (ORDER BY x.o DESC) AS q6,
  mode() WITHIN GROUP (ORDER BY x.s) AS m1, mode() WITHIN GROUP (ORDER BY x.t DESC) AS m2, mode() WITHIN GROUP (ORDER BY x.n) AS m3,
  mode() WITHIN GROUP (ORDER BY ARRAY[x.s, x.k]) FILTER (WHERE x.o) AS m4, mode() WITHIN GROUP (ORDER BY x.o) AS m5,
  corr(x.i, x.s) AS c1, corr(x.d, x.s) AS c2, covar_pop(x.s, x.d) AS c3, covar_samp(x.i, x.d) AS c4, corr(x.n, x.s) AS c5,
  regr_avgx(x.s, x.d) AS r1, regr_avgy(x.s, x.d) AS r2, regr_count(x.s, x.d) AS r3, regr_intercept(x.s, x.d) AS r4, regr_r2(x.s, x.d) AS r5,
  regr_slope(x.s, x.d) AS r6, regr_sxx(x.s, x.d) AS r7, regr_sxy(x.s, x.i) AS r8, regr_syy(x.s, x.d) AS r9,
  regr_slope(x.i, 1000 / x.s) FILTER (WHERE x.s <> 0) AS r10, regr_count(x.n, x.s) FILTER (WHERE x.o) AS r11, covar_pop(x.k, 1) AS r12, regr_r2(1, x.d) AS r13,
  first_value(x.t ORDER BY x.id) AS f1, last_value(x.s ORDER BY x.n NULLS FIRST, x.id) AS f2, first_value(x.v ORDER BY x.id DESC) FILTER (WHERE x.o) AS f3,
  last_value(x.n ORDER BY x.at DESC, x.id) AS f4, approx_count_distinct(x.t) AS a1, approx_count_distinct(x.s) FILTER (WHERE x.o) AS a2`;

const VIEWS: Readonly<Record<string, string>> = {
  growing: `SELECT k, ${ALL_CALLS} FROM mixed x GROUP BY k`,
  growing_all: `SELECT ${ALL_CALLS} FROM mixed x`,
  growing_none: `SELECT ${ALL_CALLS} FROM mixed x WHERE id < 0`,
  changing: `SELECT k, ${ALL_CALLS} FROM ${CHANGING} x GROUP BY k`,
  changing_all: `SELECT ${ALL_CALLS} FROM ${CHANGING} x WHERE s <> 3`,
  changing_none: `SELECT ${ALL_CALLS} FROM ${CHANGING} x WHERE id < 0`,
  in_windows: `SELECT window_end, percentile_disc(0.5) WITHIN GROUP (ORDER BY price) AS median, corr(price, auction) AS c
    FROM TUMBLE(bid, date_time, INTERVAL '20 milliseconds') GROUP BY window_end`,
  on_close: `SELECT window_end, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY price) AS p, mode() WITHIN GROUP (ORDER BY channel) AS m,
    regr_slope(price, bidder) AS r FROM HOP(bid, date_time, INTERVAL '10 milliseconds', INTERVAL '20 milliseconds') GROUP BY window_end EMIT ON WINDOW CLOSE`,
  rolled_up: `SELECT k, s, percentile_cont(0.5) WITHIN GROUP (ORDER BY i) AS p, count(*) AS n FROM mixed GROUP BY ROLLUP (k, s)`,
};

it.each([testSeed(), testSeed() + 1])(
  'equals Postgres over growing and changing rows (seed %i)',
  async (seed) => {
    const fileRoot = mkdtempSync(join(tmpdir(), 'millrace-statistics-'));
    writeFileSync(join(fileRoot, 'mixed.jsonl'), mixedRows(seed, 500));
    const open = await openTestEngine({ fileRoot, env: { MILLRACE_CHECKPOINT_INTERVAL_MS: '100' } });
    await submit(open, [SOURCES, ...viewStatements(VIEWS)].join('\n'));
    await finished(open);
    await expectEqualToPostgres(open, VIEWS);
  },
);
