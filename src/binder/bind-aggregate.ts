// One aggregate call with its clauses. Most aggregates pass over NULL, so FILTER makes the argument NULL where the condition is not
// true; those that keep NULLs keep it as a condition. What can fail is not computed for rows that are filtered out. DISTINCT and
// ORDER BY stay only where they matter.

import { bindCondition, bindIsNull, bindLogic } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { BOOLEAN } from '../data/types.ts';
import { canonicalText } from '../expr/columns.ts';
import { foldConstants } from '../expr/constant.ts';
import { canFail, isConstant } from '../expr/properties.ts';
import type { AggregateName } from '../expr/resolve/aggregate-names.ts';
import {
  isCollecting,
  isOrderedSet,
  isRegression,
  keepsNulls,
  picksValue,
} from '../expr/resolve/aggregate-names.ts';
import { resolveAggregate } from '../expr/resolve/aggregates.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { argTypeOf } from '../expr/resolve/operand.ts';
import type { Expression, FunctionCall, OrderItem } from '../sql/ast.ts';
import { fractionsOf, requireOrderedSet } from './bind-ordered-set.ts';
import type { BoundAggregate, BoundOrder } from './bound.ts';
import { typed } from './expression.ts';
import { invalidQuery, unsupported } from './fail.ts';
import { directionOf } from './order-item.ts';

type Bind = (expression: Expression) => Operand;

/** The same with and without repeated values. */
const IDEMPOTENT: ReadonlySet<AggregateName> = new Set<AggregateName>([
  'min',
  'max',
  'bool_and',
  'bool_or',
  'bit_and',
  'bit_or',
]);

export function boundCall(call: FunctionCall, bind: Bind): BoundAggregate {
  requireOrderedSet(call);
  const name = call.name.name.name;
  const sorted = call.withinGroup ? call.orderBy.map((item) => item.expression) : [];
  const args = [...call.arguments.map((argument) => argument.value), ...sorted].map(bind);
  const resolved = resolveAggregate(name, args.map(argTypeOf), call.star, call.span);
  const values = resolved.params.map((param, i) => coerce(args[i]!, param));
  const filter = call.filter === undefined ? null : bindCondition(bind(call.filter), 'FILTER');
  // What is constant fails at submission, also where no row is let in.
  if (filter !== null) values.forEach(foldConstants);
  const { fn } = resolved;
  const order = isOrderedSet(fn) ? [] : boundOrder(call, fn, bind);
  const distinct = isDistinct(call, fn);
  if (distinct) requireArguments(order, values, call.orderBy);
  const { result: type, nullable } = resolved;
  const base = { name, type, nullable, distinct };
  if (isOrderedSet(fn)) return { ...base, ...orderedSet(call, fn, values, filter) };
  if (isRegression(fn)) return { ...base, ...pairs(fn, values, filter) };
  const [arg = null, second = null] = values;
  if (filter === null) return { ...base, fn, arg, second, filter, order };
  const guard = (expr: BoundExpr): BoundExpr => (canFail(expr) ? where(filter, expr) : expr);
  const guarded = {
    second: second === null ? null : guard(second),
    order: order.map((item) => ({ ...item, expr: guard(item.expr) })),
  };
  if (keepsNulls(fn)) return { ...base, ...guarded, fn, arg: guard(arg!), filter };
  return {
    ...base,
    fn: fn === 'count_star' ? 'count' : fn,
    arg: where(filter, arg ?? { kind: 'literal', value: true, type: BOOLEAN, nullable: false }),
    ...guarded,
    filter: null,
  };
}

type Arguments = Pick<BoundAggregate, 'fn' | 'arg' | 'second' | 'filter' | 'order' | 'fractions'>;

function isDistinct(call: FunctionCall, fn: AggregateName): boolean {
  const { name } = call.name.name;
  if (call.distinct && (isRegression(fn) || picksValue(fn)))
    throw unsupported(`${name}(DISTINCT …)`, call.span, 'take DISTINCT in a query in FROM');
  return name === 'approx_count_distinct' || (call.distinct && !IDEMPOTENT.has(fn));
}

/** Rows whose value is NULL, or that FILTER leaves out, are passed over. */
function orderedSet(
  call: FunctionCall,
  fn: AggregateName,
  values: readonly BoundExpr[],
  filter: BoundExpr | null,
): Arguments {
  const value = values.at(-1)!;
  const arg = filter === null ? value : where(filter, value);
  const order = [{ expr: arg, ...directionOf(call.orderBy[0]!) }];
  const plain = { fn, arg, second: null, filter: null, order };
  return fn === 'mode' ? plain : { ...plain, fractions: fractionsOf(values[0]!) };
}

/** A pair of which one is NULL is passed over: then the first argument is. */
function pairs(fn: AggregateName, values: readonly BoundExpr[], filter: BoundExpr | null): Arguments {
  const [y, x] = values as readonly [BoundExpr, BoundExpr];
  const conditions = [...(filter === null ? [] : [filter]), ...(x.nullable ? [bindIsNull(x, true)] : [])];
  const guard = (expr: BoundExpr): BoundExpr =>
    filter !== null && canFail(expr) ? where(filter, expr) : expr;
  const all = conditions.length === 2 ? bindLogic('and', conditions) : conditions[0];
  return { fn, arg: all === undefined ? y : where(all, y), second: guard(x), filter: null, order: [] };
}

/** CASE WHEN condition THEN expr END */
function where(condition: BoundExpr, expr: BoundExpr): BoundExpr {
  const arms = [{ when: condition, then: expr }];
  return { kind: 'case', arms, otherwise: null, type: expr.type, nullable: true };
}

function boundOrder(call: FunctionCall, fn: AggregateName, bind: Bind): readonly BoundOrder[] {
  const { name } = call.name.name;
  const order = call.orderBy.map((item): BoundOrder => {
    return { expr: typed(bind(item.expression)), ...directionOf(item) };
  });
  const failing = order.findIndex(({ expr }) => canFail(expr));
  if (!isCollecting(fn) && failing >= 0) {
    throw unsupported(
      `ORDER BY in ${name}(…) by an expression that can fail`,
      call.orderBy[failing]!.span,
      'leave it out: the value does not depend on it',
    );
  }
  if (picksValue(fn) && order.length === 0)
    throw invalidQuery(`${name} without an order`, call.span, `write ${name}(value ORDER BY …)`);
  return isCollecting(fn) ? order.filter(({ expr }) => !isConstant(expr)) : [];
}

function requireArguments(
  order: readonly BoundOrder[],
  args: readonly BoundExpr[],
  items: readonly OrderItem[],
): void {
  const texts = new Set(args.map((arg) => canonicalText(arg)));
  if (order.every(({ expr }) => texts.has(canonicalText(expr)))) return;
  throw invalidQuery(
    'in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list',
    items[0]!.span,
    'equal values are one, whatever else their rows hold: order by the value itself',
  );
}
