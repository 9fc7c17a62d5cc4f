// Expressions of the syntax tree → bound expressions. Types, coercions and functions are those of expr/; this file says what
// each construct of the syntax means in its terms.

import { didYouMean } from '../catalog/near.ts';
import {
  bindCase,
  bindCast,
  bindCoalesce,
  bindFunction,
  bindGreatest,
  bindInList,
  bindIsBoolean,
  bindIsDistinct,
  bindIsNull,
  bindLogic,
  bindNot,
  bindNullIf,
  bindOperator,
} from '../expr/bind.ts';
import {
  bindArray,
  bindField,
  bindQuantified,
  bindRow,
  bindRowComparison,
  bindRowInList,
  bindRowIsDistinct,
  bindRowIsNull,
  bindSlice,
  bindSubscript,
} from '../expr/bind-trees.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { TextSpan } from '../errors.ts';
import { BOOLEAN, TEXT } from '../data/types.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { literal, untyped } from '../expr/resolve/operand.ts';
import { aggregateNames, isAggregate } from '../expr/resolve/aggregate-names.ts';
import type { Between, Case, Cast, Expression, FunctionCall, Grouping, InList, Like } from '../sql/ast.ts';
import { markedOperator } from '../sql/dialect/number-sums.ts';
import type { ColumnReference, Parameter } from '../sql/literals.ts';
import { invalidQuery, unsupported } from './fail.ts';
import { bindNumber, bindTypedLiteral } from './literal.ts';
import type { Scope } from './scope.ts';
import { resolveColumn } from './scope.ts';
import type { BindOperand, SubqueryExpression } from './subquery-syntax.ts';
import { bindNumberSum } from './number-sums.ts';
import { bindType } from './type-name.ts';
import { refuseExpression } from './unsupported.ts';

/** What a call of a created function becomes; undefined when there is none of that name. */
export type UserFunctions = (
  call: FunctionCall,
  bind: (expression: Expression) => Operand,
) => BoundExpr | undefined;

export type BindSubquery = (subquery: SubqueryExpression, bind: BindOperand) => BoundExpr;

export interface ExpressionContext {
  readonly scope: Scope;
  /** What an aggregate call becomes here; throws where none may stand. */
  readonly aggregate: (call: FunctionCall) => BoundExpr;
  /** What GROUPING(…) becomes here; absent where it may not stand. */
  readonly grouping?: ((call: Grouping) => BoundExpr) | undefined;
  /** What a window function call becomes here; absent where none may stand. */
  readonly over?: ((call: FunctionCall) => BoundExpr) | undefined;
  /** What a subquery is worth; absent where none may stand. `bind` is for what stands beside it. */
  readonly subquery?: BindSubquery | undefined;
  /** Functions that were created; absent where none may stand. */
  readonly functions?: UserFunctions | undefined;
  /** What a name or $n means in the body of a function; elsewhere names are columns. */
  readonly parameter?: (reference: ColumnReference | Parameter) => BoundExpr;
  /** What now() becomes; absent where it may not stand. */
  readonly now?: (span: TextSpan) => BoundExpr;
}

