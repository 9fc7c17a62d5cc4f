// Every node and every error is where it is written, whatever stands before it: PostgreSQL counts bytes or characters,
// we count UTF-16 units. The characters here have 2, 3 and 4 bytes, the last of them 2 units.

import { describe, expect, test } from 'vitest';
import { lineAndColumn, MillraceError } from '../../src/errors.ts';
import { parseExpression, parseQuery, parseStatement, parseStatements } from '../../src/sql/parse.ts';
import { corpus, coveredTexts, refusal } from './tree.ts';

const PREFIXES = ['', '/* é */ ', "/* 日本 */ SELECT '日本';\n", '-- 😀😀\nSELECT \'😀é日\' AS "ü😀";  '];

describe.each(PREFIXES)('behind %j', (prefix) => {
  test('nodes', () => {
    const sql = `${prefix}SELECT 'é', "ünï😀" + a.b, (x + 1) * 2 FROM "日本" AS t WHERE t."é" > 'ß' AND f(y) IS NOT NULL`;
    const texts = coveredTexts(parseStatements(sql).at(-1), sql);
    expect(texts).toEqual([
      ...['QueryStatement', 'Query', 'Select'].map(
        (kind) => `${kind} «${sql.slice(sql.lastIndexOf('SELECT'))}»`,
      ),
      "StringLiteral «'é'»",
      'Binary «"ünï😀" + a.b»',
      'ColumnReference «"ünï😀"»',
      'ColumnReference «a.b»',
      'Binary «(x + 1) * 2»',
      'Binary «x + 1»',
      'ColumnReference «x»',
      'NumberLiteral «1»',
      'NumberLiteral «2»',
      'TableReference «"日本" AS t»',
      `Logical «t."é" > 'ß' AND f(y) IS NOT NULL»`,
      `Binary «t."é" > 'ß'»`,
      'ColumnReference «t."é"»',
      "StringLiteral «'ß'»",
      'IsNull «f(y) IS NOT NULL»',
      'FunctionCall «f(y)»',
      'ColumnReference «y»',
    ]);
  });

  test('a syntax error of the grammar', () => {
    const sql = `${prefix}SELECT 'é😀', "ü" FROM t WHERE "日" = 'x' y = 2`;
    expect(refusal(() => parseStatements(sql))).toMatchObject({ code: 'SQL_SYNTAX', at: 'y' });
  });

  test('a syntax error at the end', () => {
    const sql = `${prefix}SELECT 'é😀' +`;
    const error = caught(() => parseStatements(sql));
    expect(error.message).toBe('syntax error at end of input');
    expect(error.span?.offset).toBe(sql.length);
  });

  test('an open string', () => {
    const sql = `${prefix}CREATE VIEW "é" AS SELECT 'ok', 'ab😀`;
    expect(refusal(() => parseStatements(sql))).toMatchObject({
      message: 'unterminated quoted string',
      at: "'ab😀",
    });
    expect(caught(() => parseStatements(sql)).span?.offset).toBe(sql.lastIndexOf("'"));
  });

  test('a refused construct', () => {
    const sql = `${prefix}SELECT '😀é' AS "日", json_object('é': 1) FROM t`;
    expect(refusal(() => parseStatements(sql))).toMatchObject({ code: 'SQL_UNSUPPORTED', at: 'json_object' });
  });

  test('a streaming statement', () => {
    const sql =
      `${prefix}CREATE SOURCE "sé😀" ("日" timestamptz, WATERMARK FOR "日" AS "日" - INTERVAL 'é') ` +
      `WITH (connector = 'é', x y)`;
    expect(refusal(() => parseStatements(sql))).toMatchObject({ at: 'y', message: 'expected "=", found y' });
    const good = sql.replace(', x y', '');
    const texts = coveredTexts(parseStatements(good).at(-1), good);
    expect(texts).toContain(`Binary «"日" - INTERVAL 'é'»`);
    expect(texts).toContain('TypeName «timestamptz»');
  });

  test('behind blanked clauses', () => {
    const sql =
      `${prefix}SELECT "é" FROM TABLE(TUMBLE(TABLE "日", DESCRIPTOR("😀"), INTERVAL '1' MINUTES)) AS "ä" ` +
      `ASOF JOIN r FOR SYSTEM_TIME AS OF "ä"."ö" AS "ß" ON "ß".id = "ä".id`;
    const texts = coveredTexts(parseStatements(sql).at(-1), sql);
    expect(texts).toContain('TableReference «"日"»');
    expect(texts).toContain('ColumnReference «"😀"»');
    expect(texts).toContain('ColumnReference «"ä"."ö"»');
    expect(texts).toContain('TableReference «r FOR SYSTEM_TIME AS OF "ä"."ö" AS "ß"»');
    expect(texts).toContain('Binary «"ß".id = "ä".id»');
    expect(refusal(() => parseStatements(`${sql} +`)).message).toBe('syntax error at end of input');
  });
});

test('lines and columns', () => {
  const sql = "SELECT 'é😀',\n  'ü' x y";
  const { span } = caught(() => parseQuery(sql));
  expect(lineAndColumn(sql, span!.offset)).toMatchObject({ line: 2, column: 9 });
});

