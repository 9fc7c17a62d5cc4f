// Functions in SQL give what Postgres gives for the same functions, wherever a value may stand.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import { Judge } from '../windows/judge.ts';
import { ViewRun } from '../windows/view-run.ts';
import { randomRows, SOURCES } from './script.ts';

const SEED = testSeed();
const input = randomRows(SEED, 60);
let judge: Judge;

beforeAll(async () => {
  judge = await Judge.open();
  await judge.load(SOURCES, input.s, 's');
  await judge.load(SOURCES, input.r, 'r');
});
afterAll(() => judge.close());

/** Functions, then the query of the view. */
const SCRIPTS: Readonly<Record<string, readonly [functions: string, query: string]>> = {
  'a body over its parameters': [
    `CREATE FUNCTION f(x bigint, y bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN x * 10 + y;`,
    'SELECT a, b, f(a, b) AS v FROM s',
  ],
  'a body in a string, by number and by qualified name': [
    `CREATE FUNCTION f(x bigint, y bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT $1 - f.y; $$;`,
    'SELECT f(b, a) AS v, f(a, 1) AS w FROM s',
  ],
  'arguments become what the parameters are': [
    `CREATE FUNCTION f(x numeric, y double precision) RETURNS text LANGUAGE sql RETURN x::text || '/' || y::text;`,
    `SELECT f(a, i) AS v, f(i, a) AS w, f('1.50', '2') AS c FROM s`,
  ],
  'the value becomes what is returned': [
    `CREATE FUNCTION f(x numeric) RETURNS bigint LANGUAGE sql RETURN x;
     CREATE FUNCTION g(x bigint) RETURNS smallint LANGUAGE sql RETURN x;
     CREATE FUNCTION h(x text) RETURNS varchar LANGUAGE sql RETURN x || '!';`,
    'SELECT f(n) AS v, g(a) AS w, h(t) AS x FROM s',
  ],
  'lengths and precisions of the types are not looked at': [
    `CREATE FUNCTION f(x varchar(2), y numeric(3, 1)) RETURNS varchar(3) LANGUAGE sql RETURN x || y;`,
    'SELECT f(t, n) AS v FROM s',
  ],
  'defaults, by name and by position': [
    `CREATE FUNCTION f(x bigint, y bigint DEFAULT 7, z text = 'z' || 1) RETURNS text
       LANGUAGE sql RETURN coalesce(x::text, '-') || ':' || coalesce(y::text, '-') || ':' || coalesce(z, '-');`,
    `SELECT f(a) AS v, f(a, b) AS w, f(a, z => t) AS x, f(z => t, x => b, y => a) AS y, f(y => NULL, x => 3) AS z FROM s`,
  ],
  'functions of functions': [
    `CREATE FUNCTION twice(x bigint) RETURNS bigint LANGUAGE sql RETURN x + x;
     CREATE FUNCTION four(x bigint, more bigint DEFAULT twice(1)) RETURNS bigint LANGUAGE sql RETURN twice(twice(x)) + more;`,
    'SELECT four(a) AS v, four(twice(b), twice(a)) AS w FROM s',
  ],
  'NULL in, whatever the body says out': [
    `CREATE FUNCTION f(x bigint, y text) RETURNS text LANGUAGE sql
       RETURN CASE WHEN x IS NULL THEN 'none' WHEN x > 0 THEN y ELSE NULL END;`,
    'SELECT a, t, f(a, t) AS v, f(NULL, t) AS w FROM s',
  ],
  'strict, where the body is not': [
    `CREATE FUNCTION f(x bigint, y bigint) RETURNS text LANGUAGE sql STRICT RETURN coalesce(x, 5)::text || 'y';
     CREATE FUNCTION g(x bigint) RETURNS boolean LANGUAGE sql RETURNS NULL ON NULL INPUT AS 'SELECT x IS NULL';`,
    'SELECT a, b, f(a, b) AS v, f(a, 1) AS w, g(a)::text AS x, g(NULL)::text AS y FROM s',
  ],
  'strict, where the body is': [
    `CREATE FUNCTION f(x bigint, y bigint) RETURNS bigint LANGUAGE sql STRICT RETURN x + y;`,
    'SELECT f(a, b) AS v FROM s',
  ],
  'a constant': [
    `CREATE FUNCTION f() RETURNS text LANGUAGE sql RETURN 'c';
     CREATE FUNCTION g() RETURNS bigint LANGUAGE sql RETURN NULL::bigint;`,
    'SELECT a, f() AS v, g() AS w FROM s',
  ],
  'in WHERE, under AND': [
    `CREATE FUNCTION good(x bigint, w text) RETURNS boolean LANGUAGE sql RETURN x > 0 OR w LIKE 'z%';`,
    'SELECT a, t FROM s WHERE good(a, t) AND NOT good(b, t)',
  ],
  'in GROUP BY, HAVING and arguments of aggregates': [
    `CREATE FUNCTION bucket(x bigint) RETURNS bigint LANGUAGE sql RETURN x / 3;
     CREATE FUNCTION more(x bigint) RETURNS boolean LANGUAGE sql RETURN x > 2;`,
    `SELECT bucket(a) AS v, count(*) AS n, sum(bucket(b)) AS total, max(b) FILTER (WHERE more(b)) AS m, bucket(sum(b)::bigint) AS s
       FROM s GROUP BY bucket(a) HAVING more(count(*))`,
  ],
  'grouped by a column, called over it': [
    `CREATE FUNCTION f(x bigint) RETURNS bigint LANGUAGE sql RETURN x * x + x;`,
    'SELECT f(a) AS v, f(max(b)) AS m FROM s GROUP BY a',
  ],
  'in JOIN ON, as a key and beside it': [
    `CREATE FUNCTION key(x bigint) RETURNS bigint LANGUAGE sql RETURN abs(x);
     CREATE FUNCTION longer(x text, y text) RETURNS boolean LANGUAGE sql RETURN length(x) >= length(y);`,
    'SELECT a, t, k, word FROM s LEFT JOIN r ON key(s.a) = r.k AND longer(word, t)',
  ],
  'in OVER and its arguments': [
    `CREATE FUNCTION side(x bigint) RETURNS boolean LANGUAGE sql RETURN x > 0;
     CREATE FUNCTION plus(x bigint) RETURNS bigint LANGUAGE sql RETURN x + 1;`,
    'SELECT a, b, sum(plus(b)) OVER (PARTITION BY side(a) ORDER BY plus(a)) AS v FROM s',
  ],
  'in subqueries and common tables': [
    `CREATE FUNCTION f(x bigint) RETURNS bigint LANGUAGE sql RETURN x % 3;`,
    `WITH c AS (SELECT f(a) AS v, b FROM s) SELECT v, b FROM c WHERE v IN (SELECT f(k) FROM r) AND EXISTS (SELECT 1 FROM r WHERE r.k = f(b))`,
  ],
  'with a subquery as an argument': [
    `CREATE FUNCTION f(x bigint, y bigint) RETURNS bigint LANGUAGE sql RETURN x + y + y;`,
    'SELECT a, f(a, (SELECT max(k) FROM r)) AS v FROM s',
  ],
  'times, with an interval by default': [
    `CREATE FUNCTION f(x timestamptz, y interval DEFAULT '1 day') RETURNS date LANGUAGE sql RETURN ((x + y) AT TIME ZONE 'UTC')::date;`,
    `SELECT f(at) AS v, f(at, INTERVAL '36 hours') AS w FROM s`,
  ],
  'through a plain view': [
    `CREATE FUNCTION f(x bigint) RETURNS bigint LANGUAGE sql RETURN x + 100;`,
    'SELECT f(v) AS w FROM (SELECT f(a) AS v FROM s) AS d WHERE f(v) > 190',
  ],
};

