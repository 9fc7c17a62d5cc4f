// The place of the recursive-descent reader in the tokens of one statement, with the few moves it needs. What it
// expects and does not find is a SQL_SYNTAX error at the token that is there instead.

import type { TextSpan } from '../errors.ts';
import type { Identifier, ObjectName } from './names.ts';
import { identifierOf, stringOf } from './decode.ts';
import { syntaxError } from './fail.ts';
import type { SourceText } from './source-text.ts';
import { spanOf, type Token } from './tokens.ts';

export class Cursor {
  readonly source: SourceText;
  /** Index of the next token. */
  at: number;
  /** Index after the last token of the statement. */
  readonly end: number;

  constructor(source: SourceText, start: number, end: number) {
    this.source = source;
    this.at = start;
    this.end = end;
  }

  peek(ahead = 0): Token | undefined {
    const index = this.at + ahead;
    return index < this.end ? this.source.tokens[index] : undefined;
  }

  /** Are the next tokens these words? */
  is(...words: readonly string[]): boolean {
    return words.every((word, ahead) => this.peek(ahead)?.word === word);
  }

  /** Takes the words when they are next. */
  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.at += words.length;
    return true;
  }

  expect(word: string, hint?: string): Token {
    const token = this.peek();
    if (token?.word !== word)
      throw this.unexpected(/^[a-z]/.test(word) ? word.toUpperCase() : `"${word}"`, hint);
    this.at++;
    return token;
  }

  next(expected: string): Token {
    const token = this.peek();
    if (token === undefined) throw this.unexpected(expected);
    this.at++;
    return token;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** The span of the token that was taken last. */
  get last(): Token {
    return this.source.tokens[this.at - 1]!;
  }

  /** The next token, or the empty place after the statement. */
  here(): TextSpan {
    const token = this.peek();
    if (token !== undefined) return spanOf(token);
    const before = this.source.tokens[this.end - 1];
    const offset = before?.end ?? 0;
    return { offset, end: offset };
  }

  /** From a token index up to what was taken last. */
  since(start: number): TextSpan {
    return spanOf(this.source.tokens[start]!, this.source.tokens[Math.max(start, this.at - 1)]);
  }

  unexpected(expected: string, hint?: string): Error {
    const token = this.peek();
    const found = token === undefined ? 'the statement ends' : `found ${clip(token.text)}`;
    return syntaxError(`expected ${expected}, ${found}`, this.here(), hint);
  }

  /** A name as PostgreSQL takes it for columns and relations: any word that is not reserved, or a quoted one. */
  identifier(what: string): Identifier {
    const token = this.peek();
    if (token === undefined || !isName(token)) {
      const hint = token?.keyword === 'reserved' ? `"${token.word}" is a reserved word: quote it` : undefined;
      throw this.unexpected(what, hint);
    }
    this.at++;
    return identifierOf(token);
  }

  objectName(what: string): ObjectName {
    const start = this.at;
    const first = this.identifier(what);
    if (!this.take('.')) return { schema: undefined, name: first, span: first.span };
    const name = this.identifier(what);
    if (this.is('.')) {
      throw syntaxError(
        'a name has at most a schema and a name',
        this.here(),
        'the database is the connected one',
      );
    }
    return { schema: first, name, span: this.since(start) };
  }

  /** `(a, b, …)` */
  identifierList(what: string): Identifier[] {
    this.expect('(');
    const names = [this.identifier(what)];
    while (this.take(',')) names.push(this.identifier(what));
    this.expect(')');
    return names;
  }

  string(what: string): string {
    const token = this.peek();
    if (token?.type !== 'string') throw this.unexpected(what);
    this.at++;
    return stringOf(token);
  }

  /** Index of the first token at this bracket depth for which `stops` holds, or `end`. */
  find(stops: (index: number) => boolean): number {
    let index = this.at;
    while (index < this.end && !stops(index)) {
      const match = this.source.matches[index]!;
      if (match >= 0 && match < index) return index;
      index = match > index ? match + 1 : index + 1;
    }
    return Math.min(index, this.end);
  }
}

export function isName(token: Token): boolean {
  if (token.type === 'identifier' || token.type === 'unicode identifier') return true;
  return token.keyword === 'unreserved' || token.keyword === 'column name';
}

export function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
