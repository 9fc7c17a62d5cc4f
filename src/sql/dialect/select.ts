// One SELECT, with QUALIFY as a subquery around it and Flink's group windows as windows in FROM.

import { syntaxError, unsupported } from '../fail.ts';
import { readFrom } from './from.ts';
import { findGroupWindow, takeGroupWindow } from './group-window.ts';
import { readAlias } from './names.ts';
import type { Reading } from './reading.ts';

interface Item {
  readonly sql: string;
  readonly alias: string | undefined;
  /** What the result is called; undefined when PostgreSQL chooses, or for a star. */
  readonly name: string | undefined;
}

interface Selected {
  readonly sql: string;
  readonly aliases: readonly string[];
}

export function readSelect(reading: Reading): Selected {
  const outer = reading.groupWindow;
  reading.groupWindow = findGroupWindow(reading);
  const selected = readParts(reading);
  reading.groupWindow = outer;
  return selected;
}

function readParts(reading: Reading): Selected {
  reading.expect('select');
  const distinct = readQuantity(reading);
  const items: Item[] = [];
  do items.push(readItem(reading));
  while (reading.take(','));
  const clauses = readClauses(reading);
  const aliases = items.flatMap(({ alias }) => alias ?? []);
  const start = reading.at;
  if (!reading.take('qualify')) {
    if (reading.is('window')) throw reading.refuse('WINDOW', 'write each window out: OVER (PARTITION BY …)');
    return { sql: `SELECT ${distinct}${items.map(({ sql }) => sql).join(', ')}${clauses}`, aliases };
  }
  if (reading.rules.dialect !== 'snowflake' && reading.rules.dialect !== 'bigquery')
    throw unsupported(`QUALIFY of ${reading.rules.title}`, reading.since(start), 'filter in a query around');
  return { sql: qualified(reading, distinct, items, clauses, aliases), aliases };
}

function readQuantity(reading: Reading): string {
  if (reading.is('top') && reading.peek(1).type === 'number')
    throw reading.refuse('TOP', 'write LIMIT at the end');
  if (reading.is('straight_join')) throw reading.refuse('SELECT STRAIGHT_JOIN', 'leave the second word out');
  if (reading.is('as', 'struct') || reading.is('as', 'value'))
    throw reading.refuse('SELECT AS', 'list the columns');
  if (reading.take('distinct')) return 'DISTINCT ';
  reading.take('all');
  return '';
}

function readItem(reading: Reading): Item {
  if (reading.take('*')) return star(reading, '*');
  if (reading.peek(1).word === '.' && reading.peek(2).word === '*') {
    const table = reading.name(reading.next());
    reading.at += 2;
    return star(reading, `${table}.*`);
  }
  const expression = reading.expression();
  const alias = readAlias(reading);
  const column = /^(?:[\w$]+\.)?([\w$]+|"(?:[^"]|"")*")$/.exec(expression.sql)?.[1];
  const name = alias ?? (expression.constant === undefined ? column : undefined);
  return { sql: alias === undefined ? expression.sql : `${expression.sql} AS ${alias}`, alias, name };
}

function star(reading: Reading, sql: string): Item {
  if (
    ['except', 'exclude', 'replace', 'rename', 'ilike'].includes(reading.peek().word) &&
    reading.peek(1).word !== 'select'
  )
    throw reading.refuse(`* ${reading.peek().word.toUpperCase()}`, 'list the columns');
  return { sql, alias: undefined, name: undefined };
}

function readClauses(reading: Reading): string {
  const parts: string[] = [];
  if (reading.take('from')) parts.push(` FROM ${readFrom(reading)}`);
  if (reading.take('where')) parts.push(` WHERE ${reading.expression().sql}`);
  if (reading.take('group', 'by')) parts.push(` GROUP BY ${readGroups(reading)}`);
  if (reading.take('having')) parts.push(` HAVING ${reading.expression().sql}`);
  return parts.join('');
}

/** An expression, a list of them in brackets, ROLLUP (…), CUBE (…) or GROUPING SETS (…). */
function readGroup(reading: Reading): string {
  const start = reading.at;
  const word =
    reading.takeOne(['rollup', 'cube']) ?? (reading.take('grouping', 'sets') ? 'grouping sets' : undefined);
  if (word === undefined) return reading.take('(', ')') ? '()' : reading.expression().sql;
  if (reading.rules.dialect === 'mysql')
    throw reading.refuse(word.toUpperCase(), 'write one query for each level, and UNION ALL', start);
  reading.expect('(');
  const items = [readGroup(reading)];
  while (reading.take(',')) items.push(readGroup(reading));
  reading.expect(')');
  return `${word.toUpperCase()} (${items.join(', ')})`;
}

function readGroups(reading: Reading): string {
  if (reading.is('all')) throw reading.refuse('GROUP BY ALL', 'list the expressions');
  const items: string[] = [];
  do {
    items.push(takeGroupWindow(reading) ?? readGroup(reading));
  } while (reading.take(','));
  if (reading.is('with', 'rollup'))
    throw reading.refuse('WITH ROLLUP', 'write one query for each level, and UNION ALL');
  return items.join(', ');
}

/** What is numbered and compared with a constant stays so, which is how the first rows of groups are recognised. */
const NUMBERED = /^\(((?:row_number|rank|dense_rank)\(\) OVER \(.*\)) (=|<=|<) (\d+)\)$/;

function qualified(
  reading: Reading,
  distinct: string,
  items: readonly Item[],
  clauses: string,
  aliases: readonly string[],
): string {
  const condition = reading.expression();
  const words: readonly string[] = condition.sql.match(/"(?:[^"]|"")*"|[\w$]+/g) ?? [];
  if (aliases.some((alias) => words.includes(alias)))
    throw syntaxError(
      'QUALIFY names a result of SELECT',
      condition.span,
      'repeat the window function in QUALIFY: a column of that name would come first',
    );
  const names = items.map(({ name }) => name);
  if (names.some((name) => name === undefined) || new Set(names).size < names.length)
    throw unsupported(
      'QUALIFY beside columns that have no name of their own',
      condition.span,
      'list the columns, and name each with AS',
    );
  const [, numbered, operator, count] = NUMBERED.exec(condition.sql) ?? [];
  const column = numbered ?? condition.sql;
  const test = numbered === undefined ? 'millrace_qualify' : `(millrace_qualify ${operator!} ${count!})`;
  const inner = `SELECT ${items.map(({ sql }) => sql).join(', ')}, ${column} AS millrace_qualify${clauses}`;
  return `SELECT ${distinct}${names.join(', ')} FROM (${inner}) AS millrace_q WHERE ${test}`;
}
