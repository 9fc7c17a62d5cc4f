// The place in the tokens of a text in another dialect, and what reading it collects: the names that were met, and what
// the dialect's own grammar is asked as a second witness (witness.ts).

import type { TextSpan } from '../../errors.ts';
import { quoteName } from '../deparse/names.ts';
import { syntaxError, unsupported } from '../fail.ts';
import type { Rules } from './dialect.ts';
import type { DialectToken } from './lex.ts';
import type { Term } from './term.ts';
import { checkWitness, type Testimony } from './witness.ts';

/** Group windows of Flink: what TUMBLE(ts, size) in GROUP BY means for the rest of its SELECT. */
export interface GroupWindow {
  /** The call as it was written, without white space: a call of TUMBLE_START must have the same arguments. */
  readonly arguments: string;
  /** The window over a table, as FROM has it. */
  readonly over: (table: string) => string;
}

/** The readers that need each other. */
export interface Parts {
  readonly disjunction: (reading: Reading) => Term;
  readonly sum: (reading: Reading) => Term;
  readonly query: (reading: Reading) => string;
}

export class Reading {
  readonly text: string;
  readonly tokens: readonly DialectToken[];
  readonly rules: Rules;
  at = 0;
  readonly #parts: Parts;
  groupWindow: GroupWindow | undefined;
  readonly #names = new Map<string, string>();
  #testimony: Testimony | undefined;
  #depth = 0;

  constructor(text: string, tokens: readonly DialectToken[], rules: Rules, parts: Parts) {
    this.text = text;
    this.tokens = tokens;
    this.rules = rules;
    this.#parts = parts;
  }

  /** A whole expression, which the grammar of the dialect is asked about. */
  expression(): Term {
    return this.apart(() => this.#parts.disjunction(this));
  }

  /** An expression within one that it is asked about. */
  inner(): Term {
    return this.#parts.disjunction(this);
  }

  /** What binds closer than comparisons. */
  sum(): Term {
    return this.#parts.sum(this);
  }

  query(): string {
    return this.untold(() => this.#parts.query(this));
  }

  peek(ahead = 0): DialectToken {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  /** Are the next tokens these words and symbols? */
  is(...words: readonly string[]): boolean {
    return words.every((word, ahead) => this.peek(ahead).word === word);
  }

  /** Takes them when they are next. */
  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.at += words.length;
    return true;
  }

  takeOne(words: readonly string[]): string | undefined {
    const word = words.find((candidate) => this.is(candidate));
    if (word !== undefined) this.at++;
    return word;
  }

  expect(...words: readonly string[]): void {
    for (const word of words)
      if (!this.take(word)) throw this.unexpected(/^[a-z]/.test(word) ? word.toUpperCase() : `"${word}"`);
  }

  next(): DialectToken {
    return this.tokens[this.at++]!;
  }

  /** From the token with this index up to the last one that was taken. */
  since(start: number): TextSpan {
    return { offset: this.tokens[start]!.start, end: this.tokens[Math.max(start, this.at - 1)]!.end };
  }

  here(): TextSpan {
    const { start, end } = this.peek();
    return { offset: start, end };
  }

  unexpected(expected: string): Error {
    const { type, start, end } = this.peek();
    const found = type === 'end' ? 'the text ends' : `found ${this.text.slice(start, end).slice(0, 40)}`;
    return syntaxError(`expected ${expected}, ${found}`, this.here());
  }

  /** A construct of the dialect that has no exact reading here. */
  refuse(construct: string, hint: string, from = this.at): Error {
    return unsupported(`${construct} of ${this.rules.title}`, this.since(from), hint);
  }

  /** A name as it is here. Two spellings of one name that would be two here are refused. */
  name(token: DialectToken): string {
    const name = this.#folded(token);
    const lower = name.toLowerCase();
    const known = this.#names.get(lower);
    if (known !== undefined && known !== name) {
      const message = `"${known}" and "${token.value}" differ in case only: which of them are one name depends on the dialect`;
      throw syntaxError(message, { offset: token.start, end: token.end }, 'spell a name in one way');
    }
    this.#names.set(lower, name);
    return quoteName(name);
  }

  #folded(token: DialectToken): string {
    if (token.type === 'word') return token.word;
    if (!this.rules.upperNames) return token.value;
    if (token.value === token.value.toUpperCase()) return token.value.toLowerCase();
    if (token.value !== token.value.toLowerCase()) return token.value;
    const message = `"${token.value}" between quotes is another name than ${token.value} in ${this.rules.title}; here both are one`;
    throw syntaxError(message, { offset: token.start, end: token.end }, 'write it without quotes');
  }

  // ------------------------------------------------------------ the second witness

  /** Tells the grammar of the dialect a piece of the text, and the leaves that its tree must have for it. */
  tell(text: string, ...leaves: readonly string[]): void {
    this.#testimony?.pieces.push(text);
    this.#testimony?.leaves.push(...leaves);
  }

  /**
   * Reads a piece that the grammar is asked about on its own; in what stands around, a name is in its place. Its time may
   * grow exponentially with nesting, so what is nested is asked apart.
   */
  apart<T>(read: () => T): T {
    const outer = this.#testimony;
    const depth = this.#depth;
    const start = this.at;
    const own: Testimony = { pieces: [], leaves: [] };
    this.#testimony = own;
    this.#depth = 0;
    const result = read();
    this.#testimony = outer;
    this.#depth = depth;
    checkWitness(this.rules, own, this.since(start));
    this.tell('millrace_q', 'millrace_q');
    return result;
  }

  /** Reads what the grammar is not told about. */
  untold<T>(read: () => T): T {
    const outer = this.#testimony;
    this.#testimony = undefined;
    const result = read();
    this.#testimony = outer;
    return result;
  }

  /** One level further in. */
  nested<T>(read: () => T): T {
    if (this.#depth >= 2) return this.apart(read);
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }
}
