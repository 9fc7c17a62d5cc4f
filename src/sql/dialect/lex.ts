// A text of another dialect as tokens: where strings, names and comments end differs between dialects, and with it where
// a statement ends.

import { syntaxError, tooLarge, unsupported } from '../fail.ts';
import { MAX_TEXT_BYTES, MAX_TOKENS } from '../limits.ts';
import type { Rules } from './dialect.ts';
import { stringAt } from './strings.ts';

export interface DialectToken {
  readonly type: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  readonly start: number;
  readonly end: number;
  /** A word in lower case, the characters of a symbol; '' for the others. */
  readonly word: string;
  /** What a quoted name or a string says; a number as written. */
  readonly value: string;
}

const SYMBOLS = '<=> ->> <> != <= >= == || && :: -> => := << >>'.split(' ');
const SPACE = /[ \t\r\n\f\v]+/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;

/** The tokens of the text; the last one is its end. */
export function lex(text: string, rules: Rules): DialectToken[] {
  refuseUnreadable(text);
  const tokens: DialectToken[] = [];
  let at = 0;
  for (;;) {
    at = skipSpace(text, at, rules);
    if (at >= text.length) break;
    const token = tokenAt(text, at, rules);
    tokens.push(token);
    if (tokens.length > MAX_TOKENS)
      throw tooLarge(`the text has more than ${MAX_TOKENS} words and symbols`, span(at, at + 1));
    at = token.end;
  }
  tokens.push({ type: 'end', start: text.length, end: text.length, word: '', value: '' });
  return tokens;
}

function refuseUnreadable(text: string): void {
  if (Buffer.byteLength(text, 'utf8') > MAX_TEXT_BYTES)
    throw tooLarge(`the text is longer than ${MAX_TEXT_BYTES} bytes`, span(0, 1), 'submit it in parts');
  const zero = text.indexOf('\0');
  if (zero >= 0) throw syntaxError('the text has a zero character', span(zero, zero + 1));
}

function span(offset: number, end: number): { offset: number; end: number } {
  return { offset, end };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** The place behind white space and comments. */
function skipSpace(text: string, from: number, rules: Rules): number {
  let at = from;
  for (;;) {
    const before = at;
    at += matchAt(SPACE, text, at).length;
    if (text.startsWith('/*', at)) at = blockEnd(text, at);
    else if (startsLineComment(text, at, rules)) at = lineEnd(text, at);
    if (at === before) return at;
  }
}

function startsLineComment(text: string, at: number, rules: Rules): boolean {
  if (rules.comments.some((mark) => text.startsWith(mark, at))) return true;
  if (!text.startsWith('--', at)) return false;
  if (rules.dialect !== 'mysql' || /[\s]|^$/.test(text.charAt(at + 2))) return true;
  const hint = 'write a space behind -- for a comment, or between two minus signs';
  throw syntaxError('"--" is two minus signs in MySQL when no space follows', span(at, at + 2), hint);
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function blockEnd(text: string, at: number): number {
  if (text[at + 2] === '!' || text[at + 2] === '+')
    throw unsupported('a comment that is executed or a hint', span(at, at + 3), 'leave it out');
  const end = text.indexOf('*/', at + 2);
  if (end < 0) throw syntaxError('the comment does not end', span(at, at + 2));
  return end + 2;
}

function tokenAt(text: string, at: number, rules: Rules): DialectToken {
  const string = stringAt(text, at, rules);
  if (string !== undefined) return { ...string, start: at, word: '' };
  const number = matchAt(NUMBER, text, at);
  if (number !== '') return numberToken(text, at, number);
  const word = matchAt(WORD, text, at);
  if (word !== '')
    return { type: 'word', start: at, end: at + word.length, word: word.toLowerCase(), value: word };
  const symbol = SYMBOLS.find((known) => text.startsWith(known, at)) ?? text.charAt(at);
  return { type: 'symbol', start: at, end: at + symbol.length, word: symbol, value: symbol };
}

function numberToken(text: string, at: number, number: string): DialectToken {
  const end = at + number.length;
  const after = matchAt(WORD, text, end);
  if (after !== '')
    throw syntaxError(
      `"${number}${after}" is no number`,
      span(at, end + after.length),
      'quote it if it is a name',
    );
  return { type: 'number', start: at, end, word: '', value: number };
}
