// CREATE FUNCTION: parameters, what it gives, its properties and its body. What PostgreSQL knows and has no meaning for a function
// of its arguments alone is refused by name.

import type { TextSpan } from '../errors.ts';
import type { Expression } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { stringOf } from './decode.ts';
import { readExpression, readType } from './expression-text.ts';
import { syntaxError, unsupported } from './fail.ts';
import { expressionOfBody } from './function-body.ts';
import type { TypeName } from './names.ts';
import type { CreateFunction, FunctionBody, FunctionParameter, Replace } from './statement.ts';

/** CREATE … FUNCTION has been taken; `start` is the index of CREATE. */
export function readFunction(cursor: Cursor, start: number, replace: Replace): CreateFunction {
  if (cursor.is('if', 'not', 'exists'))
    throw unsupported('CREATE FUNCTION IF NOT EXISTS', cursor.here(), 'write CREATE OR REPLACE FUNCTION');
  const name = cursor.objectName('the name of the function');
  const parameters = readParameters(cursor);
  const returns = readReturns(cursor);
  const clauses = readClauses(cursor);
  if (clauses.language === undefined)
    throw cursor.unexpected('LANGUAGE sql or LANGUAGE javascript', 'no language was specified');
  const body = bodyOf(cursor, clauses, clauses.language);
  const { strict, language } = clauses;
  const span = cursor.since(start);
  return {
    kind: 'CreateFunction',
    name,
    ...replace,
    ifNotExists: false,
    parameters,
    returns,
    strict,
    language,
    body,
    span,
  };
}

function readParameters(cursor: Cursor): readonly FunctionParameter[] {
  cursor.expect('(');
  const parameters: FunctionParameter[] = [];
  if (cursor.take(')')) return parameters;
  do parameters.push(readParameter(cursor));
  while (cursor.take(','));
  cursor.expect(')');
  return parameters;
}

const MODES = ['out', 'inout', 'variadic'];

function readParameter(cursor: Cursor): FunctionParameter {
  const start = cursor.at;
  const mode = cursor.peek()?.word ?? '';
  if (MODES.includes(mode))
    throw unsupported(
      `a parameter that is ${mode.toUpperCase()}`,
      cursor.here(),
      'a function takes values and returns one: write RETURNS type',
    );
  cursor.take('in');
  const name = cursor.identifier('the name of a parameter');
  const end = cursor.find((index) => [',', 'default', '='].includes(cursor.source.tokens[index]!.word));
  if (end === cursor.at)
    throw cursor.unexpected(`a type for parameter ${name.name}`, 'parameters have a name and a type');
  const type = readType(cursor, end);
  const hasDefault = cursor.take('default') || cursor.take('=');
  const fallback = hasDefault ? readExpression(cursor, nextParameter(cursor), 'a default value') : undefined;
  return { name, type, fallback, span: cursor.since(start) };
}

function nextParameter(cursor: Cursor): number {
  return cursor.find((index) => cursor.source.tokens[index]!.word === ',');
}

function readReturns(cursor: Cursor): TypeName {
  cursor.expect('returns', 'write RETURNS type');
  for (const word of ['setof', 'table'])
    if (cursor.is(word))
      throw unsupported(`RETURNS ${word.toUpperCase()}`, cursor.here(), 'a function gives one value');
  for (const word of ['trigger', 'void'])
    if (cursor.is(word))
      throw unsupported(
        `a function that returns ${word}`,
        cursor.here(),
        'it gives a value of its arguments',
      );
  return readType(
    cursor,
    cursor.find((index) => isClause(cursor, index)),
  );
}

const CLAUSES = new Set(
  (
    'language immutable stable volatile strict returns called return as begin cost rows support security external ' +
    'parallel leakproof not window transform set'
  ).split(' '),
);

function isClause(cursor: Cursor, index: number): boolean {
  return index > cursor.at && CLAUSES.has(cursor.source.tokens[index]!.word);
}

