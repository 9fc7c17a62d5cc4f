// CREATE SOURCE and CREATE TABLE: what a stream looks like and where it comes from.

import { syntaxError, unsupported } from './fail.ts';
import type { Cursor } from './cursor.ts';
import type { TextSpan } from '../errors.ts';
import type { CreateSource, CreateTable, FormatClause, IncludeColumn, Option, Replace } from './statement.ts';
import { readColumnList } from './read-columns.ts';
import { readFormat, readOptions } from './options.ts';

/** CREATE SOURCE or CREATE TABLE has been taken; `start` is the index of CREATE. */
export function readInput(
  cursor: Cursor,
  start: number,
  object: 'source' | 'table',
  replace: Replace,
): CreateSource | CreateTable {
  const ifNotExists = readIfNotExists(cursor, replace);
  const name = cursor.objectName(`the name of the ${object}`);
  const list = readColumnList(cursor);
  if (cursor.is('as')) {
    throw unsupported(
      `CREATE ${object.toUpperCase()} AS`,
      cursor.here(),
      'CREATE MATERIALIZED VIEW … AS SELECT …',
    );
  }
  const clauses = readInputClauses(cursor);
  const definition = { name, ifNotExists, ...replace, ...list, ...clauses, span: cursor.since(start) };
  if (object === 'table') return { kind: 'CreateTable', ...definition };
  requireConnector(definition.options, name.span);
  return { kind: 'CreateSource', ...definition };
}

export function readIfNotExists(cursor: Cursor, { orReplace }: Replace): boolean {
  const span = cursor.here();
  const ifNotExists = cursor.take('if', 'not', 'exists');
  if (ifNotExists && orReplace) throw syntaxError('OR REPLACE and IF NOT EXISTS exclude each other', span);
  return ifNotExists;
}

interface InputClauses {
  readonly includes: readonly IncludeColumn[];
  readonly options: readonly Option[];
  readonly format: FormatClause | undefined;
}

/** INCLUDE …, WITH (…) and FORMAT … in any order, the last two at most once. */
function readInputClauses(cursor: Cursor): InputClauses {
  const includes: IncludeColumn[] = [];
  let options: readonly Option[] | undefined;
  let format: FormatClause | undefined;
  while (!cursor.done) {
    if (cursor.is('include')) includes.push(readInclude(cursor));
    else if (cursor.is('with') && options === undefined) {
      cursor.take('with');
      options = readOptions(cursor);
    } else if (cursor.is('format') && format === undefined) format = readFormat(cursor);
    else throw cursor.unexpected('INCLUDE, WITH (…), FORMAT … ENCODE … or the end of the statement');
  }
  return { includes, options: options ?? [], format };
}

const FIELDS = ['key', 'timestamp', 'offset', 'partition', 'headers'] as const;

function readInclude(cursor: Cursor): IncludeColumn {
  const start = cursor.at;
  cursor.expect('include');
  const word = cursor.peek()?.word;
  const field = FIELDS.find((known) => known === word);
  if (field === undefined) throw cursor.unexpected('KEY, TIMESTAMP, OFFSET, PARTITION or HEADERS');
  cursor.at++;
  if (cursor.take('as'))
    return { field, name: cursor.identifier('a column name'), span: cursor.since(start) };
  const span = cursor.since(start);
  return { field, name: { name: `_millrace_${field}`, span }, span };
}

const CONNECTORS =
  "say where its rows come from: WITH (connector = 'kafka', topic = '…') FORMAT PLAIN ENCODE JSON";

function requireConnector(options: readonly Option[], span: TextSpan): void {
  if (options.some((option) => option.key === 'connector')) return;
  throw syntaxError('CREATE SOURCE needs WITH (connector = …)', span, CONNECTORS);
}