describe('functions in SQL give what Postgres gives', () => {
  test.each(Object.keys(SCRIPTS))('%s', async (name) => {
    const [functions, query] = SCRIPTS[name]!;
    const sql = `${SOURCES}\n${functions}\nCREATE MATERIALIZED VIEW v AS ${query};`;
    for (const optimize of [true, false]) {
      const run = new ViewRun(sql, { optimize });
      if (sql.includes('FROM r') || sql.includes('JOIN r')) run.push(input.r, 'r');
      run.push(input.s, 's');
      run.endEpoch(null);
      expect(run.errors).toEqual(new Map());
      expect(run.rows(), `seed ${SEED}`).toEqual(await judge.rows(sql));
      expect(run.rows().length).toBeGreaterThan(0);
    }
  });
});

describe('rows for which a body fails', () => {
  const functions = `
    CREATE FUNCTION ratio(x bigint, y bigint) RETURNS bigint LANGUAGE sql RETURN x / y;
    CREATE FUNCTION guarded(x bigint, y bigint) RETURNS bigint LANGUAGE sql RETURN CASE WHEN y <> 0 THEN ratio(x, y) END;`;

  test('are errors of their own, and the others are there', () => {
    const run = new ViewRun(
      `${SOURCES}${functions} CREATE MATERIALIZED VIEW v AS SELECT ratio(a, b) AS v FROM s WHERE a IS NOT NULL;`,
    );
    run.push(input.s, 's');
    run.endEpoch(null);
    const failing = input.s.filter(({ a, b }) => a !== null && b === 0n).length;
    const there = input.s.filter(({ a, b }) => a !== null && b !== 0n).length;
    expect(failing).toBeGreaterThan(0);
    expect([...run.errors.values()].reduce((sum, n) => sum + n, 0)).toBe(failing);
    expect([...run.errors.keys()][0]).toMatch(/division by zero/);
    expect(run.rows()).toHaveLength(there);
  });

  test('only where the body comes to what fails', async () => {
    const sql = `${SOURCES}${functions} CREATE MATERIALIZED VIEW v AS SELECT a, b, guarded(a, b) AS v FROM s;`;
    const run = new ViewRun(sql);
    run.push(input.s, 's');
    run.endEpoch(null);
    expect(run.errors).toEqual(new Map());
    expect(run.rows()).toEqual(await judge.rows(sql));
  });
});
