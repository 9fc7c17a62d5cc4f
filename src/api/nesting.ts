// How deep a document and its variables nest, told before those who recurse, the parser and the reader of input values, see them.

import type { MillraceError } from '../errors.ts';
import { limitExceeded } from './limits.ts';

// Unrolled loops, so that matching stays linear; a string that does not end reaches as far as the line or the text does.
const LEXEME =
  /"""[^"\\]*(?:(?:\\"""|\\|"(?!""))[^"\\]*)*(?:"""|$)|"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*"?|#[^\n\r]*|[{([]|[})\]]/g;

/** Returns the error, or null. */
export function checkNesting(source: string, most: number): MillraceError | null {
  let depth = 0;
  for (const [lexeme] of source.matchAll(LEXEME)) {
    if (lexeme === '{' || lexeme === '(' || lexeme === '[') depth++;
    else if (lexeme === '}' || lexeme === ')' || lexeme === ']') depth--;
    if (depth > most) return nestedTooDeeply(most);
  }
  return null;
}

/** The same of variables, which are JSON. */
export function checkNestingOf(variables: unknown, most: number): MillraceError | null {
  let level = [variables];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return nestedTooDeeply(most);
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return null;
}

function nestedTooDeeply(most: number): MillraceError {
  return limitExceeded(
    `the document or its variables have more than ${most} brackets in one another`,
    'a filter says the same with fewer: _and and _or take lists',
  );
}
