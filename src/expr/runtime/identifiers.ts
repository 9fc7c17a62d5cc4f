// parse_ident: the parts of a name as SQL writes it. After src/backend/utils/adt/misc.c.

import { fail } from '../../data/failure.ts';
import { asciiLower } from './strings.ts';

const SPACE = /[ \t\n\r\v\f]*/y;
const PLAIN = /[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*/uy;
const QUOTED = /"((?:[^"]|"")*)"/y;

function malformed(text: string): never {
  fail('22023', `string is not a valid identifier: "${text}"`);
}

/** What is behind the name is an error when `strict`, and passed over otherwise. */
export function identifierParts(text: string, strict = true): string[] {
  const parts: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(SPACE);
    const quoted = take(QUOTED);
    if (quoted?.[1] === '') malformed(text);
    const part = quoted?.[1]?.replaceAll('""', '"') ?? take(PLAIN)?.[0];
    if (part === undefined) malformed(text);
    parts.push(quoted === null ? asciiLower(part) : part);
    take(SPACE);
    if (text[at] !== '.') break;
    at++;
  }
  if (at < text.length && strict) malformed(text);
  return parts;
}
