// jsonpath: text → tree. After the grammar in src/backend/utils/adt/jsonpath_gram.y. What is refused: datetime methods and
// keyvalue(), whose ids are places in Postgres' own bytes.

import { fail } from '../../../data/failure.ts';
import { parseNumeric } from '../../../data/numeric-text.ts';
import type { ArithmeticOp, CompareOp, JsonPath, Method, PathNode, Range } from './node.ts';
import { followedBy, isCondition } from './node.ts';
import { regexOf } from './regex.ts';
import type { Token } from './tokens.ts';
import { malformed, readTokens } from './tokens.ts';

const METHODS: ReadonlySet<string> = new Set([
  'type',
  'size',
  'abs',
  'floor',
  'ceiling',
  'double',
  'bigint',
  'boolean',
  'integer',
  'number',
  'string',
]);
const LACKING: ReadonlySet<string> = new Set([
  'keyvalue',
  'datetime',
  'date',
  'time',
  'time_tz',
  'timestamp',
  'timestamp_tz',
]);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '<>', '!=', '<', '<=', '>', '>=']);
const MAX_DEPTH = 100;

const parsed = new Map<string, JsonPath>();

/** Throws 42601 for what is no path, 0A000 for what is refused. */
export function parsePath(text: string): JsonPath {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const made = new PathParser(readTokens(text)).whole();
  if (parsed.size < 1000) parsed.set(text, made);
  return made;
}

class PathParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #filters = 0;
  #subscripts = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): JsonPath {
    const strict = this.#takeKeyword('strict');
    if (!strict) this.#takeKeyword('lax');
    const root = this.#either();
    if (this.#token.kind !== 'end') malformed(`"${this.#token.text}" is not expected`);
    return { lax: !strict, root };
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  #is(symbol: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.text === symbol;
  }

  #take(symbol: string): boolean {
    if (!this.#is(symbol)) return false;
    this.#at++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) malformed(`"${symbol}" is expected`);
  }

  #takeKeyword(word: string): boolean {
    if (this.#token.keyword !== word) return false;
    this.#at++;
    return true;
  }

  #condition(node: PathNode): PathNode {
    if (!isCondition(node)) malformed('a condition is expected');
    return node;
  }

  #value(node: PathNode): PathNode {
    if (isCondition(node)) malformed('a condition stands where a value is expected');
    return node;
  }

  #either(): PathNode {
    if (++this.#depth > MAX_DEPTH) fail('0A000', 'such depth of a jsonpath is not supported');
    let left = this.#both();
    while (this.#take('||'))
      left = { kind: 'or', left: this.#condition(left), right: this.#condition(this.#both()) };
    this.#depth--;
    return left;
  }

  #both(): PathNode {
    let left = this.#negation();
    while (this.#take('&&'))
      left = { kind: 'and', left: this.#condition(left), right: this.#condition(this.#negation()) };
    return left;
  }

  #negation(): PathNode {
    if (!this.#take('!')) return this.#comparison();
    if (!this.#is('(') && this.#token.keyword !== 'exists') malformed('"(" or exists is expected behind "!"');
    return { kind: 'not', operand: this.#condition(this.#primary()) };
  }

  #comparison(): PathNode {
    const left = this.#sum();
    const { kind, text, keyword } = this.#token;
    if (kind === 'symbol' && COMPARISONS.has(text)) {
      this.#at++;
      const op = (text === '!=' ? '<>' : text) as CompareOp;
      return { kind: 'compare', op, left: this.#value(left), right: this.#value(this.#sum()) };
    }
    if (keyword === 'starts') return this.#startsWith(this.#value(left));
    if (keyword === 'like_regex') return this.#likeRegex(this.#value(left));
    return left;
  }

  #startsWith(left: PathNode): PathNode {
    this.#at++;
    if (!this.#takeKeyword('with')) malformed('"with" is expected');
    const { kind, text } = this.#token;
    this.#at++;
    if (kind === 'string') return { kind: 'startsWith', left, right: { kind: 'constant', value: text } };
    if (kind !== 'variable') malformed('a string or variable is expected behind "starts with"');
    return { kind: 'startsWith', left, right: { kind: 'variable', name: text } };
  }

  #likeRegex(left: PathNode): PathNode {
    this.#at++;
    const pattern = this.#string();
    const flags = this.#takeKeyword('flag') ? this.#string() : '';
    return { kind: 'likeRegex', left, matcher: regexOf(pattern, flags) };
  }

  #string(): string {
    const { kind, text } = this.#token;
    if (kind !== 'string') malformed('a string is expected');
    this.#at++;
    return text;
  }

  #sum(): PathNode {
    return this.#operators(['+', '-'], () => this.#operators(['*', '/', '%'], () => this.#signed()));
  }

  #operators(ops: readonly ArithmeticOp[], operand: () => PathNode): PathNode {
    let left = operand();
    for (;;) {
      const op = ops.find((symbol) => this.#take(symbol));
      if (op === undefined) return left;
      left = { kind: 'arithmetic', op, left: this.#value(left), right: this.#value(operand()) };
    }
  }

  #signed(): PathNode {
    const op = (['+', '-'] as const).find((symbol) => this.#take(symbol));
    if (op === undefined) return this.#primary();
    if (++this.#depth > MAX_DEPTH) fail('0A000', 'such depth of a jsonpath is not supported');
    const operand = this.#value(this.#signed());
    this.#depth--;
    return { kind: 'signed', op, operand };
  }

  #primary(): PathNode {
    if (this.#takeKeyword('exists')) {
      this.#expect('(');
      const operand = this.#value(this.#either());
      this.#expect(')');
      return { kind: 'exists', operand };
    }
    if (!this.#take('(')) return this.#steps(this.#start());
    const inner = this.#either();
    this.#expect(')');
    if (isCondition(inner) && this.#takeKeyword('is')) {
      if (!this.#takeKeyword('unknown')) malformed('"unknown" is expected');
      return { kind: 'isUnknown', operand: inner };
    }
    return this.#steps(inner);
  }

  #start(): PathNode {
    const { kind, text, keyword } = this.#token;
    this.#at++;
    if (kind === 'string') return { kind: 'constant', value: text };
    if (kind === 'integer' || kind === 'number') return { kind: 'constant', value: parseNumeric(text) };
    if (kind === 'variable') return { kind: 'variable', name: text };
    if (kind === 'symbol' && text === '$') return { kind: 'root' };
    if (kind === 'symbol' && text === '@') {
      if (this.#filters === 0) malformed('@ is not allowed in root expressions');
      return { kind: 'current' };
    }
    if (keyword === 'last') {
      if (this.#subscripts === 0) malformed('LAST is allowed only in array subscripts');
      return { kind: 'last' };
    }
    if (keyword === 'null') return { kind: 'constant', value: null };
    if (keyword === 'true' || keyword === 'false') return { kind: 'constant', value: keyword === 'true' };
    return malformed(kind === 'end' ? 'it ends too early' : `"${text}" is not expected`);
  }

  #steps(start: PathNode): PathNode {
    let node = start;
    for (;;) {
      if (this.#take('.')) node = followedBy(node, this.#member());
      else if (this.#is('[')) node = followedBy(node, this.#subscript());
      else if (this.#take('?')) node = followedBy(node, this.#filter());
      else return node;
    }
  }

  #filter(): PathNode {
    this.#expect('(');
    this.#filters++;
    const condition = this.#condition(this.#either());
    this.#filters--;
    this.#expect(')');
    return { kind: 'filter', condition };
  }

  #member(): PathNode {
    if (this.#take('*')) return { kind: 'anyKey' };
    if (this.#take('**')) return this.#levels();
    const { kind, text, keyword } = this.#token;
    if (kind !== 'word' && kind !== 'string') malformed('a key is expected behind "."');
    this.#at++;
    if (keyword === undefined || !this.#is('(')) return { kind: 'key', name: text };
    return this.#method(keyword);
  }

  #method(name: string): PathNode {
    if (LACKING.has(name)) fail('0A000', `method ${name}() of a jsonpath is not supported`);
    this.#expect('(');
    if (name === 'decimal') return this.#decimal();
    this.#expect(')');
    if (!METHODS.has(name)) malformed(`there is no method ${name}()`);
    return { kind: 'method', name: name as Method };
  }

  #decimal(): PathNode {
    const args: bigint[] = [];
    while (!this.#take(')')) {
      if (args.length > 0) this.#expect(',');
      const sign = this.#take('-') ? -1n : 1n;
      if (sign > 0n) this.#take('+');
      if (this.#token.kind !== 'integer') malformed('.decimal() takes integers');
      args.push(sign * parseNumeric(this.#token.text).unscaled);
      this.#at++;
    }
    if (args.length > 2) malformed('.decimal() can only have an optional precision[,scale]');
    const [precision, scale] = args;
    if (precision === undefined) return { kind: 'decimal' };
    return scale === undefined ? { kind: 'decimal', precision } : { kind: 'decimal', precision, scale };
  }

  #levels(): PathNode {
    if (!this.#take('{')) return { kind: 'anyLevel', first: 0, last: Infinity };
    const first = this.#level();
    const last = this.#takeKeyword('to') ? this.#level() : first;
    this.#expect('}');
    return { kind: 'anyLevel', first, last };
  }

  #level(): number {
    if (this.#takeKeyword('last')) return Infinity;
    const { kind, text } = this.#token;
    if (kind !== 'integer') malformed('a level is expected');
    this.#at++;
    return Number(parseNumeric(text).unscaled);
  }

  #subscript(): PathNode {
    this.#at++;
    if (this.#take('*')) {
      this.#expect(']');
      return { kind: 'anyItem' };
    }
    this.#subscripts++;
    const ranges: Range[] = [];
    do {
      const from = this.#value(this.#either());
      ranges.push({ from, to: this.#takeKeyword('to') ? this.#value(this.#either()) : undefined });
    } while (this.#take(','));
    this.#subscripts--;
    this.#expect(']');
    return { kind: 'index', ranges };
  }
}
