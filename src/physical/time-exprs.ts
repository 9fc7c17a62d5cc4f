// Expressions over time that the planner makes itself, out of the function table's entries.

import { INTERVAL } from '../data/types.ts';
import { bindOperator, bindTumbleStart } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';

/** The start of the window of `size` microseconds that `time` falls in; windows are counted from 1970-01-01 00:00 plus `offset`. */
export function windowStart(time: BoundExpr, size: bigint, offset: bigint): BoundExpr {
  if (offset === 0n) return bindTumbleStart(time, size);
  return plusMicros(bindTumbleStart(plusMicros(time, -offset), size), offset);
}

export function plusMicros(time: BoundExpr, micros: bigint): BoundExpr {
  const literal = (value: bigint): BoundExpr => ({
    kind: 'literal',
    value: { months: 0, days: 0, micros: value },
    type: INTERVAL,
    nullable: false,
  });
  return micros < 0n ? bindOperator('-', time, literal(-micros)) : bindOperator('+', time, literal(micros));
}
