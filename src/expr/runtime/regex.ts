// POSIX regular expressions of PostgreSQL (its ARE flavour) as JavaScript's, where both provably agree; the rest is refused.
//
// Whether a text matches depends on the language of the pattern only, and is the same in both. Which part of it matches does
// not: PostgreSQL takes the longest of the leftmost matches, JavaScript what its backtracking finds first. They are the same part,
// captures included, for a sequence of single characters and classes with greedy quantifiers (`extent` patterns): the first
// match of backtracking leaves every position as far right as any match can, and from further right a match ends no sooner.
//
// Classes and letter case are those of collation "C": ASCII only.

import { fail } from '../../data/failure.ts';
import type { RegexProgram } from './regex-program.ts';
import { regexProgram } from './regex-program.ts';
import { readRegex, soonIn } from './regex-syntax.ts';

/** `language`: only whether it matches is asked; `extent`: what matches is. */
export type RegexUse = 'language' | 'extent';

/** May a dot and a negated class match a line break? */
export type RegexLines = 'across lines' | 'in lines';

function refused(what: string): never {
  fail('0A000', `${what} in a regular expression is not supported`);
}

function invalid(why: string): never {
  fail('2201B', `invalid regular expression: ${why}`);
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t\\n\\v\\f\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\0-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
  word: 'A-Za-z0-9_',
};

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\\x07',
  b: '\\x08',
  e: '\\x1b',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
  B: '\\\\',
};

const SHORTHAND: Readonly<Record<string, string>> = { d: 'digit', s: 'space', w: 'word' };
const WORD = `[${CLASSES['word']!}]`;
const CONSTRAINTS: Readonly<Record<string, string>> = {
  A: '^',
  Z: '$',
  m: `(?<!${WORD})(?=${WORD})`,
  M: `(?<=${WORD})(?!${WORD})`,
  y: `(?:(?<!${WORD})(?=${WORD})|(?<=${WORD})(?!${WORD}))`,
  Y: `(?:(?<!${WORD})(?!${WORD})|(?<=${WORD})(?=${WORD}))`,
};

const MAX_REPEATS = 255;
const MAX_PATTERN = 2000;

class Translator {
  readonly #pattern: readonly string[];
  readonly #foldCase: boolean;
  readonly #use: RegexUse;
  readonly #lines: RegexLines;
  #at = 0;
  groups = 0;

  constructor(pattern: string, foldCase: boolean, use: RegexUse, lines: RegexLines) {
    this.#pattern = [...pattern];
    this.#foldCase = foldCase;
    this.#use = use;
    this.#lines = lines;
  }

