// PostgreSQL's own scanner and grammar, compiled to WebAssembly: the only importer of libpg-query. Its answers leave
// this file as plain data, its errors as MillraceErrors with a place; loading takes about 20 ms, once per process.

import { setFlagsFromString } from 'node:v8';
import { hasSqlDetails, loadModule, parseSync, scanSync } from 'libpg-query';
import type { MillraceError } from '../errors.ts';
import { defect, syntaxError, tooLarge } from './fail.ts';
import { lexemeEnds } from './lexemes.ts';
import { byteOfCharacter, Positions } from './positions.ts';

// Left alone, V8 soon compiles the grammar's largest functions anew with all optimisations, in the background: that takes half
// a gigabyte and a third of a CPU-second at every start, and a statement takes a tenth of a millisecond without it.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
await loadModule();

/** A node of the grammar's answer, not yet looked into. */
export type RawNode = Readonly<Record<string, unknown>>;

/** A token with UTF-16 offsets; `keyword` is PostgreSQL's class of the word, '' when it is none. */
export interface RawToken {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly keyword: '' | 'unreserved' | 'column name' | 'type or function name' | 'reserved';
}

/** Never asked through stack depth: a grammar that runs out of stack says so. */
const EXHAUSTED = /memory exhausted|stack depth|call stack/;

// The scanner answers with JSON that leaves control characters as they are; inside a token they do not matter here.
const CONTROL = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** All tokens of a text but comments. Throws SQL_SYNTAX at the first lexical error. */
export function scan(text: string): RawToken[] {
  const positions = new Positions(text);
  const scanned = tryScan(text);
  if (typeof scanned === 'string') throw lexicalError(text, scanned);
  return scanned
    .filter((token) => !token.tokenName.endsWith('_COMMENT'))
    .map((token) => ({
      start: positions.ofByte(token.start),
      end: positions.ofByte(token.end),
      type: tokenType(token.tokenType),
      keyword: KEYWORDS[token.keywordKind] ?? '',
    }));
}

const KEYWORDS = ['', 'unreserved', 'column name', 'type or function name', 'reserved'] as const;

/** The numbers of PostgreSQL 18's token types that are no keyword and no single character. */
const TOKEN_TYPES = new Map([
  [258, 'identifier'],
  [259, 'unicode identifier'],
  [260, 'decimal'],
  [261, 'string'],
  [262, 'unicode string'],
  [263, 'bit string'],
  [264, 'bit string'],
  [266, 'integer'],
  [267, 'parameter'],
]);

function tokenType(type: number): string {
  return TOKEN_TYPES.get(type) ?? 'other';
}

/** The tokens, or the scanner's message. */
function tryScan(text: string): ReturnType<typeof scanSync>['tokens'] | string {
  if (text === '') return [];
  try {
    return scanSync(text.replace(CONTROL, ' ')).tokens;
  } catch (error) {
    // The binding hands the scanner's message to JSON.parse, which quotes its beginning; parsing has the whole of it.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The scanner tells no place: the first lexeme whose prefix cannot be scanned has it. */
function lexicalError(text: string, message: string): MillraceError {
  const ends = lexemeEnds(text, text.length);
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (typeof tryScan(text.slice(0, ends[middle])) === 'string') high = middle;
    else low = middle + 1;
  }
  const before = low === 0 ? 0 : ends[low - 1]!;
  const offset = before + (text.slice(before).length - text.slice(before).trimStart().length);
  const end = Math.max(ends[low] ?? text.length, offset + 1);
  return syntaxError(
    lexicalMessage(text.slice(offset), message),
    { offset, end },
    lexicalHint(text[offset] ?? ''),
  );
}

function lexicalMessage(from: string, fallback: string): string {
  try {
    parseSync(`SELECT ${from}`);
    return fallback;
  } catch (error) {
    return error instanceof Error ? withoutNear(error.message) : fallback;
  }
}

function lexicalHint(first: string): string | undefined {
  if (first === "'") return "a quote inside a string is written twice: 'it''s'";
  return first === '"' ? 'double quotes enclose names, single quotes enclose strings' : undefined;
}

/** The grammar repeats the text after "at or near", sometimes a page of it; the place is shown anyway. */
function withoutNear(message: string): string {
  return message.length > 200 || /^unterminated/.test(message)
    ? message.replace(/ at or near [\s\S]*$/, '')
    : message;
}

/** A parsed text: the grammar's statement and where its byte locations are in the submitted text. */
export interface RawStatement {
  readonly node: RawNode;
  /** UTF-16 offset in the submitted text of a node's `location`. */
  readonly offsetOf: (location: number) => number;
}

/**
 * Parses one statement. `edited` is what the grammar reads; `original` is the text of which it is an edition with every
 * byte at its place, starting at `base` in the submitted text.
 */
export function parseOne(edited: string, original: string, base: number): RawStatement {
  const positions = new Positions(original);
  const offsetOf = (location: number): number => base + positions.ofByte(location);
  try {
    const statements = parseSync(edited).stmts ?? [];
    const node = statements[0]?.stmt;
    const whole = { offset: base, end: base + original.length };
    if (node === undefined) throw syntaxError('a query is missing here', whole);
    if (statements.length > 1) throw defect('more than one statement in a piece', whole);
    return { node: node as unknown as RawNode, offsetOf };
  } catch (error) {
    throw hasSqlDetails(error) ? grammarError(error, edited, offsetOf) : exhausted(error, original, base);
  }
}

function grammarError(
  error: Error & { sqlDetails?: { message: string; cursorPosition: number } },
  edited: string,
  offsetOf: (location: number) => number,
): MillraceError {
  const message = error.sqlDetails?.message ?? error.message;
  const offset = offsetOf(byteOfCharacter(edited, error.sqlDetails?.cursorPosition ?? 0));
  if (EXHAUSTED.test(message)) return tooLarge('the query is nested too deeply', { offset, end: offset + 1 });
  const near = / at or near "([\s\S]*)"$/.exec(message)?.[1];
  return syntaxError(withoutNear(message), { offset, end: offset + (near?.length ?? 1) });
}

function exhausted(error: unknown, original: string, base: number): unknown {
  const isOutOfStack =
    error instanceof Error && (error instanceof RangeError || error.name === 'RuntimeError');
  if (!isOutOfStack) return error;
  return tooLarge('the query is nested too deeply', { offset: base, end: base + original.length });
}
