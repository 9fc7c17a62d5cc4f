// Whole queries: WITH, set operations, ORDER BY and LIMIT. Every branch of a set operation stands in brackets.

import { syntaxError, unsupported } from '../fail.ts';
import { readName, readNames } from './names.ts';
import { readOrder } from './order.ts';
import type { Reading } from './reading.ts';
import { readSelect } from './select.ts';
import type { Term } from './term.ts';

interface Body {
  readonly sql: string;
  /** Names that SELECT gives to its results. */
  readonly aliases: readonly string[];
}

export function readQuery(reading: Reading): string {
  const tables = reading.is('with') ? `${readWith(reading)} ` : '';
  const body = readUnion(reading);
  const order = reading.is('order', 'by')
    ? ` ORDER BY ${readOrder(reading, (expression) => refuseAliases(reading, expression, body.aliases))}`
    : '';
  return `${tables}${body.sql}${order}${readLimit(reading)}`;
}

/** In ORDER BY an alias within an expression is a column of the input to PostgreSQL. */
function refuseAliases(reading: Reading, { sql, name, span }: Term, aliases: readonly string[]): void {
  if (name !== undefined) return;
  const words: readonly string[] = sql.match(/"(?:[^"]|"")*"|[\w$]+/g) ?? [];
  const alias = aliases.find((candidate) => words.includes(candidate));
  if (alias === undefined) return;
  const message = `"${alias}" within an expression of ORDER BY is not the same in ${reading.rules.title} and PostgreSQL`;
  throw syntaxError(message, span, 'order by the name alone, or write out what it stands for');
}

function readWith(reading: Reading): string {
  const start = reading.at;
  reading.expect('with');
  if (reading.take('recursive')) throw unsupported('WITH RECURSIVE', reading.since(start), 'write it out');
  const tables: string[] = [];
  do {
    const name = readName(reading);
    const columns = reading.is('(') ? readNames(reading) : '';
    reading.expect('as', '(');
    tables.push(`${name}${columns} AS (${readQuery(reading)})`);
    reading.expect(')');
  } while (reading.take(','));
  return `WITH ${tables.join(', ')}`;
}

/** UNION and EXCEPT from left to right; INTERSECT binds closer. */
function readUnion(reading: Reading): Body {
  const first = reading.at;
  const operators = new Set<string>();
  let left = readIntersect(reading, operators);
  for (;;) {
    const word = reading.takeOne([
      'union',
      'except',
      ...(reading.rules.dialect === 'snowflake' ? ['minus'] : []),
    ]);
    if (word === undefined) break;
    const operator = `${word === 'union' ? 'UNION' : 'EXCEPT'}${readAll(reading)}`;
    operators.add(operator);
    left = joined(left, operator, readIntersect(reading, operators));
  }
  if (reading.rules.dialect !== 'bigquery' || operators.size < 2) return left;
  throw syntaxError(
    'different set operations stand side by side',
    reading.since(first),
    'write brackets around one of them',
  );
}

function readIntersect(reading: Reading, operators: Set<string>): Body {
  let left = readBranch(reading);
  while (reading.take('intersect')) {
    const operator = `INTERSECT${readAll(reading)}`;
    operators.add(operator);
    left = joined(left, operator, readBranch(reading));
  }
  return left;
}

function readAll(reading: Reading): string {
  if (reading.take('all')) return ' ALL';
  const distinct = reading.take('distinct');
  if (!distinct && reading.rules.dialect === 'bigquery') throw reading.unexpected('ALL or DISTINCT');
  if (reading.is('by', 'name') || reading.is('corresponding'))
    throw reading.refuse('a set operation by names', 'list the columns in the same order');
  return '';
}

function joined(left: Body, operator: string, right: Body): Body {
  return { sql: `${bracketed(left.sql)} ${operator} ${bracketed(right.sql)}`, aliases: left.aliases };
}

function bracketed(sql: string): string {
  return `(${sql})`;
}

function readBranch(reading: Reading): Body {
  if (reading.take('(')) {
    const sql = readQuery(reading);
    reading.expect(')');
    return { sql: `(${sql})`, aliases: [] };
  }
  if (reading.is('values') || reading.is('table'))
    throw reading.refuse(reading.peek().word.toUpperCase(), 'write SELECT');
  if (!reading.is('select')) throw reading.unexpected('SELECT');
  return readSelect(reading);
}

function readLimit(reading: Reading): string {
  let limit = '';
  let offset = '';
  for (;;) {
    if (reading.take('limit')) {
      if (reading.take('all')) continue;
      const first = readCount(reading);
      if (reading.rules.dialect === 'mysql' && reading.take(','))
        [offset, limit] = [first, readCount(reading)];
      else limit = first;
    } else if (reading.take('offset')) {
      offset = readCount(reading);
      if (!reading.take('rows')) reading.take('row');
    } else if (reading.take('fetch')) limit = readFetch(reading);
    else return `${limit === '' ? '' : ` LIMIT ${limit}`}${offset === '' ? '' : ` OFFSET ${offset}`}`;
  }
}

function readFetch(reading: Reading): string {
  if (reading.takeOne(['first', 'next']) === undefined) throw reading.unexpected('FIRST');
  const limit = reading.peek().type === 'number' ? readCount(reading) : '1';
  if (reading.takeOne(['rows', 'row']) === undefined) throw reading.unexpected('ROWS');
  if (reading.is('with')) throw reading.refuse('WITH TIES', 'filter by rank() in a subquery');
  reading.expect('only');
  return limit;
}

function readCount(reading: Reading): string {
  const { type, value } = reading.peek();
  if (type !== 'number' || !/^\d+$/.test(value)) throw reading.unexpected('a number');
  reading.at++;
  return value;
}
