// Aggregates that PostgreSQL does not have, in its words.

import type { Expression, FunctionCall, OrderItem } from './ast.ts';

/** Undefined: PostgreSQL has it. */
export function plainAggregate(call: FunctionCall): Expression | undefined {
  if (call.over !== undefined || call.name.schema !== undefined) return undefined;
  switch (call.name.name.name) {
    case 'approx_count_distinct':
      return { ...named(call, 'count'), distinct: true };
    case 'first_value':
      return firstOf(named(call, 'array_agg'));
    case 'last_value':
      return firstOf({ ...named(call, 'array_agg'), orderBy: call.orderBy.map(reversed) });
    default:
      return undefined;
  }
}

function named(call: FunctionCall, name: string): FunctionCall {
  return { ...call, name: { ...call.name, name: { ...call.name.name, name } } };
}

function firstOf(operand: FunctionCall): Expression {
  const { span } = operand;
  return { kind: 'Subscript', operand, index: { kind: 'NumberLiteral', text: '1', span }, span };
}

function reversed(item: OrderItem): OrderItem {
  const descending = item.direction === 'desc';
  const nullsFirst = item.nulls === undefined ? descending : item.nulls === 'first';
  return { ...item, direction: descending ? 'asc' : 'desc', nulls: nullsFirst ? 'last' : 'first' };
}
