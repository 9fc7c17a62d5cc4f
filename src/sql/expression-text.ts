// Expressions and types that stand alone in a streaming statement (a watermark, a generated column, a column's type),
// read by the grammar by way of a SELECT around them.

import type { Expression } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { convertExpressionText, convertTypeText } from './convert/tree.ts';
import { editedText, editedTokens, isPluralUnit, singular, type Edits } from './edits.ts';
import { syntaxError } from './fail.ts';
import { hinted } from './foreign.ts';
import { parseOne, type RawStatement } from './grammar.ts';
import type { TypeName } from './names.ts';
import type { SourceText } from './source-text.ts';

/** Reads the tokens `cursor.at` up to `end` as an expression and moves behind them. */
export function readExpression(cursor: Cursor, end: number, what: string): Expression {
  if (end <= cursor.at) throw cursor.unexpected(what);
  const expression = expressionBetween(cursor.source, cursor.at, end);
  cursor.at = end;
  return expression;
}

export function expressionBetween(source: SourceText, start: number, end: number): Expression {
  const edits: Edits = new Map();
  for (let index = start; index < end; index++) {
    const token = source.tokens[index]!;
    if (isPluralUnit(source.tokens, index)) edits.set(token, [singular(token)]);
  }
  const raw = wrapped(source, start, end, edits, ['SELECT ', '']);
  return convertExpressionText(editedTokens(source.tokens.slice(start, end), edits), raw);
}

/** Reads the tokens as a type name. */
export function readType(cursor: Cursor, end: number): TypeName {
  if (end <= cursor.at) throw cursor.unexpected('a type');
  refuseNestedTypes(cursor);
  const raw = wrapped(cursor.source, cursor.at, end, new Map(), ['SELECT CAST(NULL AS ', ')']);
  const type = convertTypeText(cursor.source.tokens.slice(cursor.at, end), raw);
  cursor.at = end;
  return type;
}

/** Parses the tokens between two texts of ours. */
function wrapped(
  source: SourceText,
  start: number,
  end: number,
  edits: Edits,
  [before, after]: readonly [string, string],
): RawStatement {
  const offset = source.tokens[start]!.start;
  const text = source.text.slice(offset, source.tokens[end - 1]!.end);
  const edited = before + editedText(text, offset, edits) + after;
  return hinted(source, () => parseOne(edited, ' '.repeat(before.length) + text, offset - before.length));
}

function refuseNestedTypes(cursor: Cursor): void {
  if (!cursor.is('struct') && !cursor.is('map') && !cursor.is('row')) return;
  throw syntaxError(
    `${cursor.peek()!.text} is no PostgreSQL type`,
    cursor.here(),
    'declare the column JSONB and take its fields with -> and ->>',
  );
}
