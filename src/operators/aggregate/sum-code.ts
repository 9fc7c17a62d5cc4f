// Sums over input that only grows. They are kept in doubles that hold exact integers and spill into a bigint long before 2^53, so
// that no BigInt is made per row.

import type { Layout } from '../../data/types.ts';
import type { AddCode } from './code-shape.ts';
import { doubleSumCode } from './double-sum-code.ts';

/** Spill far below 2^53: one more row of at most 2^32 keeps the double exact. */
export const LIMIT = '4503599627370496';

/** Accumulator 0 of every sum counts the rows that were added; NULL is the sum of none. */
export function sumCode(layout: Layout, v: string): AddCode {
  switch (layout) {
    case 'i32':
      return {
        kinds: ['f64', 'f64', 'big'],
        add: `@0[s] += 1; const t = @1[s] + ${v}[i]; @1[s] = t; if (t > ${LIMIT} || t < -${LIMIT}) spillLow(@1, @2, s);`,
      };
    case 'i64':
      // Low words (unsigned) and high words (signed) are summed apart; the value is big + high·2^32 + low.
      return {
        kinds: ['f64', 'f64', 'f64', 'big'],
        add:
          `@0[s] += 1; const t = @1[s] + (${v}[2 * i] >>> 0), u = @2[s] + ${v}[2 * i + 1]; @1[s] = t; @2[s] = u; ` +
          `if (t > ${LIMIT} || u > ${LIMIT} || u < -${LIMIT}) spillBoth(@1, @2, @3, s);`,
      };
    case 'f64':
      return doubleSumCode(v);
    case 'numeric':
      return { kinds: ['f64', 'big', 'i32', 'u8'], add: `@0[s] += 1; addNumeric(${v}, i, @1, @2, @3, s);` };
    case 'interval':
      return intervalSum(v);
    default:
      throw new Error(`sum of ${layout}: the binder accepts none`);
  }
}

/** Months, days and microseconds apart, infinities counted. */
export function intervalSum(v: string): AddCode {
  return {
    kinds: ['f64', 'f64', 'f64', 'big', 'f64', 'f64'],
    add: `@0[s] += W; addInterval(${v}, i, W, @1, @2, @3, @4, @5, s);`,
  };
}
