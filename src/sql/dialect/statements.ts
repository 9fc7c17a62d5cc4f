// The door for texts in another dialect: text in, PostgreSQL text out, which goes through our own front end as any other.
// Queries are in the dialect; the statements around them (CREATE MATERIALIZED VIEW … AS, EXPLAIN, DROP …) are Millrace's.

import { MillraceError } from '../../errors.ts';
import { quoteName, quoteString } from '../deparse/names.ts';
import { syntaxError, unsupported } from '../fail.ts';
import type { Dialect } from './dialect.ts';
import { RULES } from './dialect.ts';
import { readDisjunction, readSum } from './expression.ts';
import type { DialectToken } from './lex.ts';
import { lex } from './lex.ts';
import { readQuery } from './query.ts';
import { Reading } from './reading.ts';

const PARTS = { disjunction: readDisjunction, sum: readSum, query: readQuery };

/** The statements of the text in PostgreSQL, each closed by a semicolon. Throws a MillraceError that points into the text. */
export function toPostgres(text: string, dialect: Dialect): string {
  try {
    const rules = RULES[dialect];
    const reading = new Reading(text, lex(text, rules), rules, PARTS);
    const statements: string[] = [];
    while (reading.peek().type !== 'end') {
      if (reading.take(';')) continue;
      statements.push(`${readStatement(reading)};`);
      if (reading.peek().type !== 'end') reading.expect(';');
    }
    return statements.join('\n');
  } catch (error) {
    throw error instanceof MillraceError ? error.withSql(text) : error;
  }
}

function readStatement(reading: Reading): string {
  refuseForeign(reading);
  const prefix = readPrefix(reading);
  if (!['select', 'with', '('].includes(reading.peek().word)) return words(prefix, copy(reading));
  return words(prefix, readQuery(reading), copyTail(reading));
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function refuseForeign(reading: Reading): void {
  const start = reading.at;
  if (reading.take('insert'))
    throw reading.refuse('INSERT', 'write CREATE MATERIALIZED VIEW name AS SELECT …', start);
  if (reading.rules.dialect === 'flinksql' && reading.take('create', 'table'))
    throw reading.refuse(
      'CREATE TABLE',
      'write CREATE SOURCE name (…) WITH (connector = …) as docs/sql.md has it',
      start,
    );
}

/** EXPLAIN (…), and CREATE … AS up to the query; empty when the statement has none. */
function readPrefix(reading: Reading): string {
  const explain = readExplain(reading);
  const as = findAs(reading);
  if (as < 0) return explain;
  const create = render(reading, reading.at, as + 1);
  reading.at = as + 1;
  return words(explain, create);
}

function readExplain(reading: Reading): string {
  const start = reading.at;
  if (!reading.take('explain')) return '';
  reading.take('analyze');
  if (reading.is('(') && !['select', 'with', '('].includes(reading.peek(1).word)) {
    while (!reading.take(')')) {
      if (reading.next().type === 'end') throw syntaxError('")" is missing', reading.since(start));
    }
  }
  return render(reading, start, reading.at);
}

/** Index of AS before the query of CREATE VIEW, MATERIALIZED VIEW or SINK. */
function findAs(reading: Reading): number {
  if (!reading.is('create')) return -1;
  for (let index = reading.at; ; index++) {
    const { type, word } = reading.tokens[index]!;
    if (type === 'end' || word === ';') return -1;
    if (word === 'as' && ['select', 'with', '('].includes(reading.tokens[index + 1]!.word)) return index;
  }
}

/** Up to the end of the statement. */
function copy(reading: Reading): string {
  const start = reading.at;
  while (reading.peek().type !== 'end' && !reading.is(';')) reading.at++;
  return render(reading, start, reading.at);
}

/** EMIT, WITH (…), FORMAT: what stands behind the query is Millrace's. */
function copyTail(reading: Reading): string {
  if (reading.peek().type === 'end' || reading.is(';')) return '';
  if (!['emit', 'with', 'format'].includes(reading.peek().word))
    throw reading.unexpected('the end of the query');
  return copy(reading);
}

/** Tokens as PostgreSQL writes them, with the white space that was between them. */
function render(reading: Reading, start: number, end: number): string {
  return reading.tokens
    .slice(start, end)
    .map((token, i) => {
      const before = i === 0 ? '' : reading.text.slice(reading.tokens[start + i - 1]!.end, token.start);
      return `${before === '' ? '' : ' '}${renderToken(reading, token)}`;
    })
    .join('');
}

function renderToken({ text }: Reading, token: DialectToken): string {
  if (token.type === 'string') return quoteString(token.value);
  if (token.type === 'quoted') return quoteName(token.value);
  if (/^[`"\\]$/.test(token.word)) throw unsupported(token.word, { offset: token.start, end: token.end });
  return text.slice(token.start, token.end);
}
