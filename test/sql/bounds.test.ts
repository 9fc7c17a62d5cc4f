// Texts made to hurt: each is answered fast, whatever it says. The limits of time are generous: the machine is shared.

import { expect, test } from 'vitest';
import { deparseQuery } from '../../src/sql/deparse.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { planSubmission } from '../../src/plan.ts';
import { MAX_STATEMENTS, MAX_TEXT_BYTES, MAX_TOKENS } from '../../src/sql/limits.ts';
import { parseQuery, parseStatements } from '../../src/sql/parse.ts';
import { refusal } from './tree.ts';

const TIME_LIMIT = 10_000;

const TOO_LARGE: readonly (readonly [name: string, sql: string])[] = [
  ['100,000 brackets', `SELECT ${'('.repeat(100_000)}`],
  ['20,000 closed brackets', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
  ['300 subqueries', `${'SELECT ('.repeat(300)}SELECT 1${')'.repeat(300)}`],
  ['1,000 operators', `SELECT 1${' + 1'.repeat(1000)}`],
  ['1,000 prefix operators', `SELECT ${'NOT '.repeat(1000)}a`],
  ['1,000 casts', `SELECT a${'::int'.repeat(1000)}`],
  ['1,000 subscripts', `SELECT a${'[1]'.repeat(1000)}`],
  ['1,000 joins', `SELECT 1 FROM a${' JOIN b ON true'.repeat(1000)}`],
  ['1,000 unions', `SELECT 1${' UNION SELECT 1'.repeat(1000)}`],
  ['400 cases', `SELECT ${'CASE WHEN a THEN b ELSE '.repeat(400)}1${' END'.repeat(400)}`],
  ['half a million comments opened', '/*'.repeat(500_000)],
  ['90,000 operator characters', `SELECT 1 ${'+'.repeat(90_000)} 1`],
  ['200,000 words', 'a '.repeat(200_000)],
  ['20,000 conditions', `SELECT a FROM t WHERE ${'a = 1 OR '.repeat(20_000)}b`],
  ['a text over the limit', `SELECT '${'x'.repeat(MAX_TEXT_BYTES)}'`],
  ['a text over the limit in bytes', `SELECT '${'é'.repeat(MAX_TEXT_BYTES / 2)}'`],
  ['many statements', 'SHOW VIEWS;'.repeat(MAX_STATEMENTS + 1)],
];

test.each(TOO_LARGE)('%s', (_, sql) => {
  const start = performance.now();
  expect(refusal(() => parseStatements(sql)).code).toBe('SQL_TOO_LARGE');
  expect(performance.now() - start).toBeLessThan(TIME_LIMIT);
});

test('a text of too many words is refused where they are too many', () => {
  const sql = `SELECT ${'a '.repeat(MAX_TOKENS - 1)}b c c`;
  expect(refusal(() => parseStatements(sql)).at).toBe('b');
});

test('as many conditions as there may be are planned and compiled within seconds', () => {
  const conditions = Array.from({ length: MAX_TOKENS / 4 - 20 }, (_, i) => `a = ${i}`).join(' OR ');
  const start = performance.now();
  const { pipeline } = planSubmission(
    `CREATE SOURCE s (a BIGINT) WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;
     CREATE MATERIALIZED VIEW v AS SELECT a FROM s WHERE ${conditions};`,
    EMPTY_CATALOG,
  );
  expect(pipeline!.graph.nodes.length).toBeGreaterThan(1);
  expect(performance.now() - start).toBeLessThan(TIME_LIMIT);
});

const OPEN: readonly (readonly [name: string, sql: string])[] = [
  ['quotes', "'".repeat(1_000_001)],
  ['double quotes', `SELECT "${'""'.repeat(400_000)}`],
  ['dollar quotes', Array.from({ length: 90_000 }, (_, i) => `$a${i}$ `).join('')],
];

test.each(OPEN)('open %s', (_, sql) => {
  const start = performance.now();
  expect(refusal(() => parseStatements(sql)).message).toMatch(/^unterminated/);
  expect(performance.now() - start).toBeLessThan(TIME_LIMIT);
});

const READ: readonly (readonly [name: string, sql: string])[] = [
  ['20 intervals', `SELECT ts${" + INTERVAL '1' DAY".repeat(20)}`],
  ['500 operators', `SELECT 1${' + 1'.repeat(500)}`],
  ['150 subqueries', `${'SELECT ('.repeat(150)}SELECT 1${')'.repeat(150)}`],
  ['5,000 conditions', `SELECT a FROM t WHERE ${'(a = 1) OR '.repeat(5000)}b`],
  ['500 joins', `SELECT 1 FROM a${' JOIN b ON true'.repeat(500)}`],
  ['500 unions', `SELECT 1${' UNION ALL SELECT 1'.repeat(500)}`],
  ['10,000 rows', `VALUES ${Array.from({ length: 10_000 }, (_, i) => `(${i})`).join(', ')}`],
];

test.each(READ)('%s are read and written', (_, sql) => {
  const start = performance.now();
  expect(deparseQuery(parseQuery(sql)).length).toBeGreaterThan(sql.length / 2);
  expect(performance.now() - start).toBeLessThan(TIME_LIMIT);
});
