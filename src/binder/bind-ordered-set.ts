// Ordered-set aggregates: percentile_cont(fraction) WITHIN GROUP (ORDER BY value). The value is the argument, its direction the order.

import { evaluateConstant } from '../expr/constant.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { isConstant } from '../expr/properties.ts';
import type { Fractions } from '../data/fractions.ts';
import { decodeArray } from '../data/tree/cells.ts';
import type { TreeValue, Value } from '../data/value.ts';
import { AGGREGATES, isOrderedSet } from '../expr/resolve/aggregate-names.ts';
import type { FunctionCall } from '../sql/ast.ts';
import { invalidQuery, unsupported } from './fail.ts';

/** WITHIN GROUP stands where it must, and nowhere else. */
export function requireOrderedSet(call: FunctionCall): void {
  const { name } = call.name.name;
  const fn = AGGREGATES.get(name);
  if (fn === undefined) return;
  if (isOrderedSet(fn)) {
    if (!call.withinGroup)
      throw invalidQuery(
        `WITHIN GROUP is required for ordered-set aggregate ${name}`,
        call.span,
        `write ${name}(…) WITHIN GROUP (ORDER BY value)`,
      );
    if (call.orderBy.length > 1)
      throw invalidQuery(`${name} sorts by one value`, call.orderBy[1]!.span, 'leave the others out');
  } else if (call.withinGroup) {
    throw invalidQuery(
      `${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`,
      call.span,
      `write ${name}(… ORDER BY …)`,
    );
  }
}

/** The fractions of percentiles are part of the query. */
export function fractionsOf(direct: BoundExpr): Fractions {
  const span = direct.span ?? { offset: 0, end: 0 };
  if (!isConstant(direct)) {
    throw unsupported('a percentile whose fraction is no constant', span, 'write the fraction');
  }
  const value = evaluateConstant(direct);
  const { type } = direct;
  const array = type.kind === 'array';
  const list: readonly Value[] =
    type.kind !== 'array' ? [value] : value === null ? [] : decodeArray(value as TreeValue, type);
  if (array && value === null) throw unsupported('percentiles of NULL', span, 'write the fractions');
  for (const fraction of list) {
    if (fraction === null || ((fraction as number) >= 0 && (fraction as number) <= 1)) continue;
    throw invalidQuery(
      `percentile value ${String(fraction)} is not between 0 and 1`,
      span,
      'a median is percentile_cont(0.5)',
    );
  }
  return { list: list as readonly (number | null)[], array };
}
