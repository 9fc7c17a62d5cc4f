// What is not understood or not supported: the code, the place, and the way on.

import { describe, expect, test } from 'vitest';
import { parseExpression, parseQuery, parseStatement, parseStatements } from '../../src/sql/parse.ts';
import { refusal } from './tree.ts';

const SYNTAX = 'SQL_SYNTAX';
const UNSUPPORTED = 'SQL_UNSUPPORTED';

/** Text with the refused place between « and », code, part of message or hint. */
const CASES: readonly (readonly [sql: string, code: string, told: string])[] = [
  // Statements.
  ['«SELCT» 1', SYNTAX, 'expected a statement, found SELCT'],
  ['«INSERT» INTO t VALUES (1)', UNSUPPORTED, 'for Postgres itself'],
  ['«UPDATE» t SET a = 1', UNSUPPORTED, 'UPDATE'],
  ['«SET» x = 1', UNSUPPORTED, 'SET'],
  ['CREATE «INDEX» i ON t (a)', UNSUPPORTED, 'CREATE INDEX'],
  ["CREATE «OR REPLACE» SINK s FROM v WITH (connector = 'blackhole')", UNSUPPORTED, 'DROP SINK it'],
  ['CREATE OR REPLACE SOURCE «IF» NOT EXISTS s (a int)', SYNTAX, 'exclude each other'],
  ['CREATE «RECURSIVE» VIEW v AS SELECT 1', UNSUPPORTED, 'WITH RECURSIVE'],
  ['CREATE OR REPLACE VIEW «IF» NOT EXISTS v AS SELECT 1', SYNTAX, 'exclude each other'],
  ['CREATE VIEW v AS«»', SYNTAX, 'expected a query, the statement ends'],
  ['CREATE VIEW v AS «DROP» VIEW x', SYNTAX, ''],
  ['CREATE VIEW «select» AS SELECT 1', SYNTAX, 'quote it'],
  ['CREATE VIEW a.b«.»c AS SELECT 1', SYNTAX, 'at most a schema'],
  ['CREATE VIEW v AS SELECT 1 «EMIT ON WINDOW CLOSE»', UNSUPPORTED, 'materialized view over it'],
  ["CREATE VIEW v AS SELECT 1 WITH («a = 'b'»)", UNSUPPORTED, 'no options'],
  ['CREATE MATERIALIZED VIEW v AS SELECT 1 «EMIT FINAL»', UNSUPPORTED, 'EMIT ON WINDOW CLOSE'],
  ['CREATE MATERIALIZED VIEW v AS SELECT 1 «WITH NO DATA»', UNSUPPORTED, 'leave it out'],
  ['CREATE MATERIALIZED VIEW v WITH (a = 1) AS SELECT 1 WITH («b = 2»)', SYNTAX, 'given twice'],
  ['DROP VIEW a, «»', SYNTAX, 'the statement ends'],
  ['DROP «INDEX» a', SYNTAX, 'expected SOURCE'],
  ['DROP VIEW a «b»', SYNTAX, 'separated by semicolons'],
  [
    'ALTER SINK s «RENAME» TO t',
    SYNTAX,
    'PAUSE, RESUME, ROLLBACK, DROP PREVIOUS VERSION, REPLAY DEAD LETTERS or SET',
  ],
  ['SHOW «INDEXES»', SYNTAX, 'PIPELINES'],
  ['EXPLAIN «EXPLAIN» SELECT 1', SYNTAX, 'EXPLAIN of EXPLAIN'],
  ['EXPLAIN («TREE») SELECT 1', SYNTAX, 'AST, BOUND, LOGICAL'],
  // Sources, tables, sinks.
  ['CREATE SOURCE «s» (a int)', SYNTAX, "connector = 'kafka'"],
  ["CREATE SOURCE «s» (a int) WITH (topic = 'x')", SYNTAX, 'needs WITH (connector'],
  ["CREATE SOURCE s (a «intt eger») WITH (connector = 'x')", SYNTAX, ''],
  ["CREATE SOURCE s (a«,» b int) WITH (connector = 'x')", SYNTAX, 'a type for column a'],
  ["CREATE SOURCE s (a int «DEFAULT» 1) WITH (connector = 'x')", UNSUPPORTED, 'NOT NULL, PRIMARY KEY'],
  ["CREATE SOURCE s (a int, «UNIQUE» (a)) WITH (connector = 'x')", UNSUPPORTED, 'UNIQUE'],
  [
    "CREATE SOURCE s (a ts, WATERMARK FOR a AS a, «WATERMARK» FOR a AS a) WITH (connector = 'x')",
    SYNTAX,
    'one watermark',
  ],
  ["CREATE SOURCE s (a ts, WATERMARK FOR a AS «a FROM t») WITH (connector = 'x')", SYNTAX, 'one expression'],
  ["CREATE SOURCE s (a ts, WATERMARK FOR a «-» 1) WITH (connector = 'x')", SYNTAX, 'WATERMARK FOR ts AS'],
  ["CREATE SOURCE s (a int PRIMARY KEY, PRIMARY KEY («a»)) WITH (connector = 'x')", SYNTAX, 'given twice'],
  ["CREATE SOURCE s (a int) INCLUDE «payload» AS p WITH (connector = 'x')", SYNTAX, 'KEY, TIMESTAMP'],
  ["CREATE SOURCE s (a int) WITH (connector = 'x') FORMAT PLAIN«»", SYNTAX, 'FORMAT PLAIN ENCODE JSON'],
  ["CREATE SOURCE s (a int) WITH (connector = 'x', «connector» = 'y')", SYNTAX, 'given twice'],
  ["CREATE SOURCE s (a int) WITH (connector «'x'»)", SYNTAX, "key = 'value'"],
  ["CREATE SOURCE s (a int) WITH (connector = 'x', t = «INTERVAL» '1 s')", SYNTAX, "'text', 12 or TRUE"],
  ["CREATE SOURCE s (a int) WITH (connector = 'x') «WITH» (b = 1)", SYNTAX, 'end of the statement'],
  ['CREATE TABLE t «AS» SELECT 1', UNSUPPORTED, 'CREATE MATERIALIZED VIEW'],
  ['CREATE SINK s FROM v«»', SYNTAX, 'blackhole'],
  ["CREATE SINK «s» FROM v WITH (topic = 'x')", SYNTAX, 'needs WITH (connector'],
  ["CREATE SINK s «INTO» v WITH (connector = 'x')", SYNTAX, 'FROM view or AS query'],
  // Queries: what PostgreSQL says and our tree does not.
  ['SELECT 1 FROM t «FOR UPDATE»', UNSUPPORTED, 'FOR UPDATE'],
  ['SELECT 1 FROM t «FOR NO» KEY UPDATE OF t NOWAIT', UNSUPPORTED, 'FOR UPDATE'],
  ['SELECT 1 INTO «x» FROM t', UNSUPPORTED, 'SELECT INTO'],
  ['SELECT 1 FROM «t» TABLESAMPLE bernoulli (1)', UNSUPPORTED, 'TABLESAMPLE'],
  ['SELECT 1 FROM ONLY «t»', UNSUPPORTED, 'ONLY'],
  ['SELECT 1 FROM «db».s.t', UNSUPPORTED, 'a name with a database'],
  ['SELECT «a.b.c.d» FROM t', UNSUPPORTED, 'a column name with a database'],
  ['SELECT 1 FROM «f()» AS (a int)', UNSUPPORTED, 'column definition list'],
  ['SELECT 1 FROM ROWS FROM («f()» AS (a int))', UNSUPPORTED, 'column definition list'],
  ["SELECT 1 FROM «XMLTABLE»('/a' PASSING x COLUMNS b int)", UNSUPPORTED, 'XMLTABLE'],
  ["SELECT 1 FROM «JSON_TABLE»(x, '$' COLUMNS (b int))", UNSUPPORTED, 'JSON_TABLE'],
  ['WITH x AS (DELETE FROM «t» RETURNING *) SELECT 1', UNSUPPORTED, 'DELETE in WITH'],
  ['WITH x AS (INSERT INTO «t» VALUES (1) RETURNING *) SELECT 1', UNSUPPORTED, 'INSERT in WITH'],
  ['WITH RECURSIVE «c» (n) AS (SELECT 1) SEARCH DEPTH FIRST BY n SET o SELECT 1', UNSUPPORTED, 'SEARCH'],
  ['WITH RECURSIVE «c» (n) AS (SELECT 1) CYCLE n SET x USING y SELECT 1', UNSUPPORTED, 'CYCLE'],
  ['SELECT 1 FROM t ORDER BY «a» USING <', UNSUPPORTED, 'USING'],
  ['SELECT a «OPERATOR»(my.+) b FROM t', UNSUPPORTED, 'an operator of a schema'],
  ['SELECT «a» AT LOCAL FROM t', UNSUPPORTED, 'AT TIME ZONE'],
  ["SELECT «JSON_OBJECT»('a': 1)", UNSUPPORTED, 'jsonb_build_object'],
  ['SELECT «JSON_ARRAYAGG»(a) FROM t', UNSUPPORTED, 'JSON_ARRAYAGG'],
  ["SELECT «JSON_VALUE»(a, '$.b') FROM t", UNSUPPORTED, '->'],
  ['SELECT «a» IS JSON FROM t', UNSUPPORTED, 'IS JSON'],
  ['SELECT «XMLELEMENT»(NAME a)', UNSUPPORTED, 'XML'],
  ['VALUES («DEFAULT»)', UNSUPPORTED, 'DEFAULT'],
  ['SELECT a::SETOF «int» FROM t', UNSUPPORTED, 'SETOF'],
  ['SELECT a::«my_type»(x) FROM t', UNSUPPORTED, 'no integer'],
  ['SELECT «f».g.h.i() FROM t', UNSUPPORTED, 'a function name with a database'],
  // Windows.
  ['SELECT 1 FROM «TUMBLE(t, ts)»', SYNTAX, 'TUMBLE(table, time_column, size'],
  ["SELECT 1 FROM TUMBLE(«1», ts, INTERVAL '1 s')", SYNTAX, ''],
  ["SELECT 1 FROM TUMBLE(t, «a + b», INTERVAL '1 s')", SYNTAX, 'names the time column'],
  ["SELECT 1 FROM «HOP(t, ts, INTERVAL '1 s')»", SYNTAX, 'HOP(table, time_column, slide, size'],
  ["SELECT 1 FROM «SESSION(t, a, b, ts, INTERVAL '1 s')»", SYNTAX, 'SESSION(table [PARTITION BY'],
  ["SELECT 1 FROM «TUMBLE(t, sizze => INTERVAL '1 s')»", SYNTAX, 'no argument sizze'],
  ["SELECT 1 FROM TUMBLE(t «PARTITION» BY a, ts, INTERVAL '1 s')", SYNTAX, 'SESSION only'],
  ["SELECT 1 FROM SESSION(t PARTITION BY «a + 1», ts, INTERVAL '1 s')", SYNTAX, 'takes columns'],
  ["SELECT 1 FROM LATERAL «TUMBLE(t, ts, INTERVAL '1 s')»", UNSUPPORTED, 'lateral'],
  ['SELECT 1 FROM t «FOR» SYSTEM_TIME BETWEEN a AND b', SYNTAX, 'FOR SYSTEM_TIME AS OF'],
  ['SELECT 1 FROM (SELECT 1) AS x FOR SYSTEM_TIME AS OF «x.y»', SYNTAX, 'behind a table name'],
  // Other systems.
  ['SELECT 1 FROM a «SEMI» JOIN b ON true', UNSUPPORTED, 'EXISTS'],
  ['SELECT 1 FROM a LEFT «ANTI» JOIN b ON true', UNSUPPORTED, 'NOT EXISTS'],
  ['SELECT «`»a` FROM t', SYNTAX, 'double quotes'],
  ['SELECT 1 FROM a JOIN b «WITHIN» 1 HOUR ON a.i = b.i', UNSUPPORTED, 'BETWEEN'],
  ['SELECT 1 FROM t «WINDOW» TUMBLING (SIZE 1 HOUR) GROUP BY a', UNSUPPORTED, 'TUMBLE(t, ts'],
  ['SELECT 1 FROM t «MATCH_RECOGNIZE» (PATTERN (a))', UNSUPPORTED, 'lag and lead'],
  ['SELECT a FROM t «QUALIFY» rank() OVER () = 1', UNSUPPORTED, 'subquery'],
  ['SELECT 1 FROM t «PIVOT» (sum(a) FOR b IN (1))', UNSUPPORTED, 'FILTER'],
  ['SELECT INTERVAL «10» SECOND', SYNTAX, "INTERVAL '10' SECOND"],
  ["SELECT 1 FROM t WHERE a > b - INTERVAL '4' «HOURS»", SYNTAX, 'singular: HOUR'],
  ['SELECT a, «FROM» t', SYNTAX, 'comma too many'],
  ['SELECT 1 FROM (SELECT 1 FROM t EMIT «ON» WINDOW CLOSE) AS x', SYNTAX, 'at the end of the statement'],
  // Lexical.
  ["SELECT «'abc»", SYNTAX, "it''s"],
  ['SELECT «"abc»', SYNTAX, 'double quotes enclose names'],
  ['SELECT 1 «/* abc»', SYNTAX, 'unterminated /* comment'],
  ['SELECT «$$abc»', SYNTAX, 'unterminated dollar-quoted string'],
  ['SELECT «12abc»', SYNTAX, 'trailing junk'],
  ['SELECT «""»', SYNTAX, 'zero-length'],
  ["SELECT «E'\\u00'»", SYNTAX, 'Unicode escape'],
  ['SELECT «(»1', SYNTAX, 'is not closed'],
  ['SELECT 1«)»', SYNTAX, 'closes nothing'],
  ['SELECT «(»1]', SYNTAX, ''],
  ["SELECT '«\0»'", SYNTAX, 'zero character'],
  ["SELECT '«\ud800»'", SYNTAX, 'surrogate'],
];

test.each(CASES)('%s', (marked, code, told) => {
  const sql = marked.replace(/[«»]/g, '');
  const found = refusal(() => parseStatements(sql));
  const text = `${found.message} | ${found.hint ?? ''}`;
  expect(found.code, text).toBe(code);
  expect(text).toContain(told);
  if (told !== '') expect(found.at).toBe(/«([^»]*)»/.exec(marked)?.[1]);
});

describe('texts for one thing', () => {
  test.each([
    [() => parseStatement('SELECT 1; SELECT 2'), 'only one statement'],
    [() => parseStatement(' '), 'a statement is missing'],
    [() => parseQuery('SELECT 1; SELECT 2'), 'only one query'],
    [() => parseQuery('DROP VIEW v'), ''],
    [() => parseExpression('a, b'), 'one expression'],
    [() => parseExpression('a FROM t'), 'one expression'],
    [() => parseExpression('a b'), 'one expression'],
    [() => parseExpression('a; b'), 'semicolon'],
    [() => parseExpression(''), 'missing'],
  ])('%#', (read, told) => {
    expect(refusal(read)).toMatchObject({ code: SYNTAX, message: expect.stringContaining(told) as string });
  });
});
