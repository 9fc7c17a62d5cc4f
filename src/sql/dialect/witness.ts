// node-sql-parser, the grammar of the other dialects, as a second witness. It is the only one at hand that knows them, and
// its trees cannot be taken at their word (AND and OR fold to the left, brackets get lost, numbers are rounded): so the
// text is read from its tokens here, and for every expression its tree must name the same columns, functions, operators
// and constants in the same order. What it refuses, or reads as something else, is refused.

import { createRequire } from 'node:module';
import type { TextSpan } from '../../errors.ts';
import { syntaxError } from '../fail.ts';
import type { Rules } from './dialect.ts';
import { leavesOf } from './leaves.ts';

export interface Testimony {
  /** The text in the dialect, piece by piece. */
  readonly pieces: string[];
  /** Names, operators and constants in the order of the text. */
  readonly leaves: string[];
}

interface Grammar {
  astify(sql: string): unknown;
}

const require = createRequire(import.meta.url);
const grammars = new Map<string, Grammar>();

/** Loaded when the dialect is first used: about 250 KB of grammar each. */
function grammarOf(rules: Rules): Grammar {
  const known = grammars.get(rules.dialect);
  if (known !== undefined) return known;
  const { Parser } = require(`node-sql-parser/build/${rules.dialect}.js`) as { Parser: new () => Grammar };
  const grammar = new Parser();
  grammars.set(rules.dialect, grammar);
  return grammar;
}

/** Throws when the grammar of the dialect does not read the expression, or reads another one. */
export function checkWitness(rules: Rules, { pieces, leaves }: Testimony, span: TextSpan): void {
  const text = pieces.join(' ');
  let tree: unknown;
  try {
    tree = grammarOf(rules).astify(`SELECT ${text} AS x FROM t`);
  } catch {
    const message = `the grammar of ${rules.title} does not read this expression`;
    throw syntaxError(message, span, 'write it in PostgreSQL, without a dialect, if it is right');
  }
  const seen = leavesOf(tree);
  if (seen.length === leaves.length && seen.every((leaf, i) => leaf === leaves[i])) return;
  const message = `this expression can be read in two ways in ${rules.title}`;
  throw syntaxError(message, span, 'write brackets, or write it in PostgreSQL, without a dialect');
}
