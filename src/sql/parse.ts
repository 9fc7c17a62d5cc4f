// The door of this folder: text in, syntax tree out. Synchronous, because the grammar is loaded with the module.
// Errors are MillraceErrors that carry the text they point into.

import { MillraceError } from '../errors.ts';
import type { Expression, Query } from './ast.ts';
import { expressionBetween } from './expression-text.ts';
import { syntaxError, tooLarge } from './fail.ts';
import { MAX_STATEMENTS } from './limits.ts';
import { queryBetween } from './query-text.ts';
import { readStatement } from './read-statement.ts';
import { sourceText, type SourceText } from './source-text.ts';
import type { Statement } from './statement.ts';
import { spanOf } from './tokens.ts';

/** The statements of a text, separated by semicolons; none for a text of white space and comments. */
export function parseStatements(sql: string): Statement[] {
  return pointingInto(sql, () => {
    const source = sourceText(sql);
    return statementRanges(source).map(([start, end]) => readStatement(source, start, end));
  });
}

/** A text of exactly one statement. */
export function parseStatement(sql: string): Statement {
  const statements = parseStatements(sql);
  const [statement, second] = statements;
  if (statement !== undefined && second === undefined) return statement;
  const span = second?.span ?? { offset: 0, end: sql.length };
  throw syntaxError(second ? 'only one statement is taken here' : 'a statement is missing', span).withSql(
    sql,
  );
}

/** A text of exactly one query, without streaming clauses around it. */
export function parseQuery(sql: string): Query {
  return pointingInto(sql, () => {
    const source = sourceText(sql);
    const [range, second] = statementRanges(source);
    if (range === undefined) throw syntaxError('a query is missing', { offset: 0, end: sql.length });
    if (second !== undefined)
      throw syntaxError('only one query is taken here', spanOf(source.tokens[second[0]]!));
    return queryBetween(source, ...range);
  });
}

/** A text of exactly one expression. */
export function parseExpression(sql: string): Expression {
  return pointingInto(sql, () => {
    const source = sourceText(sql);
    if (source.tokens.length === 0)
      throw syntaxError('an expression is missing', { offset: 0, end: sql.length });
    const semicolon = source.tokens.find((token) => token.word === ';');
    if (semicolon !== undefined) throw syntaxError('an expression has no semicolon', spanOf(semicolon));
    return expressionBetween(source, 0, source.tokens.length);
  });
}

function pointingInto<T>(sql: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof MillraceError ? error.withSql(sql) : error;
  }
}

/** Token ranges between semicolons; empty ones are left out. */
function statementRanges(source: SourceText): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  let start = 0;
  for (let index = 0; index <= source.tokens.length; index++) {
    if (index < source.tokens.length && source.tokens[index]!.word !== ';') continue;
    if (index > start) ranges.push([start, index]);
    if (ranges.length > MAX_STATEMENTS) {
      throw tooLarge(`the text has more than ${MAX_STATEMENTS} statements`, spanOf(source.tokens[start]!));
    }
    start = index + 1;
  }
  return ranges;
}
