// A text as tokens with their places and brackets, which is what the streaming statements are recognised by and where
// the ends of the grammar's nodes (it knows only their beginnings) are found.

import type { TextSpan } from '../errors.ts';
import { syntaxError, tooLarge } from './fail.ts';
import { scan, type RawToken } from './grammar.ts';
import { lexemeEnds, longOperatorRun } from './lexemes.ts';
import { MAX_OPERATOR_RUN, MAX_TEXT_BYTES, MAX_TOKENS } from './limits.ts';

export interface Token extends RawToken {
  readonly text: string;
  /** The word in lower case when this is an unquoted word or keyword, the character of a symbol, otherwise ''. */
  readonly word: string;
}

/** Tokens of a submitted text. Refuses texts that are too long and characters that no text may have. */
export function tokenize(text: string): Token[] {
  refuseUnreadable(text);
  return scan(text).map((token) => {
    const slice = text.slice(token.start, token.end);
    return { ...token, text: slice, word: wordOf(token, slice) };
  });
}

function wordOf(token: RawToken, slice: string): string {
  if (token.type === 'identifier') return slice.startsWith('"') ? '' : fold(slice);
  return token.type === 'other' ? fold(slice) : '';
}

/** PostgreSQL folds ASCII letters only. */
export function fold(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function refuseUnreadable(text: string): void {
  const start = { offset: 0, end: 1 };
  if (text.length > MAX_TEXT_BYTES || Buffer.byteLength(text, 'utf8') > MAX_TEXT_BYTES) {
    throw tooLarge(`the text is longer than ${MAX_TEXT_BYTES} bytes`, start, 'submit it in parts');
  }
  const zero = text.indexOf('\0');
  if (zero >= 0) throw syntaxError('the text has a zero character', { offset: zero, end: zero + 1 });
  if (!text.isWellFormed()) {
    const lone = text.search(/\p{Surrogate}/u);
    throw syntaxError('the text has half of a UTF-16 surrogate pair', { offset: lone, end: lone + 1 });
  }
  const ends = lexemeEnds(text, MAX_TOKENS);
  if (ends.length > MAX_TOKENS) {
    const end = ends[MAX_TOKENS]!;
    const hint = 'submit it in parts, and join a table where one query holds so many constants';
    throw tooLarge(`the text has more than ${MAX_TOKENS} words and symbols`, { offset: end - 1, end }, hint);
  }
  const run = longOperatorRun(text, MAX_OPERATOR_RUN);
  if (run >= 0) {
    const message = `more than ${MAX_OPERATOR_RUN} operator characters stand together`;
    throw tooLarge(message, { offset: run, end: run + 1 });
  }
}

/** The span of tokens `first` to `last`, both included. */
export function spanOf(first: Token, last: Token = first): TextSpan {
  return { offset: first.start, end: last.end };
}

const OPENING = new Map([
  [')', '('],
  [']', '['],
]);

/** For each token the index of the bracket it matches, or −1. Throws at the first bracket without a partner. */
export function matchBrackets(tokens: readonly Token[]): Int32Array {
  const matches = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.word === '(' || token.word === '[') open.push(index);
    const expected = OPENING.get(token.word);
    if (expected === undefined) continue;
    const partner = open.pop();
    if (partner === undefined || tokens[partner]!.word !== expected) {
      throw syntaxError(`"${token.word}" closes nothing`, spanOf(token));
    }
    matches[index] = partner;
    matches[partner] = index;
  }
  const left = open.at(-1);
  if (left !== undefined) throw syntaxError(`"${tokens[left]!.word}" is not closed`, spanOf(tokens[left]!));
  return matches;
}
