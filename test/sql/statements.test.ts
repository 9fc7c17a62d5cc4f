// One golden outline per kind of statement: what EXPLAIN (AST) prints of it. The texts are in golden/*.sql, several
// statements each; the outlines beside them.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseStatement, parseStatements } from '../../src/sql/parse.ts';
import { printQuery, printSyntax } from '../../src/sql/print.ts';
import { corpus, withoutSpans } from './tree.ts';
import { parseQuery } from '../../src/sql/parse.ts';

const folder = new URL('golden/', import.meta.url);

test.each(readdirSync(folder).filter((name) => name.endsWith('.sql')))('golden %s', async (name) => {
  const sql = readFileSync(new URL(name, folder), 'utf8');
  const outlines = parseStatements(sql).map(printSyntax);
  await expect(outlines.join('\n\n') + '\n').toMatchFileSnapshot(`golden/${name.replace('.sql', '.txt')}`);
});

test('every query of the corpus prints', () => {
  for (const { sql } of corpus()) expect(printQuery(parseQuery(sql))).toMatch(/^Query\n {2}\S/);
});

describe('texts', () => {
  test('nothing but white space and comments has no statements', () => {
    expect(parseStatements('')).toEqual([]);
    expect(parseStatements(' ; -- x\n ;; /* y */ ')).toEqual([]);
  });

  test('statements are separated by semicolons, strings are not', () => {
    const kinds = parseStatements("SELECT ';'; SHOW VIEWS; SELECT $$;$$ -- ;\n; DROP VIEW a").map(
      (s) => s.kind,
    );
    expect(kinds).toEqual(['QueryStatement', 'Show', 'QueryStatement', 'Drop']);
  });
});

describe('emit', () => {
  test.each([
    ['SELECT 1', 'on change'],
    ['SELECT 1 EMIT CHANGES', 'on change'],
    ['SELECT 1 EMIT ON WINDOW CLOSE', 'on window close'],
    ['SELECT a FROM t GROUP BY a emit on window close with (x = 1)', 'on window close'],
  ])('%s', (query, mode) => {
    const statement = parseStatement(`CREATE MATERIALIZED VIEW v AS ${query}`);
    expect(statement).toMatchObject({ kind: 'CreateMaterializedView', emit: { mode } });
  });

  test.each([
    'SELECT emit FROM t',
    'SELECT emit changes FROM t',
    'SELECT t.emit FROM t',
    'SELECT a AS emit FROM emit',
  ])('%s has no such clause', (sql) => {
    expect(parseStatement(sql)).toMatchObject({ kind: 'QueryStatement', emit: { span: undefined } });
  });
});

test('names fold as in PostgreSQL', () => {
  const long = 'X'.repeat(70);
  const statement = parseStatement(`CREATE VIEW ÄB."C""d" (Eé, U&"\\0061b", ${long}) AS SELECT 1`);
  expect(withoutSpans(statement)).toMatchObject({
    name: { schema: { name: 'Äb' }, name: { name: 'C"d' } },
    columns: [{ name: 'eé' }, { name: 'ab' }, { name: 'x'.repeat(63) }],
  });
});

test('option values', () => {
  const options = `a = 'it''s', b = E'x\\ny', c = $$z$$, d = -1.5, e = TRUE, f = Earliest, g.h.key = 1, 'i.j' = 2`;
  const statement = parseStatement(`CREATE SINK s FROM v WITH (connector = 'x', ${options})`);
  if (statement.kind !== 'CreateSink') throw new Error(statement.kind);
  expect(statement.options.slice(1).map(({ key, value, form }) => [key, value, form])).toEqual([
    ['a', "it's", 'string'],
    ['b', 'x\ny', 'string'],
    ['c', 'z', 'string'],
    ['d', '-1.5', 'number'],
    ['e', 'true', 'boolean'],
    ['f', 'earliest', 'word'],
    ['g.h.key', '1', 'number'],
    ['i.j', '2', 'number'],
  ]);
});

test('column types have PostgreSQL names', () => {
  const types =
    'int, bigint, smallint, real, double precision, float, numeric(10, 2), decimal, text, varchar(3), char, ' +
    'character varying, boolean, date, time, time with time zone, timestamp, timestamp(3) with time zone, timestamptz, ' +
    'interval, interval day to second(2), uuid, jsonb, bytea, int[], text[3][], my.type';
  const columns = types.split(/, (?!2\))/).map((type, i) => `c${i} ${type}`);
  const statement = parseStatement(`CREATE SOURCE s (${columns.join(', ')}) WITH (connector = 'x')`);
  if (statement.kind !== 'CreateSource') throw new Error(statement.kind);
  expect(statement.columns.map(({ type }) => type.name)).toEqual(
    (
      'int4 int8 int2 float4 float8 float8 numeric numeric text varchar bpchar varchar bool date time timetz ' +
      'timestamp timestamptz timestamptz interval interval uuid jsonb bytea int4 text type'
    ).split(' '),
  );
  expect(statement.columns.at(-2)?.type.arrayBounds).toEqual([3, undefined]);
  expect(statement.columns.at(-7)?.type.interval).toEqual({ fields: 'day to second', precision: 2 });
});
