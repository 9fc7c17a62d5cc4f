// like_regex: patterns of XQuery, read as PostgreSQL reads them.

import { fail } from '../../../data/failure.ts';
import { compileRegex } from '../regex.ts';
import { malformed } from './tokens.ts';

/** Without the flag `s` a dot and a negated class do not match a line break. */
export function regexOf(pattern: string, flags: string): RegExp {
  let [foldCase, all, quoted] = [false, false, false];
  for (const flag of flags)
    if (flag === 'i') foldCase = true;
    else if (flag === 's') all = true;
    else if (flag === 'q') quoted = true;
    else if (flag === 'm' || flag === 'x') fail('0A000', `the flag "${flag}" of like_regex is not supported`);
    else malformed(`unrecognized flag character "${flag}" in like_regex`);
  const read = quoted ? pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) : pattern;
  return compileRegex(read, foldCase, 'language', all || quoted ? 'across lines' : 'in lines').matcher;
}
