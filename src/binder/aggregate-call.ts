// What the later stages ask of an aggregate call: its expressions, the same call over other columns, its text.

import { fractionsText } from '../data/fractions.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { AggregateName } from '../expr/resolve/aggregate-names.ts';
import { isOrderedSet, keepsNulls, picksValue } from '../expr/resolve/aggregate-names.ts';
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
  if (isOrderedSet(call.fn)) {
    const fractions = call.fractions === undefined ? '' : fractionsText(call.fractions);
    return `${call.fn}(${fractions}) WITHIN GROUP (ORDER BY ${order.join(', ')})`;
  }
  const by = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`;
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${text(call.filter)})`;
  return `${call.fn}(${call.distinct ? 'DISTINCT ' : ''}${args}${by})${filter}`;
}

const OF_TWO: ReadonlySet<AggregateName> = new Set<AggregateName>([
  'stddev_samp',
  'var_samp',
  'corr',
  'covar_samp',
  'regr_r2',
  'regr_slope',
  'regr_intercept',
]);

/** Can its value be NULL for a group that has a row? Some need two rows, or two that differ. */
export function nullableInGroup({ nullable, fn, arg, filter, fractions }: BoundAggregate): boolean {
  if (keepsNulls(fn)) return filter !== null || (picksValue(fn) && arg!.nullable);
  if (fractions?.array === false && fractions.list[0] === null) return true;
  return nullable && ((arg?.nullable ?? false) || OF_TWO.has(fn));
}
