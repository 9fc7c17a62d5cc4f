// Constants as written → operands: numbers get the type that Postgres gives them, texts and NULL wait for their surroundings.

import { RowFailure } from '../data/failure.ts';
import { parseInterval } from '../data/interval-text.ts';
import { parseValue } from '../data/text-forms.ts';
import { BIGINT, INTEGER, INTERVAL, NUMERIC } from '../data/types.ts';
import { bindCast } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { literal, untyped } from '../expr/resolve/operand.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { NumberLiteral, TypedLiteral } from '../sql/literals.ts';
import { bindType } from './type-name.ts';

const INT32 = 2n ** 31n;
const INT64 = 2n ** 63n;

/** `negative`: a minus sign stands before it, which belongs to the constant (−2147483648 is an integer). */
export function bindNumber(number: NumberLiteral, negative: boolean, span: TextSpan): BoundExpr {
  if (/^(\d+|0[xob][0-9a-f]+)$/i.test(number.text)) {
    const value = negative ? -BigInt(number.text) : BigInt(number.text);
    if (value >= -INT32 && value < INT32) return literal(Number(value), INTEGER, span);
    if (value >= -INT64 && value < INT64) return literal(value, BIGINT, span);
    return literal({ unscaled: value, scale: 0 }, NUMERIC, span);
  }
  const text = `${negative ? '-' : ''}${number.text}`;
  return literal(parseValue(text, NUMERIC), NUMERIC, span);
}

/** DATE '…', '…'::date, INTERVAL '10' SECOND. */
export function bindTypedLiteral(typed: TypedLiteral): BoundExpr {
  const type = bindType(typed.type);
  const fields = typed.type.interval?.fields;
  if (fields === undefined) return bindCast(untyped(typed.value, typed.span), type, typed.span);
  try {
    return literal(parseInterval(typed.value, fields), INTERVAL, typed.span);
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    throw new MillraceError({
      code: 'INVALID_LITERAL',
      message: error.message,
      hint: `write it as PostgreSQL does, such as INTERVAL '1 day 02:00:00'`,
      span: typed.span,
    });
  }
}