export function bindExpression(expression: Expression, context: ExpressionContext): Operand {
  const bind = (child: Expression): Operand => bindExpression(child, context);
  const { span } = expression;
  switch (expression.kind) {
    case 'ColumnReference':
      return context.parameter?.(expression) ?? resolveColumn(context.scope, expression);
    case 'Parameter':
      if (context.parameter === undefined) throw refuseExpression(expression);
      return context.parameter(expression);
    case 'NumberLiteral':
      return bindNumber(expression, false, span);
    case 'StringLiteral':
      return untyped(expression.value, span);
    case 'BooleanLiteral':
      return literal(expression.value, BOOLEAN, span);
    case 'NullLiteral':
      return untyped(null, span);
    case 'TypedLiteral':
      return bindTypedLiteral(expression);
    case 'SqlValue':
      if (expression.name === 'current_timestamp' && expression.precision === undefined && context.now)
        return context.now(span);
      return bindFunction(expression.name, [], span);
    case 'Unary':
      if (expression.operator === '-' && expression.operand.kind === 'NumberLiteral') {
        return bindNumber(expression.operand, true, span);
      }
      return bindOperator(expression.operator, null, bind(expression.operand), span);
    case 'Binary': {
      const sum = markedOperator(expression.operator);
      if (sum !== undefined) return bindNumberSum(sum, bind(expression.left), bind(expression.right), span);
      if (expression.left.kind === 'Row' && expression.right.kind === 'Row')
        return bindRowComparison(
          expression.operator,
          expression.left.fields.map(bind),
          expression.right.fields.map(bind),
          span,
        );
      return bindOperator(expression.operator, bind(expression.left), bind(expression.right), span);
    }
    case 'Logical':
      return bindLogic(expression.operator, expression.operands.map(bind), span);
    case 'Not':
      return bindNot(bind(expression.operand), span);
    case 'IsNull':
      return bindNullTest(bind(expression.operand), expression.negated, span);
    case 'IsBoolean':
      return bindIsBoolean(bind(expression.operand), expression.test, expression.negated, span);
    case 'IsDistinct':
      if (expression.left.kind === 'Row' && expression.right.kind === 'Row')
        return bindRowIsDistinct(
          expression.left.fields.map(bind),
          expression.right.fields.map(bind),
          expression.negated,
          span,
        );
      return bindIsDistinct(bind(expression.left), bind(expression.right), expression.negated, span);
    case 'Between':
      return bindBetween(expression, bind);
    case 'InList':
      if (expression.operand.kind === 'Row') return bindRowsInList(expression, bind);
      return bindInList(bind(expression.operand), expression.items.map(bind), expression.negated, span);
    case 'Like':
      return bindLike(expression, bind);
    case 'Case':
      return bindCaseExpression(expression, bind);
    case 'Coalesce':
      return bindCoalesce(expression.arguments.map(bind), span);
    case 'NullIf':
      return bindNullIf(bind(expression.left), bind(expression.right), span);
    case 'MinMax':
      return bindGreatest(expression.function, expression.arguments.map(bind), span);
    case 'ArrayConstructor':
      return bindArray(expression.elements.map(bind), undefined, span);
    case 'Subscript':
      return bindSubscript(typed(bind(expression.operand)), bind(expression.index), span);
    case 'Slice':
      return bindSlice(
        typed(bind(expression.operand)),
        expression.lower === undefined ? undefined : bind(expression.lower),
        expression.upper === undefined ? undefined : bind(expression.upper),
        span,
      );
    case 'Row':
      return bindRow(expression.fields.map(bind), span);
    case 'FieldAccess':
      return bindField(typed(bind(expression.operand)), expression.field.name, span);
    case 'Quantified':
      return bindQuantified(
        expression.operator,
        expression.quantifier,
        bind(expression.operand),
        bind(expression.array),
        span,
      );
    case 'Cast':
      if (expression.operand.kind === 'ArrayConstructor') return bindArrayCast(expression, bind);
      return bindCast(bind(expression.operand), bindType(expression.type), span);
    case 'FunctionCall':
      return bindCall(expression, context, bind);
    case 'Extract':
      return bindFunction('extract', [untyped(expression.field, span), bind(expression.source)], span);
    case 'AtTimeZone':
      return bindFunction('timezone', [bind(expression.zone), bind(expression.operand)], span);
    case 'Grouping':
      if (context.grouping === undefined) throw refuseExpression(expression);
      return context.grouping(expression);
    case 'ScalarSubquery':
    case 'Exists':
    case 'InSubquery':
    case 'QuantifiedSubquery':
    case 'ArraySubquery':
      if (context.subquery === undefined) throw refuseExpression(expression);
      return context.subquery(expression, bind);
    default:
      throw refuseExpression(expression);
  }
}

function bindNullTest(operand: Operand, negated: boolean, span: TextSpan): BoundExpr {
  if (operand.kind !== 'untyped' && operand.type.kind === 'row') return bindRowIsNull(operand, negated, span);
  return bindIsNull(operand, negated, span);
}

function bindRowsInList(list: InList, bind: (e: Expression) => Operand): BoundExpr {
  const fieldsOf = (row: Expression): readonly Operand[] => {
    if (row.kind !== 'Row') throw unsupported('a row beside what is no row', row.span, 'write (a, b)');
    return row.fields.map(bind);
  };
  return bindRowInList(fieldsOf(list.operand), list.items.map(fieldsOf), list.negated, list.span);
}

/** The items of ARRAY[…]::type[] are cast one by one, as in PostgreSQL. */
function bindArrayCast(cast: Cast, bind: (e: Expression) => Operand): BoundExpr {
  const type = bindType(cast.type);
  if (cast.operand.kind !== 'ArrayConstructor' || type.kind !== 'array')
    return bindCast(bind(cast.operand), type, cast.span);
  return bindArray(cast.operand.elements.map(bind), type.element, cast.span);
}

