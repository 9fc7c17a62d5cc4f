// Casts: which exist in which context, and coercion of operands to a wanted type.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import { RowFailure } from '../../data/failure.ts';
import { parseValue } from '../../data/text-forms.ts';
import type { SqlType } from '../../data/types.ts';
import { sameType, sameUnconstrained, typeName, unconstrained } from '../../data/types.ts';
import type { BoundExpr } from '../bound.ts';
import { findCast } from '../functions/casts.ts';
import type { Operand, UntypedLiteral } from './operand.ts';
import { literal } from './operand.ts';
import type { ArgType, CastContext } from './pg-types.ts';
import { castExists, pgTypeOf } from './pg-types.ts';
import { argTypeName } from './refusals.ts';

/** How `from` becomes `to`; undefined when there is no such cast in this context. */
export function resolveCast(
  from: ArgType,
  to: SqlType,
  context: CastContext,
): 'none needed' | 'cast' | undefined {
  if (from === 'unknown') return 'cast';
  if (sameType(from, to)) return 'none needed';
  if (sameUnconstrained(from, to)) return sameType(to, unconstrained(to)) ? 'none needed' : 'cast';
  if (from.kind === 'row' || to.kind === 'row') return rowCast(from, to, context);
  return castExists(pgTypeOf(from), pgTypeOf(to), context) ? 'cast' : undefined;
}

/** The operand as a value of type `to`; refused when the context does not allow that. */
export function coerce(
  operand: Operand,
  to: SqlType,
  context: CastContext = 'implicit',
  span: TextSpan | undefined = operand.span,
): BoundExpr {
  if (operand.kind === 'untyped') return typedLiteral(operand, to);
  const how = resolveCast(operand.type, to, context);
  if (how === undefined) throw cannotCast(operand.type, to, context, span);
  if (how === 'none needed') return operand;
  if (operand.kind === 'literal' && operand.value === null) return literal(null, to, span);
  if (!sameUnconstrained(operand.type, to) && !isSupported(operand.type, to))
    throw new MillraceError({
      code: 'UNSUPPORTED_CAST',
      message: `cast from ${typeName(operand.type)} to ${typeName(to)} is not supported yet`,
      hint: 'cast to text first, where that says the same',
      span,
    });
  const nullable = operand.nullable || findCast(operand.type.kind, to.kind)?.nullResult === true;
  return { kind: 'cast', arg: operand, type: to, nullable, span };
}

function isSupported(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'array' && to.kind === 'array')
    return sameUnconstrained(from.element, to.element) || isSupported(from.element, to.element);
  return findCast(from.kind, to.kind) !== undefined;
}

/** A row becomes text, and nothing becomes a row. */
function rowCast(from: SqlType, to: SqlType, context: CastContext): 'cast' | undefined {
  if (from.kind !== 'row' || (to.kind !== 'text' && to.kind !== 'varchar')) return undefined;
  return context === 'implicit' ? undefined : 'cast';
}

/** Reads the text of an untyped literal by the input rules of the type, as PostgreSQL does when it reads the query. */
function typedLiteral(operand: UntypedLiteral, to: SqlType): BoundExpr {
  if (operand.text === null) return literal(null, to, operand.span);
  try {
    return literal(parseValue(operand.text, to), to, operand.span);
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    throw new MillraceError({
      code: 'INVALID_LITERAL',
      message: error.message,
      hint: error.sqlstate === '0A000' ? 'write it in ISO form' : undefined,
      span: operand.span,
    });
  }
}

function cannotCast(
  from: ArgType,
  to: SqlType,
  context: CastContext,
  span: TextSpan | undefined,
): MillraceError {
  const explicit = context !== 'explicit' && resolveCast(from, to, 'explicit') !== undefined;
  return new MillraceError({
    code: 'TYPE_MISMATCH',
    message: explicit
      ? `expected ${typeName(to)}, found ${argTypeName(from)}`
      : `cannot cast type ${argTypeName(from)} to ${typeName(to)}`,
    hint: explicit ? `write CAST(… AS ${typeName(to)})` : undefined,
    span,
  });
}
