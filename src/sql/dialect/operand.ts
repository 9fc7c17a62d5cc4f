// What stands between operators: constants, columns, brackets, CASE, CAST, calls, subqueries.

import { quoteString } from '../deparse/names.ts';
import { syntaxError, unsupported } from '../fail.ts';
import { readCall } from './calls.ts';
import { readCast } from './casts.ts';
import { readInterval } from './intervals.ts';
import { numberLeaf } from './leaves.ts';
import type { Reading } from './reading.ts';
import { RESERVED } from './reserved.ts';
import type { Kind, Term } from './term.ts';
import { sameKind, term } from './term.ts';

export function readOperand(reading: Reading): Term {
  const start = reading.at;
  const operand = readPlain(reading);
  if (reading.is('['))
    throw reading.refuse('a subscript', 'write it in PostgreSQL, without a dialect', start);
  if (reading.is('::')) return readShortCast(reading);
  if (reading.is('collate'))
    throw reading.refuse('COLLATE', 'leave it out: text compares by its bytes', start);
  if (reading.is('at', 'time'))
    throw reading.refuse('AT TIME ZONE', 'write it in PostgreSQL, without a dialect', start);
  return operand;
}

function readShortCast(reading: Reading): Term {
  throw reading.refuse('::', 'write CAST(x AS type)');
}

function readPlain(reading: Reading): Term {
  const token = reading.peek();
  switch (token.type) {
    case 'number':
      return readNumber(reading);
    case 'string':
      return readString(reading);
    case 'quoted':
      return readColumn(reading);
    case 'word':
      return readWord(reading);
    case 'symbol':
      if (token.word === '(') return readBrackets(reading);
      if (['?', '@', '$', ':'].includes(token.word))
        throw reading.refuse('a parameter or variable', 'write its value');
      throw reading.unexpected('an expression');
    case 'end':
      throw reading.unexpected('an expression');
  }
}

function readNumber(reading: Reading): Term {
  const start = reading.at;
  const { value } = reading.next();
  const span = reading.since(start);
  // Grammars take 1e3 for a name, and do not know .5 and 1.
  const told = /e/i.test(value) ? '1' : String(Number(value));
  reading.tell(told, numberLeaf(told));
  if (/^\d+$/.test(value)) return term(value, 'integer', span, { constant: value });
  const fixed = value.startsWith('.') ? `0${value}` : value.replace(/\.$/, '.0');
  if (reading.rules.doubleLiterals) {
    if (!/e/i.test(fixed)) return term(fixed, 'unknown', span, { constant: value, pliant: true });
    return term(doubleLiteral(fixed), 'double', span, { constant: value });
  }
  if (/e/i.test(fixed)) return term(doubleLiteral(fixed), 'double', span, { constant: value });
  return term(fixed, 'decimal', span, { constant: value });
}

function doubleLiteral(value: string): string {
  return `CAST('${value}' AS double precision)`;
}

function readString(reading: Reading): Term {
  const start = reading.at;
  const { value } = reading.next();
  if (reading.peek().type === 'string')
    throw reading.refuse('two strings side by side', 'write one string, or CONCAT(a, b)', start);
  reading.tell("'x'", "'");
  return term(quoteString(value), 'text', reading.since(start), { constant: value });
}

function readBrackets(reading: Reading): Term {
  const start = reading.at;
  reading.expect('(');
  if (reading.is('select') || reading.is('with')) return readSubquery(reading, start);
  reading.tell('(');
  const items = [reading.nested(() => reading.inner())];
  while (reading.take(',')) {
    reading.tell(',');
    items.push(reading.nested(() => reading.inner()));
  }
  reading.expect(')');
  reading.tell(')');
  const span = reading.since(start);
  if (items.length > 1)
    return term(`(${items.map((item) => item.sql).join(', ')})`, 'unknown', span, { row: true });
  const { sql, kind, constant, pliant } = items[0]!;
  return term(sql.startsWith('(') ? sql : `(${sql})`, kind, span, { constant, pliant });
}

function readSubquery(reading: Reading, start: number): Term {
  const query = reading.query();
  reading.expect(')');
  reading.tell('millrace_q', 'millrace_q');
  return term(`(${query})`, 'unknown', reading.since(start));
}

const CONSTANTS: Readonly<Record<string, Kind>> = { true: 'boolean', false: 'boolean', null: 'unknown' };

function readWord(reading: Reading): Term {
  const start = reading.at;
  const { word } = reading.peek();
  if (Object.hasOwn(CONSTANTS, word)) {
    reading.at++;
    reading.tell(word, word);
    return term(word.toUpperCase(), CONSTANTS[word]!, reading.since(start));
  }
  if (reading.is('exists', '(')) return readExists(reading);
  if (word === 'case') return readCase(reading);
  if (word === 'interval' && reading.peek(1).word !== '.') return readInterval(reading);
  if (['cast', 'try_cast', 'safe_cast', 'convert'].includes(word) && reading.is(word, '('))
    return readCast(reading);
  if (['date', 'timestamp', 'datetime', 'time'].includes(word) && reading.peek(1).type === 'string')
    return readTyped(reading);
  if (CURRENT.has(word)) return readCurrent(reading);
  if (reading.is(word, '(') && !NO_CALLS.has(word)) return readCall(reading);
  if (word === 'array' || word === 'struct' || word === 'row' || word === 'map')
    throw reading.refuse(word.toUpperCase(), 'write it in PostgreSQL, without a dialect');
  if (RESERVED.has(word)) throw reading.unexpected('an expression');
  return readColumn(reading);
}

