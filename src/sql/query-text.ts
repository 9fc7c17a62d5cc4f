// A query as the grammar may read it. What PostgreSQL's grammar does not know (FOR SYSTEM_TIME AS OF, ASOF JOIN, Flink's
// TABLE(…) and DESCRIPTOR(…), PARTITION BY in SESSION) is recorded by place and blanked, byte for byte, so that every
// location the grammar tells is a location in the submitted text.

import type { Query } from './ast.ts';
import { convertQueryText } from './convert/tree.ts';
import type { StreamingMarks } from './convert/reader.ts';
import { WINDOW_FUNCTIONS } from './convert/window-table.ts';
import { editedText, editedTokens, isPluralUnit, replaced, singular, type Edits } from './edits.ts';
import { expressionBetween } from './expression-text.ts';
import { syntaxError } from './fail.ts';
import { parseOne } from './grammar.ts';
import { hinted, refuseForeign } from './foreign.ts';
import type { SourceText } from './source-text.ts';
import { spanOf } from './tokens.ts';

/** The tokens `start` up to `end` as a query. */
export function queryBetween(source: SourceText, start: number, end: number): Query {
  refuseForeign(source, start, end);
  const edits = editsOf(source, start, end);
  const first = source.tokens[start]!;
  const original = source.text.slice(first.start, source.tokens[end - 1]!.end);
  const edited = editedText(original, first.start, edits.tokens);
  const tokens = editedTokens(source.tokens.slice(start, end), edits.tokens);
  const raw = hinted(source, () => parseOne(edited, original, first.start));
  const query = convertQueryText(tokens, raw, edits.marks);
  const unclaimed = [...edits.marks.asOf.values()][0];
  if (unclaimed === undefined) return query;
  throw syntaxError('FOR SYSTEM_TIME AS OF stands behind a table name', unclaimed.span);
}

interface StreamingEdits {
  readonly tokens: Edits;
  readonly marks: StreamingMarks & { readonly asOfJoins: Set<number>; readonly partitioned: Set<number> };
}

function editsOf(source: SourceText, start: number, end: number): StreamingEdits {
  const edits: StreamingEdits = {
    tokens: new Map(),
    marks: { asOf: new Map(), asOfJoins: new Set(), partitioned: new Set() },
  };
  for (let index = start; index < end; index++) {
    const token = source.tokens[index]!;
    const next = source.tokens[index + 1]?.word;
    if (token.word === 'for' && next === 'system_time') index = editAsOf(source, edits, index, start, end);
    else if (token.word === 'asof') editAsOfJoin(source, edits, index, end);
    else if (token.word === 'table' && next === '(' && index > start) editTable(source, edits, index);
    else if (next === '(' && isWindowFunction(token.word)) editWindow(source, edits, index);
  }
  return edits;
}

function isWindowFunction(word: string): boolean {
  return (WINDOW_FUNCTIONS as readonly string[]).includes(word);
}

function drop(source: SourceText, edits: StreamingEdits, ...indexes: readonly number[]): void {
  for (const index of indexes) edits.tokens.set(source.tokens[index]!, []);
}

/** `t FOR SYSTEM_TIME AS OF expression`. Answers the index of the clause's last token. */
function editAsOf(
  source: SourceText,
  edits: StreamingEdits,
  index: number,
  start: number,
  end: number,
): number {
  const { tokens } = source;
  const isClause = tokens[index + 2]?.word === 'as' && tokens[index + 3]?.word === 'of' && index > start;
  const stop = asOfEnd(source, index + 4, end);
  if (!isClause || stop <= index + 4) {
    throw syntaxError(
      'FOR SYSTEM_TIME is written t FOR SYSTEM_TIME AS OF expression',
      spanOf(tokens[index]!),
    );
  }
  edits.marks.asOf.set(tokens[index - 1]!.end, expressionBetween(source, index + 4, stop));
  for (let i = index; i < stop; i++) drop(source, edits, i);
  return stop - 1;
}

/** The time is a column, a call or a literal, with intervals added or taken away; an alias may follow it. */
function asOfEnd(source: SourceText, start: number, end: number): number {
  const { tokens } = source;
  let at = start;
  for (;;) {
    at = operandEnd(source, at, end);
    if (at >= end || !['+', '-'].includes(tokens[at]!.word)) return Math.min(at, end);
    at++;
  }
}

/** After `(…)`, `a.b.c`, `f(…)`, `INTERVAL '1' DAY`. */
function operandEnd(source: SourceText, start: number, end: number): number {
  const { tokens } = source;
  if (tokens[start]?.word === '(') return source.matches[start]! + 1;
  let at = tokens[start + 1]?.type === 'string' ? start + 2 : start + 1;
  while (tokens[at]?.word === '.' && at < end) at += 2;
  if (tokens[at]?.word === '(' && at < end) at = source.matches[at]! + 1;
  while (UNITS.has(tokens[at]?.word ?? '') && tokens[at - 1]?.type === 'string' && at < end) at++;
  return at;
}

const UNITS = new Set(['year', 'month', 'day', 'hour', 'minute', 'second']);

const JOIN_WORDS = new Set(['inner', 'left', 'right', 'full', 'outer']);

/** `a ASOF [INNER|LEFT] JOIN b`: blanked, the place of JOIN is kept. */
function editAsOfJoin(source: SourceText, edits: StreamingEdits, index: number, end: number): void {
  const words = source.tokens.slice(index + 1, Math.min(index + 4, end)).map((token) => token.word);
  const join = words.indexOf('join');
  if (join < 0 || !words.slice(0, join).every((word) => JOIN_WORDS.has(word))) return;
  edits.marks.asOfJoins.add(source.tokens[index + 1 + join]!.start);
  drop(source, edits, index);
}

/** Flink's `FROM TABLE(f(…))` is `FROM f(…)`. */
function editTable(source: SourceText, edits: StreamingEdits, index: number): void {
  if (!['from', ',', 'join', 'lateral'].includes(source.tokens[index - 1]!.word)) return;
  drop(source, edits, index, index + 1, source.matches[index + 1]!);
}

/** `TUMBLE(TABLE t, DESCRIPTOR(ts), …)` is `TUMBLE(t, ts, …)`; PARTITION BY begins further arguments. */
function editWindow(source: SourceText, edits: StreamingEdits, index: number): void {
  const { tokens } = source;
  const close = source.matches[index + 1]!;
  for (let i = index + 2; i < close; i++) {
    const token = tokens[i]!;
    const before = tokens[i - 1]!.word;
    if (token.word === 'table' && ['(', ',', '=>'].includes(before)) drop(source, edits, i);
    else if (token.word === 'descriptor' && tokens[i + 1]?.word === '(') {
      drop(source, edits, i, i + 1, source.matches[i + 1]!);
      i = source.matches[i + 1]!;
    } else if (isPluralUnit(tokens, i)) edits.tokens.set(token, [singular(token)]);
    else if (token.word === 'partition' && tokens[i + 1]?.word === 'by')
      editPartition(source, edits, index, i);
    else if (source.matches[i]! > i) i = source.matches[i]!;
  }
}

function editPartition(source: SourceText, edits: StreamingEdits, call: number, index: number): void {
  const { tokens } = source;
  const token = tokens[index]!;
  if (tokens[call]!.word !== 'session') {
    throw syntaxError(
      'PARTITION BY belongs to SESSION only',
      spanOf(token),
      'other windows are the same for all rows',
    );
  }
  edits.tokens.set(token, [{ ...replaced(token, ','), type: 'other', keyword: '' }]);
  drop(source, edits, index + 1);
  edits.marks.partitioned.add(tokens[call]!.start);
}
