// ROLLUP, CUBE and GROUPING SETS, over sources and over results that change, as Postgres answers them over the same rows: with keys that
// are NULL beside keys that are not grouped by, HAVING, GROUPING, windows, readers above.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import { seeded } from '../simulation/random.ts';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';

function rows(seed: number, n: number): string {
  const random = seeded(seed);
  const orNull = <T>(value: T): T | null => (random.chance(0.25) ? null : value);
  return Array.from({ length: n }, (_, id) => {
    const row = {
      id,
      a: orNull(random.below(3)),
      b: orNull(random.pick(['x', 'y'])),
      c: random.below(4),
      n: orNull((random.below(1000) / 100).toFixed(random.below(3))),
      at: new Date(1_700_000_000_000 + id * 100).toISOString(),
    };
    return `${JSON.stringify(row)}\n`;
  }).join('');
}

const SOURCES = `
CREATE SOURCE r (id BIGINT NOT NULL, a INTEGER, b TEXT, c INTEGER NOT NULL, n NUMERIC, at TIMESTAMPTZ NOT NULL,
  WATERMARK FOR at AS at - INTERVAL '1 second')
  WITH (connector = 'file', path = 'rows.jsonl', max_rate = '200') FORMAT PLAIN ENCODE JSON;`;

/** The latest row of each remainder: it changes while rows come. */
const CHANGING = `(SELECT id % 29 AS g, max(id) AS id, max(a) AS a, max(b) AS b, max(c) AS c, sum(n) AS n FROM r GROUP BY 1)`;