const NO_CALLS = new Set([
  'select',
  'from',
  'where',
  'and',
  'or',
  'not',
  'in',
  'on',
  'array',
  'struct',
  'row',
  'map',
]);

function readExists(reading: Reading): Term {
  const start = reading.at;
  reading.expect('exists', '(');
  const query = reading.query();
  reading.expect(')');
  reading.tell('millrace_q', 'millrace_q');
  return term(`EXISTS (${query})`, 'boolean', reading.since(start));
}

/** `c`, `t.c`, `s.t.c` */
function readColumn(reading: Reading): Term {
  const start = reading.at;
  const tokens = [reading.next()];
  while (reading.take('.')) {
    if (reading.is('*')) throw reading.unexpected('the name of a column');
    tokens.push(reading.next());
  }
  if (tokens.some(({ type }) => type !== 'word' && type !== 'quoted'))
    throw syntaxError('a name is expected here', reading.since(start));
  if (tokens.length > 2)
    throw unsupported(
      'a name of more than two parts',
      reading.since(start),
      'give the table an alias: t.column',
    );
  if (tokens.some(({ value }) => value.includes('.')))
    throw unsupported(
      'a name with dots between its quotes',
      reading.since(start),
      'quote its parts one by one',
    );
  const parts = tokens.map((token) => reading.name(token));
  const written = tokens.map(({ start: from, end }) => reading.text.slice(from, end));
  reading.tell(written.join('.'), ...tokens.map(({ value }) => value.toLowerCase()));
  return term(
    parts.join('.'),
    'unknown',
    reading.since(start),
    parts.length === 1 ? { name: parts[0]! } : {},
  );
}

function readCase(reading: Reading): Term {
  const start = reading.at;
  reading.expect('case');
  return reading.nested(() => {
    reading.tell('CASE');
    const parts = ['CASE'];
    if (!reading.is('when')) parts.push(reading.inner().sql);
    const kinds: Kind[] = [];
    while (reading.take('when')) {
      reading.tell('WHEN');
      const when = reading.inner().sql;
      reading.expect('then');
      reading.tell('THEN');
      const then = reading.inner();
      kinds.push(then.kind);
      parts.push(`WHEN ${when} THEN ${then.sql}`);
    }
    if (kinds.length === 0) throw reading.unexpected('WHEN');
    if (reading.take('else')) {
      reading.tell('ELSE');
      const otherwise = reading.inner();
      kinds.push(otherwise.kind);
      parts.push(`ELSE ${otherwise.sql}`);
    }
    reading.expect('end');
    reading.tell('END');
    return term(`${parts.join(' ')} END`, sameKind(kinds), reading.since(start));
  });
}

const TYPED: Readonly<Record<string, string>> = {
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  datetime: 'TIMESTAMP',
  time: 'TIME',
};

/** DATE '2026-01-31'. In BigQuery a TIMESTAMP is a moment; elsewhere a text with a zone would be one. */
function readTyped(reading: Reading): Term {
  const start = reading.at;
  const { word } = reading.next();
  const { value } = reading.next();
  reading.tell(`DATE 'x'`, "'");
  const span = reading.since(start);
  const { dialect } = reading.rules;
  if (word === 'datetime' && dialect !== 'bigquery')
    throw unsupported(`DATETIME '…'`, span, `write TIMESTAMP '${value}'`);
  const moment = word === 'timestamp' && dialect === 'bigquery';
  if (
    !/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$|^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(
      value,
    )
  ) {
    if (!moment)
      throw unsupported(`the form of ${word.toUpperCase()} '${value}'`, span, 'write yyyy-mm-dd hh:mm:ss');
    if (!/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2}| UTC)$/.test(value))
      throw unsupported(`the form of TIMESTAMP '${value}'`, span, 'write yyyy-mm-dd hh:mm:ss+00:00');
  }
  const zoned = /(Z|[+-]\d{2}:\d{2}|UTC)$/.test(value.slice(10)) ? value : `${value}+00`;
  return moment
    ? term(`TIMESTAMPTZ ${quoteString(zoned)}`, 'time', span)
    : term(`${TYPED[word]!} ${quoteString(value)}`, 'time', span);
}

const CURRENT = new Set([
  'current_timestamp',
  'localtimestamp',
  'current_date',
  'current_time',
  'localtime',
  'now',
]);

/** The time of the query, as a filter of a view that follows it. */
function readCurrent(reading: Reading): Term {
  const start = reading.at;
  const { word } = reading.next();
  if (reading.take('(')) reading.expect(')');
  const span = reading.since(start);
  if (reading.rules.dialect === 'flinksql')
    throw unsupported(
      `${word.toUpperCase()} of Flink SQL (the time of each record)`,
      span,
      'write a temporal filter with now() in PostgreSQL',
    );
  if (word !== 'current_timestamp' && word !== 'now')
    throw unsupported(`${word.toUpperCase()} of ${reading.rules.title}`, span, 'write CURRENT_TIMESTAMP');
  reading.tell('millrace_q', 'millrace_q');
  return term('now()', 'time', span);
}
