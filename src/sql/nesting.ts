// How deep a text nests, estimated from its tokens before the grammar (which recurses) sees it. Brackets count most;
// operators in a row count too, because `a + b + c` is a tree as deep as it is long. AND and OR do not: they are lists.

import { tooLarge } from './fail.ts';
import { MAX_NESTING } from './limits.ts';
import { spanOf, type Token } from './tokens.ts';

const BRACKET = 3;
const CASE = 2;

/** Words that deepen the tree where they stand, beside symbols. */
const DEEPENING = new Set(
  'not is in like ilike similar between collate at join union intersect except isnull notnull operator explain'.split(
    ' ',
  ),
);

/** Words and symbols after which an expression starts anew. */
const RESTARTING = new Set(', and or when then else where having on'.split(' '));

/** Throws SQL_TOO_LARGE at the token where the text becomes too deep. */
export function checkNesting(tokens: readonly Token[]): void {
  // One frame per open bracket or CASE: its cost, that of the operators since the last restart, and that of the
  // chains which only the end of the frame ends (joins, set operations).
  const frames: Frame[] = [{ base: 0, chain: 0, joined: 0, isCase: false }];
  for (const token of tokens) {
    const frame = frames.at(-1)!;
    const cost = frame.base + frame.chain + frame.joined;
    if (cost > MAX_NESTING) throw tooDeep(token);
    if (token.word === '(' || token.word === '[') {
      // A subscript chain, a[1][2], deepens what it is written after.
      if (token.word === '[') frame.chain++;
      frames.push({ base: cost + BRACKET, chain: 0, joined: 0, isCase: false });
    } else if (token.word === ')' || token.word === ']') {
      while (frames.length > 1 && frames.at(-1)!.isCase) frames.pop();
      if (frames.length > 1) frames.pop();
    } else if (token.word === ';') {
      frames.length = 1;
      Object.assign(frames[0]!, { chain: 0, joined: 0 });
    } else if (token.word === 'case') {
      frames.push({ base: cost + CASE, chain: 0, joined: 0, isCase: true });
    } else if (token.word === 'end' && frame.isCase) {
      frames.pop();
    } else {
      deepen(frame, token);
    }
  }
}

interface Frame {
  readonly base: number;
  chain: number;
  joined: number;
  readonly isCase: boolean;
}

function deepen(frame: Frame, token: Token): void {
  if (RESTARTING.has(token.word)) frame.chain = 0;
  else if (
    token.word === 'join' ||
    token.word === 'union' ||
    token.word === 'intersect' ||
    token.word === 'except'
  ) {
    frame.joined++;
    frame.chain = 0;
  } else if (DEEPENING.has(token.word) || isSymbol(token)) frame.chain++;
}

function tooDeep(token: Token): Error {
  return tooLarge(
    'the text is nested too deeply here',
    spanOf(token),
    'split it: name inner queries with WITH, or make a view of a part',
  );
}

function isSymbol(token: Token): boolean {
  return token.type === 'other' && token.keyword === '' && token.word !== '.';
}
