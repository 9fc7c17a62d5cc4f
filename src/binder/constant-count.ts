// A constant count of rows: LIMIT, OFFSET, the offset of a frame, the distance of lag.

import { BIGINT } from '../data/types.ts';
import { evaluateConstant } from '../expr/constant.ts';
import { columnsOf } from '../expr/properties.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression } from '../sql/ast.ts';
import { bindExpression } from './expression.ts';
import { groupingError, invalidQuery } from './fail.ts';
import type { Scope } from './scope.ts';

const EMPTY_SCOPE: Scope = { tables: [], row: [] };

/** An expression without columns. */
export function constantOperand(expression: Expression, clause: string): Operand {
  if (expression.kind === 'ColumnReference') {
    throw invalidQuery(
      `argument of ${clause.replace(/^argument of /, '')} must not contain variables`,
      expression.span,
      'write a number',
    );
  }
  const operand = bindExpression(expression, {
    scope: EMPTY_SCOPE,
    aggregate: (call) => {
      throw groupingError(`aggregate functions are not allowed in ${clause}`, call.span);
    },
  });
  if (operand.kind !== 'untyped' && columnsOf(operand).length > 0) {
    throw invalidQuery(`${clause} must be constant`, expression.span, 'write a number');
  }
  return operand;
}

/** Null where it is NULL. */
export function constantCount(expression: Expression, clause: string): number | null {
  const value = evaluateConstant(coerce(constantOperand(expression, clause), BIGINT, 'assignment'));
  if (value === null) return null;
  if (typeof value !== 'bigint' || value < 0n) {
    throw invalidQuery(`${clause} must not be negative`, expression.span, 'write 0 or more');
  }
  return Number(value);
}
