// WITH (key = value, …) and FORMAT … ENCODE … (key = value, …): the parts of a statement that are data for connectors
// and formats. Their keys are checked where they are known; here they only may not repeat.

import type { Cursor } from './cursor.ts';
import { stringOf } from './decode.ts';
import { syntaxError } from './fail.ts';
import type { FormatClause, Option } from './statement.ts';
import { fold, spanOf, type Token } from './tokens.ts';

/** The brackets and what is in them; `WITH` has been taken. */
export function readOptions(cursor: Cursor): Option[] {
  cursor.expect('(');
  const options: Option[] = [];
  do {
    const option = readOption(cursor);
    if (options.some((other) => other.key === option.key)) {
      throw syntaxError(`option ${option.key} is given twice`, option.keySpan);
    }
    options.push(option);
  } while (cursor.take(','));
  cursor.expect(')');
  return options;
}

function readOption(cursor: Cursor): Option {
  const start = cursor.at;
  const key = readKey(cursor);
  const keySpan = cursor.since(start);
  cursor.expect('=', "options are written key = 'value'");
  const valueStart = cursor.at;
  const { value, form } = readValue(cursor);
  return { key, keySpan, value, form, valueSpan: cursor.since(valueStart), span: cursor.since(start) };
}

/** Words joined by dots; Flink's quoted keys are taken too. */
function readKey(cursor: Cursor): string {
  if (cursor.peek()?.type === 'string') return cursor.string('an option name');
  const words = [readKeyWord(cursor)];
  while (cursor.take('.')) words.push(readKeyWord(cursor));
  return words.join('.');
}

function readKeyWord(cursor: Cursor): string {
  const token = cursor.peek();
  if (token !== undefined && token.keyword !== '') {
    cursor.at++;
    return token.word;
  }
  return cursor.identifier('an option name').name;
}

function readValue(cursor: Cursor): { value: string; form: Option['form'] } {
  const sign = cursor.take('-') ? '-' : '';
  const token = cursor.next('a value');
  if (token.type === 'integer' || token.type === 'decimal')
    return { value: sign + token.text, form: 'number' };
  if (sign === '') {
    if (token.type === 'string') return { value: stringOf(token), form: 'string' };
    if (token.word === 'true' || token.word === 'false') return { value: token.word, form: 'boolean' };
    if (isWord(token)) return { value: fold(token.text), form: 'word' };
  }
  throw syntaxError(
    `expected a value, found ${token.text}`,
    spanOf(token),
    "values are written 'text', 12 or TRUE",
  );
}

function isWord(token: Token): boolean {
  return /^[a-z_]/.test(token.word) && token.word !== 'interval';
}

/** FORMAT has been seen, not taken. */
export function readFormat(cursor: Cursor): FormatClause {
  const start = cursor.at;
  cursor.expect('format');
  const format = readFormatWord(cursor, 'a format: PLAIN, UPSERT or DEBEZIUM');
  cursor.expect('encode', 'a format has two parts: FORMAT PLAIN ENCODE JSON');
  const encode = readFormatWord(cursor, 'an encoding: JSON, CSV, AVRO, PROTOBUF or BYTES');
  const options = cursor.is('(') ? readOptions(cursor) : [];
  return {
    format: format.text.toUpperCase(),
    formatSpan: spanOf(format),
    encode: encode.text.toUpperCase(),
    encodeSpan: spanOf(encode),
    options,
    span: cursor.since(start),
  };
}

function readFormatWord(cursor: Cursor, what: string): Token {
  const token = cursor.peek();
  if (token === undefined || !/^[a-z_]/.test(token.word)) throw cursor.unexpected(what);
  return cursor.next(what);
}
