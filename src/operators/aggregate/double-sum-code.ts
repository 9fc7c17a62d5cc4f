// Sums of doubles, exact: what is left when a row goes away is what the others add up to, and no order of rows gives another sum. Two
// doubles hold the sum as long as adding to both loses nothing, which is nearly always; otherwise what they hold goes into a bigint
// (double-sums.ts). Both additions tell what they lose: T. J. Dekker, Numer. Math. 18, 1971, and D. E. Knuth, The Art of Computer
// Programming, volume 2, 4.2.2, theorem B.

import type { AddCode } from './code-shape.ts';

export function doubleSumCode(v: string): AddCode {
  return {
    // Rows; sum, rest; bigint and how many of its bits are behind the point; NaN, infinities and negative zeros by number.
    kinds: ['f64', 'f64', 'f64', 'big', 'i32', 'f64', 'f64', 'f64', 'f64'],
    add:
      `@0[s] += W; const x = ${v}[i], y = W < 0 ? -x : x, ` +
      'o = @1[s], t = o + y, b = t - o, e = (o - (t - b)) + (y - b), ' +
      'r = @2[s], q = r + e, c = q - r, l = (r - (q - c)) + (e - c); ' +
      'if (l === 0 && x !== 0 && W * W === 1) { @1[s] = t; @2[s] = q; } ' +
      'else addOddDouble(x, W, @1, @2, @3, @4, @5, @6, @7, @8, s);',
  };
}
