// Sums over changing input: what a row of weight W adds can be taken away again, exactly.

import type { Layout } from '../../data/types.ts';
import type { AddCode } from './code-shape.ts';
import { doubleSumCode } from './double-sum-code.ts';
import { intervalSum, LIMIT } from './sum-code.ts';

/** Accumulator 0 of every sum counts the rows that were added; NULL is the sum of none. */
export function changingSumCode(layout: Layout, v: string): AddCode {
  switch (layout) {
    case 'i32':
      return {
        kinds: ['f64', 'f64', 'big'],
        add:
          `@0[s] += W; const t = @1[s] + ${v}[i] * W; @1[s] = t; ` +
          `if (t > ${LIMIT} || t < -${LIMIT}) spillLow(@1, @2, s);`,
      };
    case 'i64':
      // Low words (unsigned) and high words (signed) are summed apart; the value is big + high·2^32 + low.
      return {
        kinds: ['f64', 'f64', 'f64', 'big'],
        add:
          `@0[s] += W; const t = @1[s] + (${v}[2 * i] >>> 0) * W, u = @2[s] + ${v}[2 * i + 1] * W; @1[s] = t; @2[s] = u; ` +
          `if (t > ${LIMIT} || t < -${LIMIT} || u > ${LIMIT} || u < -${LIMIT}) spillBoth(@1, @2, @3, s);`,
      };
    case 'f64':
      return doubleSumCode(v);
    case 'numeric':
      return {
        kinds: ['f64', 'big', 'i32', 'i32', 'f64', 'bytes', 'f64', 'f64', 'f64'],
        add: `@0[s] += W; addChangingNumeric(${v}, i, W, @1, @2, @3, @4, @5, @6, @7, @8, s);`,
      };
    case 'interval':
      return intervalSum(v);
    default:
      throw new Error(`sum of ${layout}: the binder accepts none`);
  }
}
