// Changes to a text that move no byte: tokens that are blanked, or replaced by a shorter text and spaces. The grammar reads
// the edited text and every location it tells is a location in the submitted one.

import { blank } from './positions.ts';
import type { Token } from './tokens.ts';

/** What remains of an edited token: nothing, or one token that begins where it did. */
export type Edits = Map<Token, readonly Token[]>;

/** The tokens as the grammar sees them. */
export function editedTokens(tokens: readonly Token[], edits: Edits): Token[] {
  return tokens.flatMap((token) => edits.get(token) ?? [token]);
}

/** The text `original`, which begins at `offset` in the submitted text. */
export function editedText(original: string, offset: number, edits: Edits): string {
  let edited = '';
  let copied = 0;
  for (const [token, replacement] of [...edits].sort(([a], [b]) => a.start - b.start)) {
    const kept = replacement[0]?.text ?? '';
    edited += original.slice(copied, token.start - offset) + kept + blank(token.text.slice(kept.length));
    copied = token.end - offset;
  }
  return edited + original.slice(copied);
}

/** The token with another, shorter word in its place. */
export function replaced(token: Token, text: string): Token {
  return { ...token, text, word: text.toLowerCase(), end: token.start + text.length };
}

const PLURAL_UNITS = new Set(['years', 'months', 'days', 'hours', 'minutes', 'seconds']);

/** Flink's INTERVAL '10' SECONDS, where no alias can be meant: is the word at this index such a unit? */
export function isPluralUnit(tokens: readonly Token[], index: number): boolean {
  const word = tokens[index]?.word ?? '';
  return (
    PLURAL_UNITS.has(word) && tokens[index - 1]?.type === 'string' && tokens[index - 2]?.word === 'interval'
  );
}

/** INTERVAL '10' SECOND */
export function singular(token: Token): Token {
  return { ...replaced(token, token.text.slice(0, -1)), type: 'other', keyword: 'unreserved' };
}
