// The stddev and variance family keeps exact sums: of the arguments and of their squares, as bigints. Doubles are fractions of powers
// of two, so they are exact too: nothing cancels badly, nothing depends on the order of rows, and a row that leaves takes away
// what it brought.

import type { Layout } from '../../data/types.ts';
import type { AddCode } from './code-shape.ts';

export function varianceCode(layout: Layout, v: string): AddCode {
  switch (layout) {
    case 'i32':
    case 'i64': {
      const value = layout === 'i32' ? `BigInt(${v}[i])` : `${v}[i]`;
      return { kinds: ['f64', 'big', 'big'], add: `@0[s] += W; addSquares(${value}, W, @1, @2, s);` };
    }
    case 'f64':
      return {
        kinds: ['f64', 'big', 'big', 'i32', 'f64'],
        add: `@0[s] += W; addDoubleSquares(${v}[i], W, @1, @2, @3, @4, s);`,
      };
    case 'numeric':
      return {
        kinds: ['f64', 'big', 'big', 'i32', 'i32', 'f64', 'bytes', 'f64'],
        add: `@0[s] += W; addNumericSquares(${v}, i, W, @1, @2, @3, @4, @5, @6, @7, s);`,
      };
    default:
      throw new Error(`variance of ${layout}: the binder accepts none`);
  }
}
