// CREATE: which object it is; views and sinks whole: a query, where its result goes and when.

import type { Query } from './ast.ts';
import { queryBetween } from './query-text.ts';
import type { Cursor } from './cursor.ts';
import { syntaxError, unsupported } from './fail.ts';
import type { Identifier } from './names.ts';
import { readFormat, readOptions } from './options.ts';
import { emitStart, readEmit } from './read-emit.ts';
import { readFunction } from './read-function.ts';
import { readIfNotExists, readInput } from './read-input.ts';
import type { EmitClause, Option, Replace, SinkInput, Statement } from './statement.ts';

const ON_CHANGE: EmitClause = { mode: 'on change', span: undefined };

/** CREATE is the next token. */
export function readCreate(cursor: Cursor): Statement {
  const start = cursor.at;
  cursor.expect('create');
  const replaceAt = cursor.at;
  const replace = readReplace(cursor);
  const replaceSpan = cursor.since(replaceAt);
  if (cursor.take('view')) return readView(cursor, start, replace);
  if (cursor.take('materialized')) {
    cursor.expect('view');
    return readMaterializedView(cursor, start, replace);
  }
  for (const object of ['source', 'table'] as const)
    if (cursor.take(object)) return readInput(cursor, start, object, replace);
  if (cursor.take('function')) return readFunction(cursor, start, replace);
  if (!cursor.take('sink')) throw refusedObject(cursor);
  if (replace.orReplace) {
    throw unsupported(
      'CREATE OR REPLACE SINK',
      replaceSpan,
      'what it has written cannot be taken back: DROP SINK it, then CREATE SINK with another place to write to',
    );
  }
  return readSink(cursor, start);
}

/** OR REPLACE [FORCE] */
function readReplace(cursor: Cursor): Replace {
  const orReplace = cursor.take('or', 'replace');
  return { orReplace, force: orReplace && cursor.take('force') };
}

function refusedObject(cursor: Cursor): Error {
  const word = cursor.peek()?.word ?? '';
  const known = 'CREATE takes SOURCE, TABLE, VIEW, MATERIALIZED VIEW, SINK or FUNCTION';
  if (word === 'recursive')
    return unsupported('CREATE RECURSIVE VIEW', cursor.here(), 'WITH RECURSIVE in the query');
  if (/^[a-z]/.test(word)) return unsupported(`CREATE ${word.toUpperCase()}`, cursor.here(), known);
  return cursor.unexpected('what to create', known);
}

interface ViewHead extends Replace {
  readonly name: ReturnType<Cursor['objectName']>;
  readonly ifNotExists: boolean;
  readonly columns: readonly Identifier[];
}

function readViewHead(cursor: Cursor, replace: Replace): ViewHead {
  const ifNotExists = readIfNotExists(cursor, replace);
  const name = cursor.objectName('the name of the view');
  const columns = cursor.is('(') ? cursor.identifierList('a column name') : [];
  return { name, ifNotExists, ...replace, columns };
}

function readView(cursor: Cursor, start: number, replace: Replace): Statement {
  const head = readViewHead(cursor, replace);
  if (cursor.is('with'))
    throw unsupported('WITH (…) on a view', cursor.here(), 'a view has no state and no options');
  const { query, emit, options } = readQueryAndTail(cursor);
  if (emit.span !== undefined) {
    throw unsupported(
      'EMIT on a view',
      emit.span,
      'a view is inlined: write EMIT on the materialized view over it',
    );
  }
  if (options[0] !== undefined) {
    throw unsupported('WITH (…) on a view', options[0].span, 'a view has no state and no options');
  }
  return { kind: 'CreateView', ...head, query, span: cursor.since(start) };
}

function readMaterializedView(cursor: Cursor, start: number, replace: Replace): Statement {
  const head = readViewHead(cursor, replace);
  const before = cursor.is('with') ? readWith(cursor) : [];
  const { query, emit, options } = readQueryAndTail(cursor);
  if (before.length > 0 && options[0] !== undefined)
    throw syntaxError('WITH is given twice', options[0].span);
  const all = before.length > 0 ? before : options;
  return { kind: 'CreateMaterializedView', ...head, query, emit, options: all, span: cursor.since(start) };
}

function readWith(cursor: Cursor): Option[] {
  cursor.expect('with');
  return readOptions(cursor);
}

/** AS query [EMIT …] [WITH (…)] up to the end of the statement. */
function readQueryAndTail(cursor: Cursor): { query: Query; emit: EmitClause; options: readonly Option[] } {
  cursor.expect('as');
  const query = readQuery(cursor);
  const emit = readEmit(cursor) ?? ON_CHANGE;
  const options = cursor.is('with') ? readWith(cursor) : [];
  if (!cursor.done) throw cursor.unexpected('EMIT …, WITH (…) or the end of the statement');
  return { query, emit, options };
}

/** A query up to EMIT, WITH (…), FORMAT … ENCODE … or the end. */
export function readQuery(cursor: Cursor): Query {
  const end = cursor.find((index) => isTail(cursor, index));
  if (end <= cursor.at) throw cursor.unexpected('a query');
  refuseWithData(cursor, end);
  const query = queryBetween(cursor.source, cursor.at, end);
  cursor.at = end;
  return query;
}

function isTail(cursor: Cursor, index: number): boolean {
  const tokens = cursor.source.tokens;
  const word = tokens[index]!.word;
  if (word === 'with') return tokens[index + 1]?.word === '(' && index > cursor.at;
  if (word === 'format') return tokens[index + 2]?.word === 'encode' && index + 2 < cursor.end;
  return word === 'emit' && emitStart(cursor, index);
}

/** `WITH [NO] DATA`, `WITH CHECK OPTION`: PostgreSQL's tails, which the grammar of queries does not know. */
function refuseWithData(cursor: Cursor, end: number): void {
  const tokens = cursor.source.tokens;
  for (const words of ['with data', 'with no data', 'with check option', 'with cascaded check option']) {
    const list = words.split(' ');
    const from = end - list.length;
    if (from <= cursor.at || !list.every((word, i) => tokens[from + i]!.word === word)) continue;
    const span = { offset: tokens[from]!.start, end: tokens[end - 1]!.end };
    throw unsupported(
      words.toUpperCase(),
      span,
      'leave it out: a materialized view is filled as its input arrives',
    );
  }
}

function readSink(cursor: Cursor, start: number): Statement {
  const ifNotExists = cursor.take('if', 'not', 'exists');
  const name = cursor.objectName('the name of the sink');
  const input = readSinkInput(cursor);
  if (!cursor.is('with')) {
    throw cursor.unexpected('WITH (connector = …)', "say where the rows go: WITH (connector = 'blackhole')");
  }
  const options = readWith(cursor);
  const format = cursor.is('format') ? readFormat(cursor) : undefined;
  if (!cursor.done) throw cursor.unexpected('FORMAT … ENCODE … or the end of the statement');
  if (!options.some((option) => option.key === 'connector')) {
    throw syntaxError(
      'CREATE SINK needs WITH (connector = …)',
      name.span,
      "for example WITH (connector = 'blackhole')",
    );
  }
  return { kind: 'CreateSink', name, ifNotExists, input, options, format, span: cursor.since(start) };
}

function readSinkInput(cursor: Cursor): SinkInput {
  if (cursor.take('from')) return { kind: 'relation', name: cursor.objectName('the name of a view') };
  if (!cursor.take('as')) throw cursor.unexpected('FROM view or AS query');
  const query = readQuery(cursor);
  return { kind: 'query', query, emit: readEmit(cursor) ?? ON_CHANGE };
}