  whole(): string {
    const text = this.#pattern.join('');
    if (text.startsWith('***') || /^\(\?[a-z]/.test(text)) refused('a prefix of options');
    const out = this.#alternatives(0);
    if (this.#at < this.#pattern.length) invalid('parentheses () not balanced');
    return out;
  }

  #peek(ahead = 0): string | undefined {
    return this.#pattern[this.#at + ahead];
  }

  #alternatives(depth: number): string {
    if (depth > 100) refused('deep nesting');
    const branches = [this.#branch(depth)];
    while (this.#peek() === '|') {
      this.#at++;
      branches.push(this.#branch(depth));
    }
    if (branches.length > 1 && this.#use === 'extent')
      refused('an alternative, where the matching part counts,');
    return branches.join('|');
  }

  #branch(depth: number): string {
    let out = '';
    for (let next = this.#peek(); next !== undefined && next !== '|'; next = this.#peek()) {
      if (next === ')' && depth > 0) break;
      out += this.#quantified(depth);
    }
    return out;
  }

  #quantified(depth: number): string {
    const atom = this.#atom(depth);
    const quantifier = this.#quantifier();
    if (quantifier === '') return atom.text;
    if (atom.kind === 'constraint') invalid('quantifier operand invalid');
    if (atom.kind === 'group' && this.#use === 'extent')
      refused('a repeated group, where the matching part counts,');
    return atom.text + quantifier;
  }

  #quantifier(): string {
    const first = this.#peek();
    let out = '';
    if (first === '*' || first === '+' || first === '?') {
      this.#at++;
      out = first;
    } else if (first === '{' && /\d/.test(this.#peek(1) ?? '')) out = this.#bounds();
    else return '';
    const next = this.#peek();
    if (next === '?') {
      if (this.#use === 'extent') refused('a quantifier that is not greedy, where the matching part counts,');
      this.#at++;
    } else if (next === '*' || next === '+' || (next === '{' && /\d/.test(this.#peek(1) ?? '')))
      invalid('quantifier operand invalid');
    return out;
  }

  #bounds(): string {
    const rest = this.#pattern.slice(this.#at).join('');
    const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(rest);
    if (match === null) invalid('invalid repetition count(s)');
    const [whole, low, comma, high] = match;
    const most = comma === undefined ? Number(low) : high === '' ? Number(low) : Number(high);
    if (Number(low) > MAX_REPEATS || most > MAX_REPEATS || most < Number(low))
      invalid('invalid repetition count(s)');
    this.#at += whole.length;
    return whole;
  }

  #atom(depth: number): { readonly text: string; readonly kind: 'one' | 'group' | 'constraint' } {
    const character = this.#peek()!;
    this.#at++;
    switch (character) {
      case '(':
        return this.#group(depth);
      case '[':
        return { text: this.#bracket(), kind: 'one' };
      case '\\':
        return this.#escape();
      case '.':
        return { text: this.#lines === 'in lines' ? '[^\\n]' : '[^]', kind: 'one' };
      case '^':
      case '$':
        return { text: character, kind: 'constraint' };
      case '*':
      case '+':
      case '?':
        return invalid('quantifier operand invalid');
      case ')':
        return invalid('parentheses () not balanced');
      case '{':
        if (/\d/.test(this.#peek() ?? '')) invalid('quantifier operand invalid');
        return { text: '\\{', kind: 'one' };
      default:
        return { text: this.#literal(character), kind: 'one' };
    }
  }

  #group(depth: number): { readonly text: string; readonly kind: 'group' | 'constraint' } {
    let open = '(';
    if (this.#peek() === '?') {
      const kind = this.#peek(1);
      if (kind === ':') open = '(?:';
      else if (kind === '=' || kind === '!') open = `(?${kind}`;
      else if (kind === '<') return refused('lookbehind');
      else invalid('quantifier operand invalid');
      this.#at += 2;
    } else this.groups++;
    if (open === '(?=' || open === '(?!')
      if (this.#use === 'extent') refused('lookahead, where the matching part counts,');
    const inner = this.#alternatives(depth + 1);
    if (this.#peek() !== ')') invalid('parentheses () not balanced');
    this.#at++;
    const constraint = open === '(?=' || open === '(?!';
    return { text: `${open}${inner})`, kind: constraint ? 'constraint' : 'group' };
  }

  #escape(): { readonly text: string; readonly kind: 'one' | 'constraint' } {
    const letter = this.#peek();
    if (letter === undefined) invalid('invalid escape \\ sequence');
    this.#at++;
    const constraint = CONSTRAINTS[letter];
    if (constraint !== undefined) return { text: constraint, kind: 'constraint' };
    const lower = letter.toLowerCase();
    if (SHORTHAND[lower] !== undefined) {
      const set = CLASSES[SHORTHAND[lower]]!;
      return { text: letter === lower ? `[${set}]` : `[^${set}]`, kind: 'one' };
    }
    return { text: this.#escapedCharacter(letter), kind: 'one' };
  }

  #escapedCharacter(letter: string): string {
    const named = ESCAPED[letter];
    if (named !== undefined) return named;
    if (letter === 'u' || letter === 'U') return this.#codePoint(letter === 'u' ? 4 : 8);
    if (/[0-9]/.test(letter)) refused('a back reference or octal escape');
    if (/[A-Za-z]/.test(letter)) {
      if (letter === 'x' || letter === 'c') refused(`\\${letter}`);
      invalid('invalid escape \\ sequence');
    }
    return this.#literal(letter);
  }

  #codePoint(digits: number): string {
    const hex = this.#pattern.slice(this.#at, this.#at + digits).join('');
    if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) invalid('invalid escape \\ sequence');
    this.#at += digits;
    const code = Number.parseInt(hex, 16);
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      invalid('invalid escape \\ sequence');
    return this.#literal(String.fromCodePoint(code));
  }

  #literal(character: string): string {
    const folded = this.#foldCase ? otherCase(character) : undefined;
    return folded === undefined ? plain(character) : `[${character}${folded}]`;
  }

  /** Behind the opening bracket. */
  #bracket(): string {
    let out = '';
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    for (let first = true; ; first = false) {
      const character = this.#peek();
      if (character === undefined) invalid('brackets [] not balanced');
      if (character === ']' && !first) break;
      out += this.#bracketItem(first);
    }
    this.#at++;
    const breaks = negated && this.#lines === 'in lines' ? '\\n' : '';
    return `[${negated ? '^' : ''}${out}${breaks}]`;
  }

  #bracketItem(first: boolean): string {
    const character = this.#peek()!;
    if (character === '[' && this.#peek(1) === ':') return this.#characterClass();
    if (character === '[' && (this.#peek(1) === '.' || this.#peek(1) === '=')) refused('a collating element');
    if (character === '\\' && SHORTHAND[(this.#peek(1) ?? '').toLowerCase()] !== undefined) {
      const letter = this.#peek(1)!;
      if (letter !== letter.toLowerCase()) invalid('invalid escape \\ sequence');
      this.#at += 2;
      return CLASSES[SHORTHAND[letter]!]!;
    }
    if (character === '-' && !first && this.#peek(1) !== ']') invalid('invalid character range');
    const low = this.#bracketCharacter();
    if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === undefined)
      return this.#range(low, low);
    this.#at++;
    if (this.#peek() === '[' && /[:.=]/.test(this.#peek(1) ?? '')) invalid('invalid character range');
    const high = this.#bracketCharacter();
    if (low > high) invalid('invalid character range');
    return this.#range(low, high);
  }

  #bracketCharacter(): number {
    const character = this.#peek();
    if (character === undefined) invalid('brackets [] not balanced');
    this.#at++;
    if (character !== '\\') return character.codePointAt(0)!;
    const letter = this.#peek();
    if (letter === undefined) invalid('invalid escape \\ sequence');
    this.#at++;
    if (letter === 'B') return 0x5c;
    if (CONSTRAINTS[letter] !== undefined) invalid('invalid escape \\ sequence');
    const spelled = this.#escapedCharacter(letter);
    const found = new RegExp(`^(?:${spelled})$`, 'u');
    const code = [letter.codePointAt(0)!, ...Array.from({ length: 128 }, (_, i) => i)].find((c) =>
      found.test(String.fromCodePoint(c)),
    );
    if (code === undefined) refused('an escape in brackets');
    return code;
  }

  #range(low: number, high: number): string {
    let out = low === high ? bracketPlain(low) : `${bracketPlain(low)}-${bracketPlain(high)}`;
    if (!this.#foldCase) return out;
    for (let code = Math.max(low, 65); code <= Math.min(high, 122); code++)
      out += otherCase(String.fromCharCode(code)) ?? '';
    return out;
  }

  #characterClass(): string {
    const rest = this.#pattern.slice(this.#at).join('');
    const match = /^\[:([a-z]+):\]/.exec(rest);
    const set = match === null ? undefined : CLASSES[match[1]!];
    if (match === null || set === undefined) invalid('invalid character class');
    this.#at += match[0].length;
    const cased = match[1] === 'upper' || match[1] === 'lower';
    return cased && this.#foldCase ? CLASSES['alpha']! : set;
  }
}

function otherCase(character: string): string | undefined {
  if (/^[a-z]$/.test(character)) return character.toUpperCase();
  return /^[A-Z]$/.test(character) ? character.toLowerCase() : undefined;
}

function plain(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character === '-' ? 'x2d' : character}` : character;
}

function bracketPlain(code: number): string {
  const character = String.fromCodePoint(code);
  return /[\\\]\[^-]/.test(character) ? `\\${character}` : character;
}

export interface Regex {
  readonly matcher: RegExp;
  /** Capturing groups. */
  readonly groups: number;
  /** In longer texts the matcher may take for ever. */
  readonly soonIn: number;
  /** It looks at what is before a place: V8 then takes the middle of a surrogate pair for a place. */
  readonly looksBack: boolean;
  /** Made when a longer text comes. */
  readonly program: () => RegexProgram;
}

const known = new Map<string, Regex>();

/** The matcher would take too long, or be wrong. */
export function needsSearch({ soonIn: length, looksBack }: Regex, text: string): boolean {
  return text.length > length || (looksBack && /[\ud800-\udbff]/.test(text));
}

/** Throws 2201B for what is no pattern, 0A000 for what is refused. */
export function compileRegex(
  pattern: string,
  foldCase: boolean,
  use: RegexUse,
  lines: RegexLines = 'across lines',
): Regex {
  const key = `${use} ${lines} ${foldCase ? 'i' : 'c'} ${pattern}`;
  let found = known.get(key);
  if (found === undefined) {
    if (pattern.length > MAX_PATTERN) refused('such a length');
    const translator = new Translator(pattern, foldCase, use, lines);
    const source = translator.whole();
    const tree = readRegex(source);
    let made: RegexProgram | undefined;
    found = {
      matcher: new RegExp(source, 'gu'),
      groups: translator.groups,
      soonIn: soonIn(tree),
      looksBack: source.includes('(?<'),
      program: () => (made ??= regexProgram(tree)),
    };
    if (known.size < 1000) known.set(key, found);
  }
  return found;
}

/** Flags of the regexp_ functions: what they mean for the pattern, and whether all matches are wanted. */
export function readFlags(flags: string): { readonly foldCase: boolean; readonly global: boolean } {
  let foldCase = false;
  let global = false;
  for (const flag of flags)
    if (flag === 'g') global = true;
    else if (flag === 'i') foldCase = true;
    else if (flag === 'c') foldCase = false;
    else if (flag !== 's' && flag !== 't') {
      if ('nmpqwxbe'.includes(flag)) refused(`the flag "${flag}"`);
      fail('22023', `invalid regular expression option: "${flag}"`);
    }
  return { foldCase, global };
}
