// The refusals of the binder: one function per error code. Refusals of constructs (SQL_UNSUPPORTED) are those of the SQL reader.

import { didYouMean } from '../catalog/near.ts';
import type { TextSpan } from '../errors.ts';
import { MillraceError } from '../errors.ts';

export { unsupported } from '../sql/fail.ts';

export function unknownColumn(
  shown: string,
  name: string,
  known: Iterable<string>,
  span: TextSpan,
): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_COLUMN',
    message: `column ${shown} does not exist`,
    hint: didYouMean(name, known),
    span,
  });
}

export function ambiguousColumn(name: string, span: TextSpan, hint?: string): MillraceError {
  return new MillraceError({
    code: 'AMBIGUOUS_COLUMN',
    message: `column reference "${name}" is ambiguous`,
    hint: hint ?? 'write it with the name of its table, or give the columns different names',
    span,
  });
}

export function unknownRelation(shown: string, near: readonly string[], span: TextSpan): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_RELATION',
    message: `relation "${shown}" does not exist`,
    hint:
      near.length === 0
        ? 'SHOW SOURCES and SHOW VIEWS list what there is'
        : `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`,
    span,
  });
}

export function duplicateName(message: string, span: TextSpan, hint?: string): MillraceError {
  return new MillraceError({ code: 'DUPLICATE_NAME', message, span, hint });
}

export function wrongObjectType(message: string, span: TextSpan, hint: string): MillraceError {
  return new MillraceError({ code: 'WRONG_OBJECT_TYPE', message, span, hint });
}

export function groupingError(message: string, span: TextSpan | undefined, hint?: string): MillraceError {
  return new MillraceError({ code: 'GROUPING_ERROR', message, span, hint });
}

export function typeMismatch(message: string, span: TextSpan | undefined, hint?: string): MillraceError {
  return new MillraceError({ code: 'TYPE_MISMATCH', message, span, hint });
}

export function invalidQuery(message: string, span: TextSpan | undefined, hint?: string): MillraceError {
  return new MillraceError({ code: 'INVALID_QUERY', message, span, hint });
}

export function invalidDefinition(message: string, span: TextSpan | undefined, hint?: string): MillraceError {
  return new MillraceError({ code: 'INVALID_DEFINITION', message, span, hint });
}

export function unknownOption(key: string, known: Iterable<string>, span: TextSpan): MillraceError {
  // Of the client options only those are named that can be meant.
  const client = key.startsWith('properties.');
  const all = [...known].filter((name) => client || !name.startsWith('properties.')).sort();
  return new MillraceError({
    code: 'UNKNOWN_OPTION',
    message: `option "${key}" does not exist here`,
    hint: didYouMean(key, all) ?? `options here: ${all.join(', ')}`,
    span,
  });
}

export function invalidOption(key: string, message: string, span: TextSpan, hint?: string): MillraceError {
  return new MillraceError({ code: 'INVALID_OPTION', message: `option "${key}": ${message}`, span, hint });
}

export function missingOption(key: string, span: TextSpan, hint: string): MillraceError {
  return new MillraceError({ code: 'MISSING_OPTION', message: `option "${key}" is missing`, span, hint });
}

/** What to do about refusals that come from the function table, which names no way on. */
const HINTS: Readonly<Record<string, string>> = {
  UNSUPPORTED_FUNCTION: 'compute it where you read the view, or write it with the functions that are there',
  UNSUPPORTED_OPERATOR: 'write it with arithmetic, comparisons, ||, LIKE or the functions that are there',
  UNSUPPORTED_CAST: 'cast in two steps, by way of text or numeric',
  INVALID_LITERAL: 'write the constant as the type wants it, or cast the other side',
  UNKNOWN_FUNCTION: 'check its name and the types of its arguments',
  TYPE_MISMATCH: 'a CAST says which type is meant',
  GROUPING_ERROR: 'GROUP BY takes columns, expressions without aggregates, and positions in the select list',
  DUPLICATE_NAME: 'give it another name',
  INVALID_DEFINITION: 'give as many names as there are columns, of 63 bytes at most',
};

export function withHint(error: unknown): unknown {
  if (!(error instanceof MillraceError) || error.hint !== undefined) return error;
  const { code, message, domain, span, sql, retryable, cause } = error;
  const hint = HINTS[code];
  if (hint === undefined) return error;
  return new MillraceError({ code, message, domain, hint, span, sql, retryable, cause });
}
