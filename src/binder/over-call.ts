// One window function call: which function it is, its arguments, and the frame that it looks at: the given one, where it looks at one.

import { BIGINT, DOUBLE, INTEGER } from '../data/types.ts';
import type { SqlType } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { isAggregate, isOrderedSet } from '../expr/resolve/aggregate-names.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression, FunctionCall } from '../sql/ast.ts';
import type { BoundOverCall, OverFrame, OverFunctionName } from './bound.ts';
import { boundCall } from './bind-aggregate.ts';
import { constantCount } from './constant-count.ts';
import { typed } from './expression.ts';
import { invalidQuery, unsupported } from './fail.ts';

type Bind = (expression: Expression) => Operand;

const WHOLE: OverFrame = { start: { kind: 'unbounded' }, end: { kind: 'unbounded' } };

const RANKS: ReadonlyMap<string, SqlType> = new Map([
  ['rank', BIGINT],
  ['dense_rank', BIGINT],
  ['percent_rank', DOUBLE],
  ['cume_dist', DOUBLE],
]);

const VALUES: ReadonlySet<string> = new Set(['lag', 'lead', 'first_value', 'last_value', 'nth_value']);

export function boundOverCall(call: FunctionCall, frame: OverFrame, bind: Bind): BoundOverCall {
  const { name } = call.name.name;
  if (isAggregate(name) && !VALUES.has(name)) return aggregateCall(call, frame, bind);
  refuseAggregateClauses(call);
  const rank = RANKS.get(name);
  if (rank !== undefined) {
    requireArguments(call, 0, 0);
    return {
      name,
      fn: name as OverFunctionName,
      type: rank,
      nullable: false,
      args: [],
      count: 0,
      frame: WHOLE,
    };
  }
  if (name === 'ntile') {
    requireArguments(call, 1, 1);
    const count = positive(call.arguments[0]!.value, 'argument of ntile');
    return { name, fn: 'ntile', type: INTEGER, nullable: false, args: [], count, frame: WHOLE };
  }
  if (VALUES.has(name)) return valueCall(call, frame, bind);
  throw unsupported(
    `window function ${name}(…) OVER`,
    call.span,
    'row_number, ranks, lag, lead, first_value, last_value, nth_value and aggregates are there',
  );
}

function valueCall(call: FunctionCall, frame: OverFrame, bind: Bind): BoundOverCall {
  const { name } = call.name.name;
  const [first, second, third] = call.arguments.map((argument) => argument.value);
  const shifts = name === 'lag' || name === 'lead';
  requireArguments(call, name === 'nth_value' ? 2 : 1, shifts ? 3 : name === 'nth_value' ? 2 : 1);
  const value = typed(bind(first!));
  const plain = { name, fn: name as OverFunctionName, type: value.type, nullable: true };
  if (!shifts) {
    const count = second === undefined ? 0 : positive(second, `argument of ${name}`);
    return { ...plain, args: [value], count, frame };
  }
  const count = second === undefined ? 1 : distance(second, name);
  const otherwise = third === undefined ? [] : [coerce(bind(third), value.type)];
  return { ...plain, args: [value, ...otherwise], count, frame: WHOLE };
}

function aggregateCall(call: FunctionCall, frame: OverFrame, bind: Bind): BoundOverCall {
  const { name } = call.name.name;
  if (call.distinct)
    throw invalidQuery(
      'DISTINCT is not implemented for window functions',
      call.span,
      'take DISTINCT in a query in FROM',
    );
  if (call.orderBy.length > 0 && !call.withinGroup)
    throw invalidQuery(
      'aggregate ORDER BY is not implemented for window functions',
      call.orderBy[0]!.span,
      'values come in the order of the window: order that',
    );
  const { fn, arg, second, filter, distinct, type, nullable } = boundCall(call, bind);
  if (isOrderedSet(fn)) {
    throw invalidQuery(
      `OVER is not supported for ordered-set aggregate ${name}`,
      call.span,
      'aggregate in a query in FROM, and join it',
    );
  }
  if (distinct) throw unsupported(`${name}(…) OVER`, call.span, 'aggregate in a query in FROM, and join it');
  const args: readonly BoundExpr[] = [arg, second, filter].flatMap((expr) => expr ?? []);
  const plain = { name, fn, type, nullable, args, count: 0, frame };
  return filter === null ? plain : { ...plain, filtered: true };
}

export function requireRowNumber(call: FunctionCall): void {
  refuseAggregateClauses(call);
  requireArguments(call, 0, 0);
}

function refuseAggregateClauses(call: FunctionCall): void {
  const { name } = call.name.name;
  if (call.filter !== undefined) {
    throw invalidQuery(
      'FILTER is not implemented for non-aggregate window functions',
      call.filter.span,
      'filter in a query in FROM',
    );
  }
  if (call.star || call.distinct || call.orderBy.length > 0 || call.withinGroup) {
    throw invalidQuery(
      `${name} is not an aggregate function`,
      call.span,
      '*, DISTINCT and ORDER BY are for aggregates',
    );
  }
}

function requireArguments(call: FunctionCall, least: number, most: number): void {
  const { length } = call.arguments;
  const { name } = call.name.name;
  if (length >= least && length <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  throw invalidQuery(`${name} takes ${wanted} arguments, not ${length}`, call.span, 'check its arguments');
}

function positive(expression: Expression, what: string): number {
  const count = constantCount(expression, what);
  if (count !== null && count > 0) return count;
  throw invalidQuery(`${what} must be greater than zero`, expression.span, 'write 1 or more');
}

function distance(expression: Expression, name: string): number {
  const count = constantCount(expression, `offset of ${name}`);
  if (count !== null) return count;
  throw invalidQuery(`offset of ${name} must not be NULL`, expression.span, 'write a number');
}
