// The tokens of one parsed piece of text beside the grammar's byte locations. The grammar tells where a node begins (or
// where its operator is); the tokens tell where it ends.

import type { TextSpan } from '../../errors.ts';
import { identifierOf } from '../decode.ts';
import type { Identifier } from '../names.ts';
import { isName } from '../cursor.ts';
import { matchBrackets, spanOf, type Token } from '../tokens.ts';

export class Piece {
  readonly tokens: readonly Token[];
  readonly span: TextSpan;
  readonly #matches: Int32Array;
  readonly #offsetOf: (location: number) => number;

  constructor(tokens: readonly Token[], offsetOf: (location: number) => number) {
    this.tokens = tokens;
    this.#matches = matchBrackets(tokens);
    this.#offsetOf = offsetOf;
    this.span = { offset: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 };
  }

  /** Index of the token at a location of the grammar; the whole piece's first when there is none. */
  index(location: number | undefined): number {
    if (location === -1) return 0;
    return this.indexAt(this.#offsetOf(location ?? 0));
  }

  /** Index of the last token that begins at or before a UTF-16 offset. */
  indexAt(offset: number): number {
    let low = 0;
    let high = this.tokens.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tokens[middle]!.start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  word(index: number): string {
    return this.tokens[index]?.word ?? '';
  }

  /** Index of the partner of a bracket. */
  match(index: number): number {
    return this.#matches[index] ?? -1;
  }

  /** The span of one token, or of the tokens `first` to `last`. */
  at(first: number, last = first): TextSpan {
    const from = this.tokens[Math.min(first, this.tokens.length - 1)];
    const to = this.tokens[Math.min(last, this.tokens.length - 1)];
    return from === undefined || to === undefined ? this.span : spanOf(from, to);
  }

  /** Index of the last token of a span. */
  lastOf(span: TextSpan): number {
    return this.indexAt(Math.max(span.offset, span.end - 1));
  }

  /** From the beginning of a span to the end of a token. */
  through(span: TextSpan, last: number): TextSpan {
    return { offset: span.offset, end: Math.max(span.end, this.tokens[last]?.end ?? span.end) };
  }

  /** The span with the brackets that are directly around it. */
  widened(span: TextSpan): TextSpan {
    let first = this.indexAt(span.offset);
    let last = this.lastOf(span);
    while (first > 0 && this.word(first - 1) === '(' && this.match(first - 1) === last + 1) {
      first--;
      last++;
    }
    return this.at(first, last);
  }

  /** The bracket around a query, found from its beginning, with further brackets directly around it. */
  aroundQuery(query: TextSpan): TextSpan {
    const open = this.indexAt(query.offset) - 1;
    if (this.word(open) !== '(') return query;
    return this.widened(this.at(open, this.match(open)));
  }

  /** Index of the first opening bracket at or after a token, within a few tokens; −1 when there is none. */
  openAfter(index: number, reach = 8): number {
    for (let i = index; i < Math.min(index + reach, this.tokens.length); i++)
      if (this.word(i) === '(') return i;
    return -1;
  }

  /** The identifiers of a dotted name that begins at a token, and the index of its last token. */
  dotted(index: number, count: number): { parts: Identifier[]; last: number } {
    const parts: Identifier[] = [];
    let at = index;
    for (let i = 0; i < count; i++) {
      if (i > 0) at += 2;
      const token = this.tokens[at];
      if (token === undefined) break;
      parts.push(identifierOf(token));
      if (token.type === 'unicode identifier' && this.word(at + 1) === 'uescape') at += 2;
    }
    return { parts, last: at };
  }

  /** `(a, b, …)` at a bracket. */
  bracketed(open: number): Identifier[] {
    const close = this.match(open);
    return this.tokens
      .slice(open + 1, close)
      .filter(isNameInList)
      .map(identifierOf);
  }
}

function isNameInList(token: Token): boolean {
  return token.word !== ',' && (isName(token) || token.keyword !== '');
}

export function hull(...spans: readonly (TextSpan | undefined)[]): TextSpan {
  const known = spans.filter((span) => span !== undefined);
  return {
    offset: Math.min(...known.map((span) => span.offset)),
    end: Math.max(...known.map((span) => span.end)),
  };
}