interface Clauses {
  language: CreateFunction['language'] | undefined;
  strict: boolean;
  body: FunctionBody | { readonly kind: 'string'; readonly at: number } | undefined;
}

function readClauses(cursor: Cursor): Clauses {
  const clauses: Clauses = { language: undefined, strict: false, body: undefined };
  while (!cursor.done) readClause(cursor, clauses);
  return clauses;
}

function readClause(cursor: Cursor, clauses: Clauses): void {
  if (cursor.is('language')) {
    clauses.language = readLanguage(cursor);
  } else if (cursor.take('strict') || cursor.take('returns', 'null', 'on', 'null', 'input')) {
    clauses.strict = true;
  } else if (cursor.take('called', 'on', 'null', 'input')) {
    clauses.strict = false;
  } else if (cursor.is('as')) {
    cursor.at++;
    clauses.body = { kind: 'string', at: bodyToken(cursor) };
  } else if (cursor.take('return')) {
    clauses.body = { kind: 'expression', expression: readExpression(cursor, cursor.end, 'an expression') };
  } else if (!cursor.take('immutable') && !cursor.take('parallel', 'safe')) throw refusedClause(cursor);
}

function readLanguage(cursor: Cursor): CreateFunction['language'] {
  cursor.at++;
  const span = cursor.here();
  const token = cursor.next('sql or javascript');
  const name = token.type === 'string' ? stringOf(token).toLowerCase() : token.word;
  if (name === 'sql' || name === 'javascript') return name;
  const hint =
    name === 'js' || name.startsWith('plv8') ? 'write LANGUAGE javascript' : 'LANGUAGE is sql or javascript';
  throw unsupported(`LANGUAGE ${token.text}`, span, hint);
}

/** Index of the string; Postgres's second one names a symbol of a library. */
function bodyToken(cursor: Cursor): number {
  const at = cursor.at;
  cursor.string('the body between $$ and $$');
  if (cursor.is(','))
    throw unsupported('a function of a library', cursor.here(), 'LANGUAGE is sql or javascript');
  return at;
}

const NOT_OF_ITS_ARGUMENTS =
  'a function gives the same value for the same arguments: write IMMUTABLE, or nothing';

const HINTS: ReadonlyMap<string, string> = new Map([
  ['volatile', NOT_OF_ITS_ARGUMENTS],
  ['stable', NOT_OF_ITS_ARGUMENTS],
  ['begin', 'write RETURN expression'],
]);

function refusedClause(cursor: Cursor): Error {
  const word = cursor.peek()?.word ?? '';
  const hint = HINTS.get(word) ?? 'LANGUAGE, IMMUTABLE, STRICT, RETURN and AS are there';
  if (!CLAUSES.has(word)) return cursor.unexpected('LANGUAGE, IMMUTABLE, STRICT, RETURN or AS');
  const shown = word === 'begin' ? 'BEGIN ATOMIC' : word.toUpperCase();
  return unsupported(`${shown} of a function`, cursor.here(), hint);
}

function bodyOf(cursor: Cursor, { body }: Clauses, language: CreateFunction['language']): FunctionBody {
  if (body === undefined) {
    const hint = language === 'sql' ? 'write RETURN expression' : 'write AS $$ return … $$';
    throw cursor.unexpected('the body', hint);
  }
  if (body.kind !== 'string') {
    if (language === 'sql') return body;
    throw syntaxError('RETURN is for LANGUAGE sql', bodySpan(body), 'write AS $$ return … $$');
  }
  const token = cursor.source.tokens[body.at]!;
  if (language === 'sql')
    return { kind: 'expression', expression: expressionOfBody(cursor.source.text, token) };
  return { kind: 'text', text: stringOf(token), span: { offset: token.start, end: token.end } };
}

function bodySpan(body: FunctionBody): TextSpan {
  return body.kind === 'text' ? body.span : spanOfExpression(body.expression);
}

function spanOfExpression({ span }: Expression): TextSpan {
  return span;
}
