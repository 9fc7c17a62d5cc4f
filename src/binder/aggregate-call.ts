// What the later stages ask of an aggregate call: its expressions, the same call over other columns, its text.

import type { BoundExpr } from '../expr/bound.ts';
import type { AggregateName } from '../expr/resolve/aggregates.ts';
import { keepsNulls } from '../expr/resolve/aggregates.ts';
import type { BoundAggregate } from './bound.ts';

/** Everything that it reads of a row. */
export function callExprs(call: BoundAggregate): readonly BoundExpr[] {
  const order = call.order.map(({ expr }) => expr);
  return [call.arg, call.second, call.filter, ...order].flatMap((expr) => expr ?? []);
}

export function mapCall(call: BoundAggregate, f: (expr: BoundExpr) => BoundExpr): BoundAggregate {
  return {
    ...call,
    arg: call.arg === null ? null : f(call.arg),
    second: call.second === null ? null : f(call.second),
    filter: call.filter === null ? null : f(call.filter),
    order: call.order.map((item) => ({ ...item, expr: f(item.expr) })),
  };
}

/** As SQL has it, with expressions spelled by `text`. */
export function callText(call: BoundAggregate, text: (expr: BoundExpr) => string): string {
  if (call.arg === null) return 'count(*)';
  const args = [call.arg, ...(call.second === null ? [] : [call.second])]
    .map((expr) => text(expr))
    .join(', ');
  const order = call.order.map(({ expr, descending, nullsFirst }) => {
    const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
    return `${text(expr)}${descending ? ' DESC' : ''}${nulls}`;
  });
  const by = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`;
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${text(call.filter)})`;
  return `${call.fn}(${call.distinct ? 'DISTINCT ' : ''}${args}${by})${filter}`;
}

const OF_TWO: ReadonlySet<AggregateName> = new Set<AggregateName>(['stddev_samp', 'var_samp']);

/** Can its value be NULL for a group that has a row? Some need two rows. */
export function nullableInGroup({ nullable, fn, arg, filter }: BoundAggregate): boolean {
  if (keepsNulls(fn)) return filter !== null;
  return nullable && ((arg?.nullable ?? false) || OF_TWO.has(fn));
}
