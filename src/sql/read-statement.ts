// One statement from its tokens: which one it is, and the small ones whole. The large ones are in read-create.ts.

import { syntaxError, unsupported } from './fail.ts';
import { Cursor } from './cursor.ts';
import { readOptions } from './options.ts';
import { readCreate, readQuery } from './read-create.ts';
import type { ObjectName } from './names.ts';
import { readEmit } from './read-emit.ts';
import type { SourceText } from './source-text.ts';
import type {
  AlterAction,
  Analyze,
  Explain,
  ExplainStage,
  ObjectType,
  Show,
  Statement,
} from './statement.ts';

/** The tokens `start` up to `end`, without the semicolon. */
export function readStatement(source: SourceText, start: number, end: number): Statement {
  const cursor = new Cursor(source, start, end);
  const statement = readAny(cursor);
  if (!cursor.done)
    throw cursor.unexpected('the end of the statement', 'statements are separated by semicolons');
  return statement;
}

function readAny(cursor: Cursor): Statement {
  const first = cursor.peek();
  switch (first?.word) {
    case 'create':
      return readCreate(cursor);
    case 'drop':
      return readDrop(cursor);
    case 'alter':
      return readAlter(cursor);
    case 'show':
      return readShow(cursor);
    case 'describe':
    case 'desc':
      return readDescribe(cursor);
    case 'explain':
      return readExplain(cursor);
    case 'select':
    case 'with':
    case 'values':
    case 'table':
    case '(':
      return readQueryStatement(cursor);
    default:
      throw refusedStatement(cursor);
  }
}

const STATEMENTS =
  'Millrace reads CREATE, DROP, ALTER, SHOW, DESCRIBE, EXPLAIN and queries; everything else is for Postgres itself';

const POSTGRES_ONLY = new Set(
  (
    'insert update delete merge copy begin start commit rollback savepoint set reset grant revoke truncate comment ' +
    'analyze vacuum call do declare fetch close listen notify lock prepare execute refresh reindex cluster import use'
  ).split(' '),
);

function refusedStatement(cursor: Cursor): Error {
  const first = cursor.peek();
  if (first !== undefined && POSTGRES_ONLY.has(first.word)) {
    return unsupported(first.text.toUpperCase(), cursor.here(), STATEMENTS);
  }
  return cursor.unexpected('a statement', STATEMENTS);
}

function readQueryStatement(cursor: Cursor): Statement {
  const start = cursor.at;
  const query = readQuery(cursor);
  const emit = readEmit(cursor) ?? { mode: 'on change', span: undefined };
  return { kind: 'QueryStatement', query, emit, span: cursor.since(start) };
}

const OBJECTS: readonly (readonly [ObjectType, readonly string[]])[] = [
  ['source', ['source']],
  ['table', ['table']],
  ['view', ['view']],
  ['materialized view', ['materialized', 'view']],
  ['sink', ['sink']],
  ['function', ['function']],
];

function readObjectType(cursor: Cursor): ObjectType {
  for (const [object, words] of OBJECTS) if (cursor.take(...words)) return object;
  throw cursor.unexpected('SOURCE, TABLE, VIEW, MATERIALIZED VIEW, SINK or FUNCTION');
}

function readDrop(cursor: Cursor): Statement {
  const start = cursor.at;
  cursor.expect('drop');
  const object = readObjectType(cursor);
  const ifExists = cursor.take('if', 'exists');
  const names = readNames(cursor, object);
  const behavior = cursor.take('cascade') ? 'cascade' : 'restrict';
  if (behavior === 'restrict') cursor.take('restrict');
  return { kind: 'Drop', object, names, ifExists, behavior, span: cursor.since(start) };
}

/** DROP FUNCTION f (bigint, text) is known from Postgres, where there may be several of a name. */
function readNames(cursor: Cursor, object: ObjectType): ObjectName[] {
  const names: ObjectName[] = [];
  do {
    names.push(cursor.objectName('a name'));
    if (object === 'function' && cursor.is('('))
      throw unsupported(
        'parameter types in DROP FUNCTION',
        cursor.here(),
        'a name has one function: leave them out',
      );
  } while (cursor.take(','));
  return names;
}

