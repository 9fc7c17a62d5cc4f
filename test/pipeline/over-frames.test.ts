// Frames of every mode over every type that can order them, with NULLs, infinities and NaN, over rows that only come and over rows that
// come and go, as Postgres answers it over the same rows.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { seeded } from '../simulation/random.ts';
import { testSeed } from '../setup/seed.ts';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';

const SOURCE = `CREATE SOURCE kind (id BIGINT NOT NULL, g INTEGER, s SMALLINT, i INTEGER, b BIGINT, r REAL, d DOUBLE PRECISION, n NUMERIC,
  dt DATE, tm TIME, ts TIMESTAMP, tz TIMESTAMPTZ, v INTERVAL, x INTEGER)
  WITH (connector = 'file', path = 'kind.jsonl', max_rate = '150') FORMAT PLAIN ENCODE JSON;`;

function rows(seed: number): string {
  const random = seeded(seed);
  const orNull = <T>(value: T): T | null => (random.chance(0.08) ? null : value);
  const day = (): string => `2024-0${1 + random.below(9)}-${10 + random.below(18)}`;
  const time = (): string => `${10 + random.below(13)}:${10 + random.below(49)}:00.${random.below(10)}`;
  const far = (value: string): string =>
    random.chance(0.08) ? random.pick(['infinity', '-infinity']) : value;
  const special = random.pick.bind(random, ['NaN', 'Infinity', '-Infinity']);
  const lines = Array.from({ length: 400 }, (_, id) => ({
    id,
    g: random.below(4),
    s: orNull(random.below(40) - 20),
    i: orNull(random.chance(0.05) ? random.pick([2147483647, -2147483648]) : random.below(60)),
    b: orNull(
      random.chance(0.05)
        ? random.pick(['9223372036854775807', '-9223372036854775808'])
        : `${random.below(90)}`,
    ),
    r: orNull(random.chance(0.1) ? special() : random.below(80) / 10),
    d: orNull(random.chance(0.1) ? special() : random.below(80) / 10),
    n: orNull(random.chance(0.1) ? special() : (random.below(8000) / 1000).toFixed(random.below(4))),
    dt: orNull(far(day())),
    tm: orNull(time()),
    ts: orNull(far(`${day()} ${time()}`)),
    tz: orNull(far(`${day()} ${time()}+00`)),
    v: orNull(
      random.chance(0.1)
        ? random.pick(['infinity', '-infinity'])
        : `${random.below(3)} mons ${random.below(40)} days ${random.below(20)} hours`,
    ),
    x: orNull(random.below(100)),
  }));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The rows of each remainder that came last: they come and go while the source is read. */
const CHANGING = `(SELECT id % 61 AS k, max(id) AS id, max(g) AS g, max(s) AS s, max(i) AS i, max(b) AS b, max(r) AS r, min(d) AS d, max(n) AS n,
  max(dt) AS dt, max(tm) AS tm, min(ts) AS ts, max(tz) AS tz, max(v) AS v, max(x) AS x FROM kind GROUP BY 1)`;

const ALL = `sum(x) OVER w AS a1, count(*) OVER w AS a2, min(x) OVER w AS a3, max(x) OVER w AS a4, count(x) FILTER (WHERE x % 2 = 0) OVER w AS a5`;
const BY_ID = `first_value(x) OVER w AS v1, last_value(x) OVER w AS v2, nth_value(x, 2) OVER w AS v3`;

/** What orders the rows and how far frames reach. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  s: ['3', '5::bigint', '0', '7::smallint'],
  i: ['10', '4::bigint', '2147483647', "'6'"],
  b: ['10', '9223372036854775807'],
  r: ['1.5', "'infinity'::float8", '0'],
  d: ['0.3', "'infinity'", '2'],
  n: ['1.25', '0.001', "'Infinity'::numeric"],
  dt: ["'10 days'", "INTERVAL '36 hours'"],
  tm: ["INTERVAL '90 minutes'", "'1 day 10 minutes'"],
  ts: ["INTERVAL '20 days 3 hours'", "INTERVAL '0'"],
  tz: ["INTERVAL '7 days'", "'infinity'::interval"],
  v: ["INTERVAL '1 month'", "'5 days'", "'infinity'::interval"],
};

const FRAMES = [
  '%a PRECEDING',
  'BETWEEN %a PRECEDING AND %b FOLLOWING',
  'BETWEEN %b PRECEDING AND %a PRECEDING',
  'BETWEEN %a FOLLOWING AND %b FOLLOWING',
  'BETWEEN UNBOUNDED PRECEDING AND %b FOLLOWING',
  'BETWEEN CURRENT ROW AND %a FOLLOWING',
  'BETWEEN %a FOLLOWING AND UNBOUNDED FOLLOWING',
];
const DIRECTIONS = ['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'];
const EXCLUDES = ['', '', ' EXCLUDE CURRENT ROW', ' EXCLUDE GROUP', ' EXCLUDE TIES', ' EXCLUDE NO OTHERS'];

function ranges(seed: number): Record<string, string> {
  const random = seeded(seed);
  const views: Record<string, string> = {};
  for (const [key, offsets] of Object.entries(KEYS))
    for (const from of ['kind', CHANGING]) {
      const frame = random
        .pick(FRAMES)
        .replaceAll('%a', random.pick(offsets))
        .replaceAll('%b', random.pick(offsets));
      const order = `${key}${random.pick(DIRECTIONS)}`;
      const partition = random.chance(0.7) ? 'PARTITION BY g ' : '';
      const window = `${partition}ORDER BY ${order} RANGE ${frame}${random.pick(EXCLUDES)}`;
      views[`range_${key}_${from === 'kind' ? 'grows' : 'changes'}`] =
        `SELECT id, ${ALL} FROM ${from} x WINDOW w AS (${window})`;
    }
  return views;
}

const VIEWS: Readonly<Record<string, string>> = {
  rows_excluding: `SELECT id, ${ALL}, ${BY_ID} FROM kind
     WINDOW w AS (PARTITION BY g ORDER BY s, id ROWS BETWEEN 3 PRECEDING AND 2 FOLLOWING EXCLUDE CURRENT ROW)`,
  rows_excluding_group: `SELECT id, ${ALL} FROM ${CHANGING} x
     WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING EXCLUDE GROUP)`,
  groups: `SELECT id, ${ALL} FROM kind WINDOW w AS (PARTITION BY g ORDER BY s DESC GROUPS BETWEEN 2 PRECEDING AND 1 FOLLOWING)`,
  groups_changing: `SELECT id, ${ALL} FROM ${CHANGING} x WINDOW w AS (ORDER BY g, s NULLS FIRST GROUPS BETWEEN 1 FOLLOWING AND 3 FOLLOWING)`,
  groups_ties: `SELECT id, ${ALL} FROM ${CHANGING} x WINDOW w AS (PARTITION BY g ORDER BY s / 5 GROUPS 1 PRECEDING EXCLUDE TIES)`,
  groups_current: `SELECT id, ${ALL} FROM kind WINDOW w AS (ORDER BY g GROUPS BETWEEN CURRENT ROW AND CURRENT ROW EXCLUDE CURRENT ROW)`,
  range_peers: `SELECT id, ${ALL} FROM ${CHANGING} x WINDOW w AS (ORDER BY g, s RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE GROUP)`,
  no_order: `SELECT id, ${ALL} FROM kind WINDOW w AS (PARTITION BY g, s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)`,
  values_of_range: `SELECT id, first_value(id) OVER w AS f, last_value(id) OVER w AS l, nth_value(id, 3) OVER w AS n FROM ${CHANGING} x
     WINDOW w AS (PARTITION BY g ORDER BY id RANGE BETWEEN 40 PRECEDING AND 25 FOLLOWING EXCLUDE CURRENT ROW)`,
  collections: `SELECT id, array_agg(n) OVER w AS n, array_agg(x) FILTER (WHERE x > 40) OVER w AS x, string_agg(s::text, '/') OVER w AS s,
     string_agg(i::text, d::text) FILTER (WHERE x < 70) OVER w AS i, jsonb_agg(v) OVER w AS v, jsonb_agg_strict(x) OVER w AS j,
     jsonb_object_agg(id, tz) OVER w AS o, jsonb_object_agg_strict(coalesce(g, 9), x) OVER w AS q
     FROM ${CHANGING} x WINDOW w AS (PARTITION BY g ORDER BY id RANGE BETWEEN 50 PRECEDING AND 10 FOLLOWING EXCLUDE CURRENT ROW)`,
  collections_so_far: `SELECT id, array_agg(b) OVER w AS b, string_agg(convert_to(s::text, 'UTF8'), '\\x00'::bytea) OVER w AS s
     FROM kind WINDOW w AS (PARTITION BY g, s % 3 ORDER BY ts DESC NULLS LAST, id)`,
  collections_no_name: `SELECT id, jsonb_object_agg(coalesce(x, -1), id) OVER (ORDER BY id GROUPS 2 PRECEDING) AS o FROM ${CHANGING} x`,
  sums_of_range: `SELECT id, sum(b) OVER w AS b, avg(s) OVER w AS s, sum(v) OVER w AS v, stddev(i) OVER w AS i, var_pop(s) OVER w AS p,
     bool_and(x > 10) OVER w AS o, bit_or(x) OVER w AS t, corr(s, x) OVER w AS c, regr_slope(x, s) OVER w AS l, count(n) OVER w AS n
     FROM ${CHANGING} x WINDOW w AS (ORDER BY id RANGE BETWEEN 60 PRECEDING AND CURRENT ROW)`,
};

it(`equal Postgres (seed ${testSeed()})`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-frames-'));
  writeFileSync(join(root, 'kind.jsonl'), rows(testSeed()));
  const open = await openTestEngine({ fileRoot: root });
  const views = { ...VIEWS, ...ranges(testSeed()) };
  await submit(open, [SOURCE, ...viewStatements(views)].join('\n'));
  await finished(open);
  await expectEqualToPostgres(open, views);
}, 60_000);
