// The body of a SQL function in a string: one SELECT of one value. It is read where it stands, so that what is wrong with it is
// shown in the submitted text.

import type { TextSpan } from '../errors.ts';
import type { Expression, Query } from './ast.ts';
import { syntaxError, unsupported } from './fail.ts';
import { queryBetween } from './query-text.ts';
import { sourceText } from './source-text.ts';
import { spanOf, type Token } from './tokens.ts';

export function expressionOfBody(text: string, token: Token): Expression {
  const { start, end } = placeOfBody(token);
  // Blanks up to the body: its places are those of the text around it.
  const source = sourceText(text.slice(0, start).replaceAll(/[^\n]/g, ' ') + text.slice(start, end));
  const stop = source.tokens.findIndex(({ word }) => word === ';');
  const count = stop < 0 ? source.tokens.length : stop;
  const next = source.tokens.slice(count).find(({ word }) => word !== ';');
  if (next !== undefined) throw unsupported('a body of several statements', spanOf(next), ONE_VALUE);
  if (count === 0) throw syntaxError('the body is empty', spanOf(token), ONE_VALUE);
  return valueOf(queryBetween(source, 0, count));
}

const ONE_VALUE = 'a body is one SELECT of one value, without FROM: SELECT expression';

/** Where the text inside the quotes is. */
function placeOfBody(token: Token): { readonly start: number; readonly end: number } {
  const { text, start, end } = token;
  const dollars = /^\$[^$]*\$/.exec(text)?.[0];
  if (dollars !== undefined) return { start: start + dollars.length, end: end - dollars.length };
  if (/^'[^']*'$/.test(text)) return { start: start + 1, end: end - 1 };
  throw unsupported('a body with quotes in quotes', spanOf(token), 'write it between $$ and $$');
}

function valueOf({ body, with: withClause, orderBy, limit, offset, span }: Query): Expression {
  if (body.kind !== 'Select') throw refused('a body that is no SELECT', span);
  if (withClause !== undefined) throw refused('WITH in a body', withClause.span);
  const { from, where, groupBy, having, targets, distinct } = body;
  if (from[0] !== undefined) throw refused('a body that reads tables', from[0].span);
  const clause = where ?? groupBy[0] ?? having ?? orderBy[0] ?? limit ?? offset;
  if (clause !== undefined) throw refused('WHERE, GROUP BY, ORDER BY or LIMIT in a body', clause.span);
  if (distinct.kind !== 'all') throw refused('DISTINCT in a body', span);
  const [target, second] = targets;
  if (target === undefined || second !== undefined)
    throw refused('a body of several values', second?.span ?? span);
  return target.expression;
}

function refused(what: string, span: TextSpan): Error {
  return unsupported(what, span, ONE_VALUE);
}