const VIEWS: Readonly<Record<string, string>> = {
  rolled_up: `SELECT a, b, count(*) AS n, sum(c) AS s, max(n) AS m FROM r GROUP BY ROLLUP (a, b)`,
  cubed: `SELECT a, b, c, GROUPING(a, b, c) AS g, count(*) AS n FROM r GROUP BY CUBE (a, b, c)`,
  sets: `SELECT a, b, count(DISTINCT c) AS u, string_agg(b, ',' ORDER BY id) AS t, GROUPING(b) AS gb
    FROM r GROUP BY GROUPING SETS ((a), (b), (a, b), (), (a))`,
  joined_sets: `SELECT a, b, c, count(*) AS n FROM r GROUP BY c, ROLLUP (a), GROUPING SETS ((b), ())`,
  joined_once: `SELECT a, b, count(*) AS n FROM r GROUP BY DISTINCT ROLLUP (a), ROLLUP (a, b)`,
  together: `SELECT a, b, c, count(*) AS n FROM r GROUP BY ROLLUP ((a, b), c)`,
  of_expressions: `SELECT a + 1 AS x, a + 1 + c AS y, coalesce(b, '-') AS z, count(*) AS n FROM r GROUP BY CUBE (a + 1, b, c)`,
  not_null_key: `SELECT c + 1 AS c1, c IS NULL AS missing, c * 2 AS twice, count(*) AS n FROM r GROUP BY ROLLUP (c)`,
  plain_grouping: `SELECT a, GROUPING(a) AS g, count(*) AS n FROM r GROUP BY a`,
  having_counts: `SELECT a, b, count(*) AS n FROM r GROUP BY CUBE (a, b) HAVING count(*) > 20 AND GROUPING(a) + GROUPING(b) < 2`,
  having_keys: `SELECT a, b, count(*) AS n FROM r GROUP BY CUBE (a, b) HAVING a IS NULL OR b = 'x'`,
  over_nothing: `SELECT a, count(*) AS n, sum(c) AS s, array_agg(c) AS l FROM r WHERE id < 0 GROUP BY CUBE (a)`,
  keys_only: `SELECT a, b FROM r GROUP BY ROLLUP (a, b)`,
  changing: `SELECT a, b, count(*) AS n, sum(n) AS s, min(c) AS m, avg(c) AS v, GROUPING(a, b) AS g FROM ${CHANGING} x GROUP BY CUBE (a, b)`,
  changing_having: `SELECT a, b, count(*) AS n FROM ${CHANGING} x GROUP BY ROLLUP (a, b) HAVING count(*) < 4`,
  in_windows: `SELECT window_end, a, count(*) AS n FROM TUMBLE(r, at, INTERVAL '5 seconds') GROUP BY window_end, ROLLUP (a)`,
  some_windows: `SELECT window_start, window_end, b, count(*) AS n FROM HOP(r, at, INTERVAL '2 seconds', INTERVAL '6 seconds')
    GROUP BY GROUPING SETS ((window_start, window_end, b), (b), ())`,
  on_close: `SELECT window_end, a, b, count(*) AS n FROM TUMBLE(r, at, INTERVAL '5 seconds')
    GROUP BY GROUPING SETS ((window_end, a), (window_end, b), (window_end)) EMIT ON WINDOW CLOSE`,
  above: `SELECT g, count(*) AS groups, sum(n) AS n FROM (SELECT a, b, count(*) AS n, GROUPING(a, b) AS g FROM r GROUP BY CUBE (a, b)) x GROUP BY g`,
  first_of_each: `SELECT a, b, n FROM (SELECT a, b, count(*) AS n, row_number() OVER (PARTITION BY GROUPING(a, b) ORDER BY count(*) DESC, a, b) AS place
    FROM r GROUP BY CUBE (a, b)) x WHERE place <= 2`,
  twice_by_position: `SELECT a AS k, a AS l, GROUPING(a) AS g, count(*) AS n FROM r GROUP BY ROLLUP (1, 2)`,
  twice_the_other_way: `SELECT a AS k, a AS l, GROUPING(a) AS g, count(*) AS n FROM r GROUP BY ROLLUP (2, 1)`,
  twice_by_output_name: `SELECT a AS k, r.a AS l, b, count(*) AS n FROM r GROUP BY CUBE (k, l, b)`,
  twice_by_name: `SELECT a AS k, a AS l, a + c AS m, count(*) AS n FROM r GROUP BY ROLLUP (a, r.a, c)`,
  name_beside_position: `SELECT a AS k, a AS l, GROUPING(a) AS g, count(*) AS n FROM r GROUP BY ROLLUP (a, 2)`,
  position_beside_name: `SELECT a AS k, a AS l, GROUPING(a) AS g, count(*) AS n FROM r GROUP BY ROLLUP (2, a)`,
  expression_twice: `SELECT a + 1 AS k, a + 1 AS l, GROUPING(a + 1) AS g, count(*) AS n FROM r GROUP BY GROUPING SETS ((1), (2), ())`,
  twice_in_all: `SELECT a AS k, a AS l, a + 1 AS m, b, count(*) AS n FROM r GROUP BY 1, 2, ROLLUP (b) HAVING a > 0`,
  sets_distinct: `SELECT a AS k, a AS l, a AS m, count(*) AS n FROM r GROUP BY DISTINCT GROUPING SETS ((2), (3), (a), (1), (2, 3), (3, 2))`,
  twice_changing: `SELECT a AS k, a AS l, count(*) AS n, GROUPING(a) AS g FROM ${CHANGING} x GROUP BY ROLLUP (1, 2)`,
  distinct_of: `SELECT DISTINCT a FROM (SELECT a, b FROM r GROUP BY CUBE (a, b)) x`,
};

it.each([testSeed(), testSeed() + 1])('equals Postgres (seed %i)', async (seed) => {
  const fileRoot = mkdtempSync(join(tmpdir(), 'millrace-grouping-'));
  writeFileSync(join(fileRoot, 'rows.jsonl'), rows(seed, 400));
  const open = await openTestEngine({ fileRoot, env: { MILLRACE_CHECKPOINT_INTERVAL_MS: '100' } });
  await submit(open, [SOURCES, ...viewStatements(VIEWS)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, VIEWS);
});
