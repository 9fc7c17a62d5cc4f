// Sums of a dialect in which a date beside no INTERVAL is a number.

import type { TextSpan } from '../errors.ts';
import { bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { unsupported } from './fail.ts';

const TIMES: ReadonlySet<string> = new Set(['date', 'time', 'timestamp', 'timestamptz']);

export function bindNumberSum(operator: string, left: Operand, right: Operand, span: TextSpan): BoundExpr {
  const kinds = [left, right].map((operand) => (operand.kind === 'untyped' ? 'untyped' : operand.type.kind));
  if (kinds.some((kind) => TIMES.has(kind)) && !kinds.includes('interval'))
    throw unsupported(
      `${operator} of a date or time without INTERVAL`,
      span,
      'it counts with numbers such as 20260131 there: write d + INTERVAL 1 DAY, or DATEDIFF(a, b)',
    );
  return bindOperator(operator, left, right, span);
}
