// Strings and quoted names of the dialects, with their escapes.

import { syntaxError, unsupported } from '../fail.ts';
import type { Rules } from './dialect.ts';

interface Quoted {
  readonly type: 'string' | 'quoted';
  readonly value: string;
  readonly end: number;
}

/** The string or quoted name that begins here, if one does. */
export function stringAt(text: string, at: number, rules: Rules): Quoted | undefined {
  refusePrefix(text, at);
  if (rules.dialect === 'bigquery' && /[rR]["']/y.test(text.slice(at, at + 2))) return rawString(text, at);
  const quote = text.charAt(at);
  if (quote === "'") return { type: 'string', ...readString(text, at, rules) };
  if (quote === '"') return doubleQuoted(text, at, rules);
  if (quote === '`') {
    if (rules.backticks) return { type: 'quoted', ...readName(text, at) };
    throw syntaxError(
      `"\`" quotes nothing in ${rules.title}`,
      one(at),
      'quote names with double quotes: "name"',
    );
  }
  if (text.startsWith('$$', at)) throw unsupported('a string between $$', one(at), "write it between '");
  return undefined;
}

function one(at: number): { offset: number; end: number } {
  return { offset: at, end: at + 1 };
}

const PREFIX = /(?:[bBnNxX]|[rR][bB]|[bB][rR]|[uU]&|_\w+ ?)(?=['"])/y;

/** Strings that are bytes, bits or of another character set. */
function refusePrefix(text: string, at: number): void {
  PREFIX.lastIndex = at;
  const found = PREFIX.exec(text)?.[0];
  if (found === undefined) return;
  const span = { offset: at, end: at + found.length };
  throw unsupported(`a string that begins with ${found.trim()}`, span, 'write a plain string');
}

function doubleQuoted(text: string, at: number, rules: Rules): Quoted {
  if (rules.doubleQuotes === 'string') return { type: 'string', ...readString(text, at, rules) };
  if (rules.doubleQuotes === 'name') return { type: 'quoted', ...readName(text, at) };
  throw syntaxError(`'"' quotes nothing in ${rules.title}`, one(at), "quote names with ` and strings with '");
}

/** BigQuery's r'…': a backslash stays, also before a quote. */
function rawString(text: string, at: number): Quoted {
  const quote = text.charAt(at + 1);
  if (text.startsWith(quote.repeat(3), at + 1)) throw tripled(at);
  let end = at + 2;
  while (end < text.length && text.charAt(end) !== quote && text.charAt(end) !== '\n')
    end += text.charAt(end) === '\\' ? 2 : 1;
  if (text.charAt(end) !== quote) throw unended(at);
  return { type: 'string', value: text.slice(at + 2, end), end: end + 1 };
}

function tripled(at: number): Error {
  return unsupported('a string between three quotes', one(at), "write it between ' with \\n for line breaks");
}

function unended(at: number): Error {
  return syntaxError('the string does not end', one(at));
}

/** The doubled quote is one; nothing else is an escape. */
function readName(text: string, at: number): { value: string; end: number } {
  const quote = text.charAt(at);
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c !== quote) value += c;
    else if (text.charAt(i + 1) === quote) value += text.charAt(++i);
    else if (value === '') throw syntaxError('a quoted name is empty', { offset: at, end: i + 1 });
    else return { value, end: i + 1 };
  }
  throw unended(at);
}

function readString(text: string, at: number, rules: Rules): { value: string; end: number } {
  const quote = text.charAt(at);
  if (!rules.doubled && text.startsWith(quote.repeat(3), at)) throw tripled(at);
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\' && rules.backslash) {
      const escape = escapeAt(text, i, rules);
      value += escape.value;
      i = escape.end - 1;
    } else if (c !== quote) value += c;
    else if (rules.doubled && text.charAt(i + 1) === quote) value += text.charAt(++i);
    else return { value, end: i + 1 };
  }
  throw unended(at);
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

/** MySQL keeps the backslash before % and _, which LIKE then reads; 0 is a character that no text may have. */
function escapeAt(text: string, at: number, rules: Rules): { value: string; end: number } {
  const c = text.charAt(at + 1);
  if (c in SIMPLE) return { value: SIMPLE[c]!, end: at + 2 };
  if (rules.dialect === 'mysql' && (c === '%' || c === '_')) return { value: `\\${c}`, end: at + 2 };
  const span = { offset: at, end: at + 2 };
  throw unsupported(
    `the escape \\${c} of ${rules.title}`,
    span,
    'write the character itself, or \\\\ for a backslash',
  );
}
