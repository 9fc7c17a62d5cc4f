// Correlation, covariance and regression of pairs (y, x) of doubles: exact sums of both, of their squares and of their products, as
// variance-code.ts has them of one. A NaN or infinity is counted on its side.

import type { CallCode } from './code-shape.ts';

/** Pairs; sums of x, y, x², y², x·y; bits behind the point of x and of y; NaN, ∞ and −∞ of x, then of y. */
const KINDS = [
  'f64',
  ...(['big', 'big', 'big', 'big', 'big'] as const),
  ...(['i32', 'i32'] as const),
  ...(['f64', 'f64', 'f64', 'f64', 'f64', 'f64'] as const),
] as const;

/** Code of call number `j` over input columns `y` and `x`; x is not NULL where y is not. */
export function regressionCode(j: number, y: number, x: number): CallCode {
  const all = KINDS.slice(1).map((_, a) => `@${a + 1}`);
  return {
    kinds: KINDS,
    open: `const m${j} = I[${y}].nulls; const v${j} = I[${y}].values, u${j} = I[${x}].values;`,
    add:
      `if (m${j} === null || m${j}[i] !== 1) ` +
      `{ @0[s] += W; addPair(v${j}[i], u${j}[i], W, ${all.join(', ')}, s); }`,
  };
}
