// Spellings of other systems. Some would be read as something else (a SEMI JOIN b gives a the alias "semi") and are
// refused before the grammar sees them; for the others the grammar's syntax error gets a hint with our spelling.

import { MillraceError } from '../errors.ts';
import { isPluralUnit } from './edits.ts';
import { syntaxError, unsupported } from './fail.ts';
import type { SourceText } from './source-text.ts';
import { spanOf, type Token } from './tokens.ts';

interface Foreign {
  readonly name: string;
  readonly hint: string;
  readonly found: (tokens: readonly Token[], index: number) => boolean;
}

const word = (tokens: readonly Token[], index: number): string => tokens[index]?.word ?? '';

const REFUSED: readonly Foreign[] = [
  {
    name: 'SEMI JOIN',
    hint: 'write WHERE EXISTS (SELECT … ) or WHERE a IN (SELECT …)',
    found: (tokens, i) => word(tokens, i) === 'semi' && word(tokens, i + 1) === 'join',
  },
  {
    name: 'ANTI JOIN',
    hint: 'write WHERE NOT EXISTS (SELECT …)',
    found: (tokens, i) => word(tokens, i) === 'anti' && word(tokens, i + 1) === 'join',
  },
  {
    name: 'MATCH_RECOGNIZE',
    hint: 'compare neighbouring rows with lag and lead over a window',
    found: (tokens, i) => word(tokens, i) === 'match_recognize' && word(tokens, i + 1) === '(',
  },
  {
    name: 'WITHIN',
    hint: "write the bounds as a join condition: ON a.id = b.id AND b.ts BETWEEN a.ts - INTERVAL '1 hour' AND a.ts",
    found: (tokens, i) => word(tokens, i) === 'within' && isAmount(tokens, i + 1),
  },
  {
    name: 'the window clause of ksqlDB',
    hint: "write FROM TUMBLE(t, ts, INTERVAL '1 minute') and GROUP BY window_start",
    found: (tokens, i) =>
      word(tokens, i) === 'window' &&
      ['tumbling', 'hopping', 'session'].includes(word(tokens, i + 1)) &&
      word(tokens, i + 2) === '(',
  },
  {
    name: 'QUALIFY',
    hint: 'put the window function in a subquery and filter outside: WHERE rank <= 3',
    found: (tokens, i) =>
      word(tokens, i) === 'qualify' &&
      tokens[i + 1]?.type === 'identifier' &&
      i > 0 &&
      !isNamePlace(tokens, i),
  },
  {
    name: 'IGNORE NULLS',
    hint: 'a value that is not NULL: (array_agg(x) FILTER (WHERE x IS NOT NULL) OVER …)[1], or take them out in a query in FROM',
    found: (tokens, i) => saysOfNulls(tokens, i, 'ignore'),
  },
  {
    name: 'RESPECT NULLS',
    hint: 'leave it out: NULLs are values like others',
    found: (tokens, i) => saysOfNulls(tokens, i, 'respect'),
  },
  {
    name: 'PIVOT',
    hint: 'write sum(x) FILTER (WHERE kind = …) for each column',
    found: (tokens, i) =>
      ['pivot', 'unpivot'].includes(word(tokens, i)) &&
      word(tokens, i + 1) === '(' &&
      !isNamePlace(tokens, i),
  },
];

/** Behind a call of a window function, or its argument. */
function saysOfNulls(tokens: readonly Token[], index: number, what: string): boolean {
  const isSaid = word(tokens, index) === what && word(tokens, index + 1) === 'nulls';
  return isSaid && ['over', ')'].includes(word(tokens, index + 2));
}

/** After these a word is a name or a call. */
function isNamePlace(tokens: readonly Token[], index: number): boolean {
  return ['', 'select', 'from', 'join', ',', '.', '(', 'as', 'by', 'distinct'].includes(
    word(tokens, index - 1),
  );
}

function isAmount(tokens: readonly Token[], index: number): boolean {
  return (
    ['integer', 'decimal'].includes(tokens[index]?.type ?? '') ||
    ['interval', '('].includes(word(tokens, index))
  );
}

/** Throws for the first construct that PostgreSQL's grammar would refuse without a reason or read as another. */
export function refuseForeign(source: SourceText, start: number, end: number): void {
  const { tokens } = source;
  for (let index = start; index < end; index++) {
    const token = tokens[index]!;
    if (token.text.startsWith('`')) {
      throw syntaxError(
        '"`" quotes nothing in PostgreSQL',
        spanOf(token),
        'quote names with double quotes: "name"',
      );
    }
    if (token.type !== 'identifier' && token.keyword === '') continue;
    const foreign = REFUSED.find((candidate) => candidate.found(tokens, index));
    if (foreign !== undefined) throw unsupported(foreign.name, spanOf(token), foreign.hint);
  }
}

/** Runs the grammar; a syntax error without a hint gets the one for what stands around its place. */
export function hinted<T>(source: SourceText, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MillraceError) || error.hint !== undefined || error.span === undefined)
      throw error;
    const { code, message, domain, span, retryable, cause } = error;
    const hint = hintAt(source.tokens, span.offset);
    throw new MillraceError({ code, message, domain, span, retryable, cause, hint });
  }
}

function hintAt(tokens: readonly Token[], offset: number): string | undefined {
  const found = tokens.findIndex((token) => token.end > offset);
  const at = found < 0 ? tokens.length : found;
  const before = word(tokens, at - 1);
  const here = word(tokens, at);
  if (here === 'emit' || before === 'emit')
    return 'EMIT ON WINDOW CLOSE stands once, at the end of the statement';
  if (before === 'interval' && isAmount(tokens, at))
    return "an interval is written INTERVAL '10' SECOND or INTERVAL '10 seconds'";
  if (before === ',' && ['from', ')', 'where', ''].includes(here))
    return 'there is a comma too many before it';
  if (isPluralUnit(tokens, at))
    return `units are written in the singular: ${here.slice(0, -1).toUpperCase()}`;
  if (here === '==') return 'equality is written =';
  if (['with', 'format'].includes(here))
    return 'WITH (…) and FORMAT … ENCODE … stand at the end of the statement';
  if (tokens[at]?.keyword === 'reserved' && ['as', '.'].includes(before))
    return `"${here}" is a reserved word: quote it`;
  return undefined;
}
