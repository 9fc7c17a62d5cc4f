// Text forms of jsonb: read by the grammar of RFC 8259 as Postgres checks it, written as Postgres writes it.

import { fail } from '../failure.ts';
import { numericToText, parseNumeric } from '../numeric-text.ts';
import type { JsonValue } from './json.ts';
import { isJsonArray, isJsonObject, jsonObject } from './json.ts';

/** Beyond it Postgres' own stack is near its end. */
const MAX_DEPTH = 1000;

export function parseJson(text: string): JsonValue {
  return new JsonParser(text).whole();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonValue {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#malformed();
    return value;
  }

  #malformed(): never {
    fail('22P02', 'invalid input syntax for type json');
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) fail('54001', 'stack depth limit exceeded');
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#malformed();
    this.#at += word.length;
    return value;
  }

  #number(): JsonValue {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) this.#malformed();
    this.#at = NUMBER.lastIndex;
    if (/[A-Za-z0-9_.+-]/.test(this.#text[this.#at] ?? '')) this.#malformed();
    const number = parseNumeric(match[0]);
    return number.unscaled === 0n && match[0].startsWith('-') ? { ...number, isNegativeZero: true } : number;
  }

  #array(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#at++;
    this.#space();
    if (this.#closes(']')) return items;
    for (;;) {
      this.#space();
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#closes(']')) return items;
      this.#expect(',');
    }
  }

  #object(depth: number): JsonValue {
    const members: [string, JsonValue][] = [];
    this.#at++;
    this.#space();
    if (this.#closes('}')) return jsonObject(members);
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#malformed();
      const key = this.#string();
      this.#space();
      this.#expect(':');
      this.#space();
      members.push([key, this.#value(depth + 1)]);
      this.#space();
      if (this.#closes('}')) return jsonObject(members);
      this.#expect(',');
    }
  }

  #closes(bracket: string): boolean {
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) this.#malformed();
    this.#at++;
  }

  #string(): string {
    let out = '';
    this.#at++;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      out += this.#text.slice(this.#at, PLAIN.lastIndex);
      this.#at = PLAIN.lastIndex;
      if (this.#closes('"')) return out;
      this.#expect('\\');
      out += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++];
    if (letter === 'u') return this.#unicode();
    const plain = letter === undefined ? undefined : ESCAPES[letter];
    if (plain === undefined) this.#malformed();
    return plain;
  }

  #unicode(): string {
    const unit = this.#hex();
    if (unit === 0) fail('22P05', 'unsupported Unicode escape sequence');
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff || !this.#text.startsWith('\\u', this.#at)) this.#malformed();
    this.#at += 2;
    const low = this.#hex();
    if (low < 0xdc00 || low > 0xdfff) this.#malformed();
    return String.fromCharCode(unit, low);
  }

  #hex(): number {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#malformed();
    this.#at += 4;
    return Number.parseInt(digits, 16);
  }
}

/** As jsonb_out writes it: `{"a": 1, "b": [true, null]}`. */
export function jsonToText(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return quoteJson(value);
  if (isJsonArray(value)) return `[${value.map(jsonToText).join(', ')}]`;
  if (isJsonObject(value))
    return `{${[...value].map(([key, item]) => `${quoteJson(key)}: ${jsonToText(item)}`).join(', ')}}`;
  return numericToText(value.unscaled, value.scale);
}

/** Well-formed strings only: JSON.stringify escapes what escape_json of Postgres does, and halves of pairs besides. */
export function quoteJson(text: string): string {
  return JSON.stringify(text);
}

/** As jsonb_pretty lays it out: a member a line, four spaces a level. */
export function prettyJson(value: JsonValue, indent = ''): string {
  const inner = `${indent}    `;
  const lines = (open: string, members: readonly string[], close: string): string =>
    members.length === 0
      ? `${open}\n${indent}${close}`
      : `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`;
  if (isJsonArray(value))
    return lines(
      '[',
      value.map((item) => prettyJson(item, inner)),
      ']',
    );
  if (!isJsonObject(value)) return jsonToText(value);
  const members = [...value].map(([key, item]) => `${quoteJson(key)}: ${prettyJson(item, inner)}`);
  return lines('{', members, '}');
}
