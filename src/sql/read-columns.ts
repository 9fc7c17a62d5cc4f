// The bracket of CREATE SOURCE and CREATE TABLE: columns, primary key, watermark.

import { syntaxError, unsupported } from './fail.ts';
import type { Cursor } from './cursor.ts';
import type { Expression } from './ast.ts';
import type { Identifier, TypeName } from './names.ts';
import type { ColumnDefinition, WatermarkDefinition } from './statement.ts';
import { readExpression, readType } from './expression-text.ts';
import { isStruct, readStruct } from './read-struct.ts';

export interface ColumnList {
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: readonly Identifier[];
  readonly watermark: WatermarkDefinition | undefined;
}

interface Building {
  readonly columns: ColumnDefinition[];
  primaryKey: readonly Identifier[];
  watermark: WatermarkDefinition | undefined;
}

export function readColumnList(cursor: Cursor): ColumnList {
  const list: Building = { columns: [], primaryKey: [], watermark: undefined };
  if (!cursor.take('(')) return list;
  do readItem(cursor, list);
  while (cursor.take(','));
  cursor.expect(')');
  return list;
}

function readItem(cursor: Cursor, list: Building): void {
  if (cursor.is('watermark', 'for')) {
    if (list.watermark !== undefined) throw syntaxError('a source has one watermark', cursor.here());
    list.watermark = readWatermark(cursor);
  } else if (cursor.take('primary', 'key')) {
    setPrimaryKey(cursor, list, cursor.identifierList('a column of the key'));
  } else {
    refuseTableConstraint(cursor);
    list.columns.push(readColumn(cursor, list));
  }
}

function readWatermark(cursor: Cursor): WatermarkDefinition {
  const start = cursor.at;
  cursor.at += 2;
  const column = cursor.identifier('the time column');
  cursor.expect('as', "write WATERMARK FOR ts AS ts - INTERVAL '5 seconds'");
  const expression = readExpression(cursor, nextItem(cursor), 'the watermark expression');
  return { column, expression, span: cursor.since(start) };
}

function setPrimaryKey(cursor: Cursor, list: Building, key: readonly Identifier[]): void {
  if (list.primaryKey.length > 0)
    throw syntaxError('PRIMARY KEY is given twice', key[0]?.span ?? cursor.here());
  list.primaryKey = key;
}

/** Index of the comma or closing bracket after the current item. */
function nextItem(cursor: Cursor): number {
  return cursor.find((index) => cursor.source.tokens[index]!.word === ',');
}

const TABLE_CONSTRAINTS = ['constraint', 'unique', 'check', 'foreign', 'exclude', 'like'];

function refuseTableConstraint(cursor: Cursor): void {
  const word = cursor.peek()?.word ?? '';
  if (word === '*')
    throw unsupported('a column list with *', cursor.here(), 'name the columns and their types');
  if (!TABLE_CONSTRAINTS.includes(word)) return;
  throw unsupported(
    word.toUpperCase(),
    cursor.here(),
    'only NOT NULL, PRIMARY KEY and WATERMARK constrain an input',
  );
}

const AFTER_TYPE = new Set(
  [',', 'not', 'null', 'primary', 'as', 'generated'].concat([
    'default',
    'unique',
    'check',
    'references',
    'constraint',
    'collate',
  ]),
);

function readColumn(cursor: Cursor, list: Building): ColumnDefinition {
  const start = cursor.at;
  const name = cursor.identifier('a column name');
  const type = readColumnType(cursor, name);
  let notNull = false;
  let generated: Expression | undefined;
  while (!cursor.done && !cursor.is(',') && !cursor.is(')')) {
    if (cursor.take('not', 'null')) notNull = true;
    else if (cursor.take('primary', 'key')) setPrimaryKey(cursor, list, [name]);
    else if (cursor.is('as') || cursor.is('generated')) generated = readGenerated(cursor);
    else if (!cursor.take('null')) throw refusedConstraint(cursor);
  }
  return { name, type, notNull, generated, span: cursor.since(start) };
}

function readColumnType(cursor: Cursor, name: Identifier): TypeName {
  if (isStruct(cursor)) return readStruct(cursor);
  const end = cursor.find((index) => AFTER_TYPE.has(cursor.source.tokens[index]!.word));
  if (end === cursor.at) throw cursor.unexpected(`a type for column ${name.name}`);
  return readType(cursor, end);
}

/** `AS (expression)`, `AS expression`, `GENERATED ALWAYS AS (expression) [STORED|VIRTUAL]`. */
function readGenerated(cursor: Cursor): Expression {
  if (cursor.take('generated')) cursor.expect('always');
  cursor.expect('as');
  if (cursor.is('identity')) throw unsupported('an identity column', cursor.here());
  const end = cursor.find((index) => [',', 'stored', 'virtual'].includes(cursor.source.tokens[index]!.word));
  const expression = readExpression(cursor, end, 'an expression');
  if (!cursor.take('stored')) cursor.take('virtual');
  return expression;
}

function refusedConstraint(cursor: Cursor): Error {
  const word = cursor.peek()?.word ?? '';
  if (!AFTER_TYPE.has(word)) return cursor.unexpected('"," or ")"');
  const hint = 'only NOT NULL, PRIMARY KEY and AS (expression) may follow the type';
  return unsupported(`${word.toUpperCase()} on a column`, cursor.here(), hint);
}
