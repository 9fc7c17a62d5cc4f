// One aggregate call with its clauses. Most aggregates pass over NULL, so FILTER makes the argument NULL where the condition is not
// true; those that keep NULLs keep it as a condition. What can fail is not computed for rows that are filtered out. DISTINCT and
// ORDER BY stay only where they matter.

import { bindCondition } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { BOOLEAN } from '../data/types.ts';
import { canonicalText } from '../expr/columns.ts';
import { foldConstants } from '../expr/constant.ts';
import { canFail, isConstant } from '../expr/properties.ts';
import type { AggregateName } from '../expr/resolve/aggregates.ts';
import { isCollecting, keepsNulls, resolveAggregate } from '../expr/resolve/aggregates.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { argTypeOf } from '../expr/resolve/operand.ts';
import type { Expression, FunctionCall, OrderItem } from '../sql/ast.ts';
import type { BoundAggregate, BoundOrder } from './bound.ts';
import { typed } from './expression.ts';
import { invalidQuery, unsupported } from './fail.ts';
import { directionOf } from './order-item.ts';

/** The same with and without repeated values. */
const IDEMPOTENT: ReadonlySet<AggregateName> = new Set<AggregateName>([
  'min',
  'max',
  'bool_and',
  'bool_or',
  'bit_and',
  'bit_or',
]);

export function boundCall(call: FunctionCall, bind: (expression: Expression) => Operand): BoundAggregate {
  const name = call.name.name.name;
  const args = call.arguments.map((argument) => bind(argument.value));
  const resolved = resolveAggregate(name, args.map(argTypeOf), call.star, call.span);
  const values = resolved.params.map((param, i) => coerce(args[i]!, param));
  const filter = call.filter === undefined ? null : bindCondition(bind(call.filter), 'FILTER');
  // What is constant fails at submission, also where no row is let in.
  if (filter !== null) values.forEach(foldConstants);
  const order = boundOrder(call, resolved.fn, bind);
  const distinct = call.distinct && !IDEMPOTENT.has(resolved.fn);
  if (distinct) requireArguments(order, values, call.orderBy);
  const { type, nullable } = { type: resolved.result, nullable: resolved.nullable };
  const plain = { name, type, nullable, distinct };
  const [arg = null, second = null] = values;
  if (filter === null) return { ...plain, fn: resolved.fn, arg, second, filter, order };
  const guard = (expr: BoundExpr): BoundExpr => (canFail(expr) ? where(filter, expr) : expr);
  const guarded = {
    second: second === null ? null : guard(second),
    order: order.map((item) => ({ ...item, expr: guard(item.expr) })),
  };
  if (keepsNulls(resolved.fn)) return { ...plain, ...guarded, fn: resolved.fn, arg: guard(arg!), filter };
  return {
    ...plain,
    fn: resolved.fn === 'count_star' ? 'count' : resolved.fn,
    arg: where(filter, arg ?? { kind: 'literal', value: true, type: BOOLEAN, nullable: false }),
    ...guarded,
    filter: null,
  };
}

/** CASE WHEN condition THEN expr END */
function where(condition: BoundExpr, expr: BoundExpr): BoundExpr {
  const arms = [{ when: condition, then: expr }];
  return { kind: 'case', arms, otherwise: null, type: expr.type, nullable: true };
}

function boundOrder(
  call: FunctionCall,
  fn: AggregateName,
  bind: (expression: Expression) => Operand,
): readonly BoundOrder[] {
  const order = call.orderBy.map((item): BoundOrder => {
    return { expr: typed(bind(item.expression)), ...directionOf(item) };
  });
  const failing = order.findIndex(({ expr }) => canFail(expr));
  if (!isCollecting(fn) && failing >= 0) {
    throw unsupported(
      `ORDER BY in ${call.name.name.name}(…) by an expression that can fail`,
      call.orderBy[failing]!.span,
      'leave it out: the value does not depend on it',
    );
  }
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