test('what is in a node is in its span', () => {
  for (const { sql } of corpus()) expectNested(parseQuery(sql), sql, { offset: 0, end: sql.length });
});

type Span = { readonly offset: number; readonly end: number };

function expectNested(tree: unknown, sql: string, outer: Span): void {
  if (typeof tree !== 'object' || tree === null) return;
  const span = (tree as { span?: Span }).span;
  if (span !== undefined) {
    const text = `${sql}: «${sql.slice(span.offset, span.end)}» in «${sql.slice(outer.offset, outer.end)}»`;
    expect(span.offset, text).toBeGreaterThanOrEqual(outer.offset);
    expect(span.end, text).toBeLessThanOrEqual(outer.end);
    expect(span.end, text).toBeGreaterThanOrEqual(span.offset);
  }
  for (const [key, value] of Object.entries(tree))
    if (key !== 'span') expectNested(value, sql, span ?? outer);
}

test.each([
  ['(a + b) * c', 'Binary «(a + b) * c»'],
  ['CAST(a AS numeric(3, 1)) + 1', 'Cast «CAST(a AS numeric(3, 1))»'],
  ['(a + b)::int', 'Cast «(a + b)::int»'],
  ["INTERVAL '1' DAY TO SECOND(3) + x", "TypedLiteral «INTERVAL '1' DAY TO SECOND(3)»"],
  ["TIMESTAMP '2026-01-01' - x", "TypedLiteral «TIMESTAMP '2026-01-01'»"],
  ['CASE WHEN a THEN (b) ELSE (c) END = 1', 'Case «CASE WHEN a THEN (b) ELSE (c) END»'],
  ['a IN (1, (2)) AND b', 'InList «a IN (1, (2))»'],
  ['a NOT IN (SELECT 1) AND b', 'InSubquery «a NOT IN (SELECT 1)»'],
  ['EXISTS (SELECT 1 LIMIT 1) AND b', 'Exists «EXISTS (SELECT 1 LIMIT 1)»'],
  ['((SELECT 1)) + 1', 'ScalarSubquery «((SELECT 1))»'],
  ['a BETWEEN (1) AND (2) OR b', 'Between «a BETWEEN (1) AND (2)»'],
  ['a[1][2:3].b + 1', 'FieldAccess «a[1][2:3].b»'],
  [
    'count(*) FILTER (WHERE (a)) OVER (PARTITION BY b) + 1',
    'FunctionCall «count(*) FILTER (WHERE (a)) OVER (PARTITION BY b)»',
  ],
  [
    'percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC) + 1',
    'FunctionCall «percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC)»',
  ],
  ['EXTRACT(epoch FROM (a)) + 1', 'Extract «EXTRACT(epoch FROM (a))»'],
  ["(a) AT TIME ZONE ('UTC') = b", "AtTimeZone «(a) AT TIME ZONE ('UTC')»"],
  ['a COLLATE "C" < b', 'Collate «a COLLATE "C"»'],
  ['-(5) + 1', 'Unary «-(5)»'],
  ['((a OR b) OR c) AND d', 'Logical «(a OR b) OR c»'],
  ['(((a) AND b) AND (c AND d)) AND e', 'Logical «(((a) AND b) AND (c AND d)) AND e»'],
  ['a = ANY (ARRAY[1, 2]) OR b', 'Quantified «a = ANY (ARRAY[1, 2])»'],
  ["a NOT LIKE 'x' ESCAPE ('y') OR b", "Like «a NOT LIKE 'x' ESCAPE ('y')»"],
  ['CURRENT_TIMESTAMP(3) - a', 'SqlValue «CURRENT_TIMESTAMP(3)»'],
  ['(a, b) = (1, 2)', 'Row «(1, 2)»'],
  ['COALESCE(a, (b)) + 1', 'Coalesce «COALESCE(a, (b))»'],
])('%s', (sql, expected) => {
  expect(coveredTexts(parseExpression(sql), sql)).toContain(expected);
});

test('an alias stands behind brackets that the grammar has taken away', () => {
  const { body } = parseQuery(
    'SELECT ((a OR b) OR c) AS x, (((a AND b) AND (c)) AND d) y, (a OR (b OR c)) z FROM t',
  );
  if (body.kind !== 'Select') throw new Error(body.kind);
  expect(body.targets.map(({ alias }) => alias?.name)).toEqual(['x', 'y', 'z']);
});

test('a statement ends before its semicolon', () => {
  const sql = ' DROP VIEW é ; SHOW VIEWS;; ';
  expect(parseStatements(sql).map(({ span }) => sql.slice(span.offset, span.end))).toEqual([
    'DROP VIEW é',
    'SHOW VIEWS',
  ]);
});

test('options know their keys and values', () => {
  const sql = 'CREATE SINK s FROM é WITH (connector = \'ü\', "Größe".b = 12)';
  const statement = parseStatement(sql);
  if (statement.kind !== 'CreateSink') throw new Error(statement.kind);
  const at = (span: Span): string => sql.slice(span.offset, span.end);
  expect(statement.options.map((option) => [option.key, at(option.keySpan), at(option.valueSpan)])).toEqual([
    ['connector', 'connector', "'ü'"],
    ['Größe.b', '"Größe".b', '12'],
  ]);
});

function caught(read: () => unknown): MillraceError {
  try {
    read();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
