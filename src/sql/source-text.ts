// A submitted text with its tokens and brackets: what every reader of this folder looks at.

import { checkNesting } from './nesting.ts';
import { matchBrackets, tokenize, type Token } from './tokens.ts';

export interface SourceText {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** For each token the index of its partner bracket, or −1. */
  readonly matches: Int32Array;
}

export function sourceText(text: string): SourceText {
  const tokens = tokenize(text);
  checkNesting(tokens);
  return { text, tokens, matches: matchBrackets(tokens) };
}