/** With a type: what is still untyped is text. */
export function typed(operand: Operand): BoundExpr {
  return operand.kind === 'untyped' ? coerce(operand, TEXT) : operand;
}

/** Where a row would stand that is not there. */
const HYPOTHETICAL: ReadonlySet<string> = new Set(['rank', 'dense_rank', 'percent_rank', 'cume_dist']);

function bindCall(
  call: FunctionCall,
  context: ExpressionContext,
  bind: (e: Expression) => Operand,
): BoundExpr {
  const name = call.name.name.name;
  if (call.over !== undefined) {
    if (context.over !== undefined) return context.over(call);
    throw unsupported(
      `window function ${name}(…) OVER here`,
      call.span,
      'it may stand in the select list: filter on it in a query around this one',
    );
  }
  const own = context.functions?.(call, bind);
  if (own !== undefined) return own;
  if (call.name.schema !== undefined) {
    const shown = `${call.name.schema.name}.${name}`;
    throw unsupported(
      `function ${shown} of schema "${call.name.schema.name}"`,
      call.name.span,
      'CREATE FUNCTION makes one; built-in functions are called without a schema',
    );
  }
  if (call.withinGroup && HYPOTHETICAL.has(name)) {
    throw unsupported(
      `hypothetical-set aggregate ${name}(…) WITHIN GROUP`,
      call.span,
      `count the rows that are before it: count(*) FILTER (WHERE value < …)`,
    );
  }
  if (isAggregate(name)) return context.aggregate(call);
  if (
    call.star ||
    call.distinct ||
    call.filter !== undefined ||
    call.orderBy.length > 0 ||
    call.withinGroup
  ) {
    throw invalidQuery(
      `${name} is not an aggregate function`,
      call.span,
      didYouMean(name, aggregateNames()) ?? '*, DISTINCT, ORDER BY and FILTER are for aggregates',
    );
  }
  for (const argument of call.arguments) {
    if (argument.name !== undefined)
      throw unsupported('a named argument', argument.span, 'give arguments by position');
    if (argument.variadic) throw unsupported('VARIADIC', argument.span, 'give the arguments one by one');
  }
  if ((name === 'now' || name === 'transaction_timestamp') && call.arguments.length === 0 && context.now)
    return context.now(call.span);
  return bindFunction(
    name,
    call.arguments.map((argument) => bind(argument.value)),
    call.span,
  );
}

function bindBetween(between: Between, bind: (e: Expression) => Operand): BoundExpr {
  const { span, negated } = between;
  const operand = bind(between.operand);
  const range = (low: Operand, high: Operand): BoundExpr =>
    bindLogic(
      negated ? 'or' : 'and',
      [
        bindOperator(negated ? '<' : '>=', operand, low, span),
        bindOperator(negated ? '>' : '<=', operand, high, span),
      ],
      span,
    );
  const [low, high] = [bind(between.low), bind(between.high)];
  if (!between.symmetric) return range(low, high);
  return bindLogic(negated ? 'and' : 'or', [range(low, high), range(high, low)], span);
}

const LIKE_OPERATORS = { like: '~~', ilike: '~~*' } as const;

function bindLike(like: Like, bind: (e: Expression) => Operand): BoundExpr {
  if (like.form === 'similar to') return bindSimilar(like, bind);
  const operator = `${like.negated ? '!' : ''}${LIKE_OPERATORS[like.form]}`;
  const pattern = bind(like.pattern);
  const escaped =
    like.escape === undefined
      ? pattern
      : bindFunction('like_escape', [pattern, bind(like.escape)], like.span);
  return bindOperator(operator, bind(like.operand), escaped, like.span);
}

function bindSimilar(like: Like, bind: (e: Expression) => Operand): BoundExpr {
  const args = [bind(like.pattern), ...(like.escape === undefined ? [] : [bind(like.escape)])];
  const pattern = bindFunction('similar_to_escape', args, like.span);
  return bindOperator(like.negated ? '!~' : '~', bind(like.operand), pattern, like.span);
}

/** CASE x WHEN v … compares x = v in every arm. */
function bindCaseExpression(expression: Case, bind: (e: Expression) => Operand): BoundExpr {
  const operand = expression.operand === undefined ? undefined : typed(bind(expression.operand));
  const arms = expression.branches.map(({ when, then }) => {
    const value = bind(when);
    return {
      when: operand === undefined ? value : bindOperator('=', operand, value, when.span),
      then: bind(then),
    };
  });
  const otherwise = expression.otherwise === undefined ? null : bind(expression.otherwise);
  return bindCase(arms, otherwise, expression.span);
}
