// `SELECT calls FROM (query)`: the one row that tells of a subquery what is to be known of it.

import type { BoundExpr } from '../expr/bound.ts';
import { coerce } from '../expr/resolve/casts.ts';
import { resolveAggregate } from '../expr/resolve/aggregates.ts';
import type { BoundAggregate, BoundColumn, BoundOrder, BoundQuery, BoundSelect } from './bound.ts';
import { plainSelect } from './plain-select.ts';

/** `arg`: over the columns of the query; null: count(*). */
export interface PlainCall {
  readonly name: string;
  readonly arg: BoundExpr | null;
  readonly order?: readonly BoundOrder[];
}

export function aggregated(
  query: BoundQuery,
  wanted: readonly PlainCall[],
  where: BoundExpr | null = null,
): BoundSelect {
  const calls = wanted.map(boundCall);
  const columns = calls.map(({ name, type, nullable }): BoundColumn => {
    return { name, type, nullable, time: null };
  });
  const from = { kind: 'derived' as const, query, alias: '', columns: query.columns };
  const plain = plainSelect(from, columns, columnsOf(columns), query.span);
  return { ...plain, where, group: { keys: [], keyNames: [], calls } };
}

function boundCall({ name, arg, order = [] }: PlainCall): BoundAggregate {
  const { fn, params, result, nullable } = resolveAggregate(
    name,
    arg === null ? [] : [arg.type],
    arg === null,
  );
  return {
    fn,
    name,
    type: result,
    nullable,
    arg: arg === null ? null : coerce(arg, params[0]!),
    second: null,
    filter: null,
    distinct: false,
    order,
  };
}

/** Each column as an expression over the row, which starts at `at` in a longer one. */
export function columnsOf(columns: readonly BoundColumn[], at = 0): readonly BoundExpr[] {
  return columns.map(({ name, type, nullable }, index) => {
    return { kind: 'column', index: at + index, name, type, nullable };
  });
}

/** Does it give exactly one row, whatever there is? */
export function givesOneRow(query: BoundQuery): boolean {
  if (query.kind !== 'select' || query.having !== null || query.havingNow.length > 0) return false;
  if (query.group !== null) return query.group.keys.length === 0 && query.group.groupings === undefined;
  if (query.where !== null || query.whereNow.length > 0) return false;
  return query.from.kind === 'one' || (query.from.kind === 'derived' && givesOneRow(query.from.query));
}
