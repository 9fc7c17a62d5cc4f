// One window function call: which function it is, its arguments, and the frame that it looks at: the given one, where it looks at one.

import { BIGINT, DOUBLE, INTEGER } from '../data/types.ts';
import type { SqlType } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { evaluateConstant } from '../expr/constant.ts';
import { isConstant } from '../expr/properties.ts';
import { isAggregate, isOrderedSet } from '../expr/resolve/aggregate-names.ts';
import { coerce } from '../expr/resolve/casts.ts';
import { commonType } from '../expr/resolve/common-type.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { argTypeOf } from '../expr/resolve/operand.ts';
import type { ArgType } from '../expr/resolve/pg-types.ts';
import type { Expression, FunctionCall } from '../sql/ast.ts';
import type { BoundOverCall, OverFrame, OverFunctionName } from './bound.ts';
import { boundCall } from './bind-aggregate.ts';
import { invalidQuery, typeMismatch, unsupported } from './fail.ts';

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
    const count = buckets(call.arguments[0]!.value, bind);
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
  const values = [first!, ...(third === undefined ? [] : [third])].map(bind);
  const type = valueType(values.map(argTypeOf), name, call.span);
  const args = values.map((value) => coerce(value, type));
  const plain = { name, fn: name as OverFunctionName, type, nullable: true, frame: shifts ? WHOLE : frame };
  if (second === undefined) return { ...plain, args, count: shifts ? 1 : 0 };
  const by = coerce(bind(second), INTEGER);
  const count = isConstant(by) ? evaluateConstant(by) : null;
  if (typeof count !== 'number') return { ...plain, args: [...args, by], count: 0, counted: true };
  if (!shifts && count <= 0)
    throw invalidQuery('argument of nth_value must be greater than zero', second.span, 'write 1 or more');
  return { ...plain, args, count };
}

/** As PostgreSQL's anyelement and anycompatible: something must say the type. */
function valueType(types: readonly ArgType[], name: string, span: TextSpan): SqlType {
  if (types.every((type) => type === 'unknown'))
    throw typeMismatch(
      'could not determine polymorphic type because input has type unknown',
      span,
      `say its type: ${name}('…'::text)`,
    );
  return commonType(types, name.toUpperCase(), span);
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

/** The same for all rows of the query: PostgreSQL takes that of the first row of each partition. */
function buckets(expression: Expression, bind: Bind): number {
  const by = coerce(bind(expression), INTEGER);
  if (!isConstant(by))
    throw unsupported('ntile of what is no constant', expression.span, 'write the number of buckets');
  const count = evaluateConstant(by);
  if (typeof count === 'number' && count > 0) return count;
  throw invalidQuery('argument of ntile must be greater than zero', expression.span, 'write 1 or more');
}
