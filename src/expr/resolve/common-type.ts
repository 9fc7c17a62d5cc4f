// The one type of several expressions that must agree: UNION columns, CASE and COALESCE arms, GREATEST and LEAST,
// IN lists (PostgreSQL's select_common_type, src/backend/parser/parse_coerce.c).

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { SqlType } from '../../data/types.ts';
import { sameType, TEXT, unconstrained } from '../../data/types.ts';
import type { ArgType } from './pg-types.ts';
import { castExists, categoryOf, pgTypeOf } from './pg-types.ts';
import { argTypeName } from './refusals.ts';

/**
 * `construct` names it for the error, such as `CASE` or `UNION`. The order counts as in PostgreSQL: for CASE the ELSE
 * arm comes first. Untyped literals alone are text.
 */
export function commonType(types: readonly ArgType[], construct: string, span?: TextSpan): SqlType {
  const known = types.filter((type) => type !== 'unknown');
  if (known.length === 0) return TEXT;
  let chosen = known[0]!;
  for (const next of known.slice(1)) {
    if (pgTypeOf(next) === pgTypeOf(chosen)) continue;
    const now = categoryOf(pgTypeOf(chosen));
    if (categoryOf(pgTypeOf(next)).category !== now.category) throw mismatch(construct, chosen, next, span);
    if (!now.preferred && implicit(chosen, next) && !implicit(next, chosen)) chosen = next;
  }
  for (const type of known)
    if (pgTypeOf(type) !== pgTypeOf(chosen) && !implicit(type, chosen))
      throw mismatch(construct, type, chosen, span);
  const same = known.every((type) => sameType(type, known[0]!)) && known.length === types.length;
  if (same || chosen.kind === 'row') return sameRows(known, construct, span) ?? known[0]!;
  return unconstrained(chosen);
}

/** Rows of different fields have no common type. */
function sameRows(known: readonly SqlType[], construct: string, span: TextSpan | undefined): undefined {
  const other = known.find((type) => type.kind === 'row' && !sameType(type, known[0]!));
  if (other !== undefined) throw mismatch(construct, known[0]!, other, span);
}

function implicit(from: SqlType, to: SqlType): boolean {
  return castExists(pgTypeOf(from), pgTypeOf(to), 'implicit');
}

function mismatch(construct: string, a: ArgType, b: ArgType, span: TextSpan | undefined): MillraceError {
  return new MillraceError({
    code: 'TYPE_MISMATCH',
    message: `${construct} types ${argTypeName(a)} and ${argTypeName(b)} cannot be matched`,
    hint: 'cast them to one type',
    span,
  });
}
