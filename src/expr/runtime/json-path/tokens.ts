// The words of a jsonpath. After src/backend/utils/adt/jsonpath_scan.l.

import { fail } from '../../../data/failure.ts';

export interface Token {
  readonly kind: 'string' | 'word' | 'variable' | 'integer' | 'number' | 'symbol' | 'end';
  /** Symbols as they stand; names and strings without quotes and escapes. */
  readonly text: string;
  /** Of a word that is a keyword: its lower-case form. */
  readonly keyword?: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'is to abs lax date flag last size time type with floor bigint double exists number starts strict string boolean ceiling ' +
    'decimal integer time_tz unknown datetime keyvalue timestamp like_regex timestamp_tz'
  ).split(' '),
);
/** Keywords in small letters only. */
const CONSTANTS: ReadonlySet<string> = new Set(['null', 'true', 'false']);

const SPACE = /(?:[ \t\n\r\f]|\/\*[^]*?\*\/)+/y;
const SYMBOL = /&&|\|\||\*\*|<=|==|<>|!=|>=|[?%$.[\]{}()|&!=<>@#,*:\-+/]/y;
const VARIABLE = /\$[^?%$.[\]{}()|&!=<>@#,*:\-+/\\" \t\n\r\f]+/y;
const OTHER = /[^?%$.[\]{}()|&!=<>@#,*:\-+/\\" \t\n\r\f]/u;
const PLAIN = /[^?%$.[\]{}()|&!=<>@#,*:\-+/\\" \t\n\r\f]+/y;
const RADIX = /0(?:[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*|[oO][0-7](?:_?[0-7])*|[bB][01](?:_?[01])*)/y;
const NUMBER =
  /(?:(?:0|[1-9](?:_?[0-9])*)(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?/y;
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))/uy;
const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

export function malformed(why: string): never {
  fail('42601', `invalid jsonpath: ${why}`);
}

export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const scan = new Scanner(text);
  for (;;) {
    const token = scan.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  next(): Token {
    this.#take(SPACE);
    if (this.#text.startsWith('/*', this.#at)) malformed('a comment does not end');
    if (this.#at >= this.#text.length) return { kind: 'end', text: '' };
    if (this.#text[this.#at] === '"') return { kind: 'string', text: this.#quoted() };
    if (this.#text.startsWith('$"', this.#at)) {
      this.#at++;
      return { kind: 'variable', text: this.#quoted() };
    }
    const variable = this.#take(VARIABLE);
    if (variable !== null) return { kind: 'variable', text: variable[0].slice(1) };
    if (/[0-9]/.test(this.#text[this.#at]!) || /^\.[0-9]/.test(this.#text.slice(this.#at, this.#at + 2)))
      return this.#number();
    const symbol = this.#take(SYMBOL);
    return symbol === null ? this.#word() : { kind: 'symbol', text: symbol[0] };
  }

  #number(): Token {
    const radix = this.#take(RADIX);
    const digits = radix?.[0] ?? this.#take(NUMBER)![0];
    const [next] = this.#text.slice(this.#at);
    if (next !== undefined && OTHER.test(next)) malformed('trailing junk after a number');
    if (radix === null && /^[eE][-+]/.test(this.#text.slice(this.#at))) malformed('a number is not complete');
    const isInteger = radix !== null || /^[0-9_]+$/.test(digits);
    return { kind: isInteger ? 'integer' : 'number', text: digits };
  }

  #quoted(): string {
    this.#at++;
    let out = '';
    for (;;) {
      const plain = this.#take(/[^"\\]+/y);
      if (plain !== null) out += plain[0];
      else if (this.#text[this.#at] === '"') {
        this.#at++;
        return out;
      } else if (this.#at >= this.#text.length) malformed('a string does not end');
      else out += this.#escape();
    }
  }

  #word(): Token {
    let text = '';
    for (;;) {
      const plain = this.#take(PLAIN);
      if (plain !== null) text += plain[0];
      else if (this.#text[this.#at] === '\\') text += this.#escape();
      else break;
    }
    const lower = text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    const isKeyword = CONSTANTS.has(text) || KEYWORDS.has(lower);
    return { kind: 'word', text, ...(isKeyword ? { keyword: lower } : {}) };
  }

  #escape(): string {
    const match = this.#take(ESCAPE);
    if (match === null) malformed('an escape is not complete');
    const [, braced, four, two, one] = match;
    if (one !== undefined) {
      if (one === 'u' || one === 'x') malformed('an escape is not complete');
      return CONTROLS[one] ?? one;
    }
    if (two !== undefined) return this.#byte(Number.parseInt(two, 16));
    return this.#codePoint(Number.parseInt((braced ?? four)!, 16));
  }

  #byte(code: number): string {
    if (code === 0) fail('22P05', 'unsupported Unicode escape sequence');
    return String.fromCodePoint(code);
  }

  /** A high half of a pair is followed by the escape of its low half. */
  #codePoint(code: number): string {
    if (code === 0) fail('22P05', 'unsupported Unicode escape sequence');
    if (code > 0x10ffff) malformed('a Unicode escape is out of range');
    if (code < 0xd800 || code > 0xdfff) return String.fromCodePoint(code);
    const low = code < 0xdc00 ? this.#take(/\\u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/y) : null;
    const second = low === null ? 0 : Number.parseInt((low[1] ?? low[2])!, 16);
    if (second < 0xdc00 || second > 0xdfff) fail('22P02', 'a Unicode surrogate stands alone');
    return String.fromCharCode(code, second);
  }
}
