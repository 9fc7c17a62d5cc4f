// The body of a SQL function, bound with values in place of its parameters: columns when it is created, arguments when it is called.

import type { SqlType } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression } from '../sql/ast.ts';
import type { ColumnReference, Parameter } from '../sql/literals.ts';
import type { CreateFunction } from '../sql/statement.ts';
import type { ExpressionContext, UserFunctions } from './expression.ts';
import { bindExpression, typed } from './expression.ts';
import { invalidQuery, typeMismatch, unknownColumn, unsupported } from './fail.ts';

export function bindBody(
  syntax: CreateFunction,
  returns: SqlType,
  values: readonly BoundExpr[],
  functions: UserFunctions,
): BoundExpr {
  if (syntax.body.kind !== 'expression') throw new Error('the body of this function is not SQL');
  const { expression } = syntax.body;
  const parameter = (reference: ColumnReference | Parameter): BoundExpr =>
    values[placeOf(reference, syntax)]!;
  const value = typed(bindExpression(expression, bodyContext(functions, parameter)));
  return assigned(value, returns, 'the body gives another type than the function returns', expression.span);
}

function assigned(operand: Operand, type: SqlType, what: string, span: TextSpan): BoundExpr {
  try {
    return coerce(operand, type, 'assignment', span);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'TYPE_MISMATCH') throw error;
    throw typeMismatch(`${what}: ${error.message}`, error.span, error.hint);
  }
}

export function bindDefault(expression: Expression, type: SqlType, functions: UserFunctions): BoundExpr {
  const context = bodyContext(functions, ({ span }) => {
    throw invalidQuery('a default value reads nothing', span, 'write a constant, or a call over constants');
  });
  const value = bindExpression(expression, context);
  return assigned(value, type, 'a default value of another type than the parameter', expression.span);
}

/** Which parameter a name or $n means. */
function placeOf(reference: ColumnReference | Parameter, { parameters, name }: CreateFunction): number {
  const { span } = reference;
  if (reference.kind === 'Parameter') {
    if (parameters[reference.index - 1] !== undefined) return reference.index - 1;
    throw invalidQuery(`there is no parameter $${reference.index}`, span, `there are ${parameters.length}`);
  }
  const [own, ...qualifier] = reference.parts.map((part) => part.name).reverse();
  const known = parameters.map((parameter) => parameter.name.name);
  const at = known.indexOf(own!);
  const isOwn = qualifier.length === 0 || (qualifier.length === 1 && qualifier[0] === name.name.name);
  if (at >= 0 && isOwn) return at;
  const shown = reference.parts.map((part) => part.name).join('.');
  throw unknownColumn(`"${shown}" of the function's parameters`, own!, known, span);
}

function bodyContext(
  functions: UserFunctions,
  parameter: NonNullable<ExpressionContext['parameter']>,
): ExpressionContext {
  return {
    scope: { tables: [], row: [] },
    functions,
    parameter,
    aggregate: (call) => {
      throw notInBody(`aggregate ${call.name.name.name} in the body of a function`, call.span);
    },
    over: (call) => {
      throw notInBody('a window function in the body of a function', call.span);
    },
    subquery: (subquery) => {
      throw notInBody('a subquery in the body of a function', subquery.span);
    },
  };
}

function notInBody(what: string, span: TextSpan): Error {
  return unsupported(what, span, 'a function computes a value of its arguments: write this in the query');
}