function readAlter(cursor: Cursor): Statement {
  const start = cursor.at;
  cursor.expect('alter');
  const object = readObjectType(cursor);
  const name = cursor.objectName('a name');
  const action = readAlterAction(cursor);
  return { kind: 'Alter', object, name, action, span: cursor.since(start) };
}

function readAlterAction(cursor: Cursor): AlterAction {
  if (cursor.take('pause')) return { kind: 'pause' };
  if (cursor.take('resume')) return { kind: 'resume' };
  if (cursor.take('replay', 'dead', 'letters')) return { kind: 'replay' };
  if (cursor.take('rollback')) return { kind: 'rollback' };
  if (cursor.take('drop', 'previous', 'version')) return { kind: 'drop previous' };
  if (cursor.take('set')) return { kind: 'set', options: readOptions(cursor) };
  throw cursor.unexpected('PAUSE, RESUME, ROLLBACK, DROP PREVIOUS VERSION, REPLAY DEAD LETTERS or SET (…)');
}

const LISTS: readonly Show['what'][] = [
  'sources',
  'tables',
  'views',
  'materialized views',
  'sinks',
  'functions',
  'pipelines',
];

function readShow(cursor: Cursor): Statement {
  const start = cursor.at;
  cursor.expect('show');
  if (cursor.take('create')) {
    const object = readObjectType(cursor);
    return { kind: 'ShowCreate', object, name: cursor.objectName('a name'), span: cursor.since(start) };
  }
  const what = LISTS.find((list) => cursor.take(...list.split(' ')));
  if (what === undefined) throw cursor.unexpected(`${LISTS.join(', ').toUpperCase()} or CREATE …`);
  return { kind: 'Show', what, span: cursor.since(start) };
}

function readDescribe(cursor: Cursor): Statement {
  const start = cursor.at;
  cursor.at++;
  return { kind: 'Describe', name: cursor.objectName('a name'), span: cursor.since(start) };
}

const STAGES: readonly ExplainStage[] = ['ast', 'bound', 'logical', 'physical', 'code'];

function readExplain(cursor: Cursor): Explain | Analyze {
  const start = cursor.at;
  cursor.expect('explain');
  if (cursor.is('analyze') && isNameAlone(cursor, cursor.at + 1)) {
    cursor.at++;
    return { kind: 'Analyze', name: cursor.objectName('a name'), span: cursor.since(start) };
  }
  const settings = { analyze: cursor.take('analyze'), stage: undefined as ExplainStage | undefined };
  if (isExplainList(cursor)) readExplainList(cursor, settings);
  if (cursor.is('explain')) throw syntaxError('EXPLAIN of EXPLAIN', cursor.here());
  const statement = readAny(cursor);
  return { kind: 'Explain', ...settings, statement, span: cursor.since(start) };
}

/** A name, or a schema and a name, and nothing behind them. */
function isNameAlone(cursor: Cursor, at: number): boolean {
  const tokens = cursor.end - at;
  return tokens === 1 || (tokens === 3 && cursor.peek(at + 1 - cursor.at)?.word === '.');
}

/** `(` begins a list of settings unless a query begins there. */
function isExplainList(cursor: Cursor): boolean {
  return cursor.is('(') && !['select', 'with', 'values', 'table', '('].includes(cursor.peek(1)?.word ?? '');
}

function readExplainList(
  cursor: Cursor,
  settings: { analyze: boolean; stage: ExplainStage | undefined },
): void {
  cursor.expect('(');
  do {
    const stage = STAGES.find((known) => known === cursor.peek()?.word);
    if (cursor.take('analyze')) settings.analyze = true;
    else if (stage !== undefined && settings.stage === undefined) {
      settings.stage = stage;
      cursor.at++;
    } else throw cursor.unexpected('one of AST, BOUND, LOGICAL, PHYSICAL, CODE');
  } while (cursor.take(','));
  cursor.expect(')');
}
