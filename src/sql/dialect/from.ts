// FROM: tables, subqueries, joins and Flink's window functions. Joins stand in brackets.

import { syntaxError, unsupported } from '../fail.ts';
import { readAlias, readNames } from './names.ts';
import type { Reading } from './reading.ts';
import { readWindowTable } from './window-table.ts';

export function readFrom(reading: Reading): string {
  const start = reading.at;
  const items = [readJoined(reading)];
  while (reading.take(',')) items.push(readJoined(reading));
  if (reading.groupWindow !== undefined && (items.length > 1 || items[0]!.joined))
    throw unsupported(
      'a group window over several tables',
      reading.since(start),
      'join in a subquery, and put the window over it',
    );
  if (reading.rules.dialect === 'bigquery' && items.length > 1 && items.some(({ outer }) => outer))
    throw syntaxError(
      'a comma beside RIGHT or FULL JOIN is read differently in BigQuery and PostgreSQL',
      reading.since(start),
      'write CROSS JOIN with brackets',
    );
  return items.map(({ sql }) => sql).join(', ');
}

interface Joined {
  readonly sql: string;
  readonly joined: boolean;
  /** Has a RIGHT or FULL JOIN. */
  readonly outer: boolean;
}

function readJoined(reading: Reading): Joined {
  let sql = readItem(reading);
  let joined = false;
  let outer = false;
  for (;;) {
    const type = readJoinType(reading);
    if (type === undefined) return { sql, joined, outer };
    const right = readItem(reading);
    const { word, condition } = readCondition(reading, type);
    outer ||= type === 'RIGHT JOIN' || type === 'FULL JOIN';
    sql = `(${sql} ${word} ${right}${condition})`;
    joined = true;
  }
}

const REFUSED: Readonly<Record<string, string>> = {
  semi: 'write WHERE EXISTS (SELECT …)',
  anti: 'write WHERE NOT EXISTS (SELECT …)',
  asof: 'write it in PostgreSQL, without a dialect',
  straight_join: 'write JOIN',
  pivot: 'write sum(CASE WHEN … THEN x END) for each column',
  unpivot: 'write one SELECT for each column, and UNION ALL',
  tablesample: 'read the whole table',
  match_recognize: 'compare neighbouring rows with lag and lead',
};

function readJoinType(reading: Reading): string | undefined {
  const { word } = reading.peek();
  if (Object.hasOwn(REFUSED, word))
    throw reading.refuse(word.toUpperCase().replace(/^(SEMI|ANTI|ASOF)$/, '$1 JOIN'), REFUSED[word]!);
  const start = reading.at;
  const natural = reading.take('natural') ? 'NATURAL ' : '';
  const type = reading.takeOne(['inner', 'left', 'right', 'full', 'cross']);
  if (type === 'full' && reading.rules.dialect === 'mysql')
    throw reading.refuse(
      'FULL JOIN',
      'MySQL has none: write a LEFT JOIN UNION ALL the rows of the right side alone',
      start,
    );
  if (type !== undefined && ['semi', 'anti'].includes(reading.peek().word))
    throw reading.refuse(`${reading.peek().word.toUpperCase()} JOIN`, REFUSED[reading.peek().word]!);
  if (type !== undefined && type !== 'inner' && type !== 'cross') reading.take('outer');
  if (!reading.take('join')) {
    if (natural === '' && type === undefined) return undefined;
    throw reading.unexpected('JOIN');
  }
  return `${natural}${type === undefined || type === 'inner' ? '' : `${type.toUpperCase()} `}JOIN`;
}

function readCondition(reading: Reading, type: string): { word: string; condition: string } {
  const start = reading.at;
  if (reading.take('on')) {
    const condition = ` ON ${reading.expression().sql}`;
    if (type !== 'CROSS JOIN' && !type.startsWith('NATURAL')) return { word: type, condition };
    throw syntaxError(`${type} has no condition`, reading.since(start), 'write JOIN … ON');
  }
  if (reading.take('using')) return { word: type, condition: ` USING ${readNames(reading)}` };
  if (type === 'CROSS JOIN' || type.startsWith('NATURAL')) return { word: type, condition: '' };
  if (type === 'JOIN' && reading.rules.dialect === 'mysql') return { word: 'CROSS JOIN', condition: '' };
  throw reading.unexpected('ON or USING');
}

function readItem(reading: Reading): string {
  const { word, type } = reading.peek();
  if (reading.take('(')) return readBracketed(reading);
  if (
    reading.is('table', '(') ||
    (['tumble', 'hop', 'cumulate', 'session'].includes(word) && reading.is(word, '('))
  )
    return `${readWindowTable(reading)}${readTableAlias(reading)}`;
  if (UNNESTING.includes(reading.rules.dialect) && reading.is('unnest', '('))
    return `${readUnnest(reading)}${readTableAlias(reading)}`;
  if (
    word === 'lateral' ||
    word === 'unnest' ||
    word === 'values' ||
    (type === 'word' && reading.is(word, '('))
  )
    throw reading.refuse(`${word.toUpperCase()} in FROM`, 'write it in PostgreSQL, without a dialect');
  const table = readTableName(reading);
  const asOf = readAsOf(reading);
  const window = reading.groupWindow?.over(table) ?? table;
  return `${window}${asOf}${readTableAlias(reading)}`;
}

/** Elsewhere the alias is that of the element, or its values are rows. */
const UNNESTING: readonly string[] = ['trino', 'flinksql'];

function readUnnest(reading: Reading): string {
  reading.expect('unnest', '(');
  const arrays = [reading.expression().sql];
  while (reading.take(',')) arrays.push(reading.expression().sql);
  reading.expect(')');
  return `unnest(${arrays.join(', ')})${reading.take('with', 'ordinality') ? ' WITH ORDINALITY' : ''}`;
}

function readBracketed(reading: Reading): string {
  if (reading.is('select') || reading.is('with') || reading.is('(')) {
    const query = `(${reading.query()})`;
    reading.expect(')');
    const window = reading.groupWindow?.over(query) ?? query;
    return `${window}${readTableAlias(reading)}`;
  }
  const { sql } = readJoined(reading);
  reading.expect(')');
  return sql;
}

/** `t`, `s.t`; BigQuery quotes a whole path at once. */
export function readTableName(reading: Reading): string {
  const start = reading.at;
  const token = reading.next();
  if (token.type !== 'word' && token.type !== 'quoted') {
    reading.at--;
    throw reading.unexpected('a table');
  }
  const parts = [token];
  while (reading.take('.')) parts.push(reading.next());
  const names = parts.flatMap((part) =>
    part.type === 'quoted' && part.value.includes('.') && reading.rules.dialect === 'bigquery'
      ? part.value.split('.').map((value) => ({ ...part, value }))
      : [part],
  );
  if (names.length > 2)
    throw unsupported(
      'a name of more than two parts',
      reading.since(start),
      'write schema.table, or the table alone',
    );
  return names.map((name) => reading.name(name)).join('.');
}

function readAsOf(reading: Reading): string {
  const start = reading.at;
  if (!reading.take('for', 'system_time', 'as', 'of')) return '';
  if (reading.rules.dialect !== 'flinksql')
    throw reading.refuse('FOR SYSTEM_TIME AS OF', 'a view shows the present', start);
  return ` FOR SYSTEM_TIME AS OF ${reading.expression().sql}`;
}

function readTableAlias(reading: Reading): string {
  const alias = readAlias(reading);
  if (alias === undefined) return '';
  return ` AS ${alias}${reading.is('(') ? readNames(reading) : ''}`;
}
