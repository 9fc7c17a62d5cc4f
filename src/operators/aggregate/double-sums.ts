// What the loop of double-sum-code.ts calls where two doubles do not hold a sum: zeros, NaN and infinities, which are counted, and sums
// of too many bits, which are kept as a bigint. What a group's accumulators add up to.

import { doubleOverflow } from '../../data/failure.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { big, number } from './accumulated.ts';
import { fractionBits, nearestDouble, timesPowerOfTwo } from './exact-doubles.ts';

type Bigs = (bigint | undefined)[];

export function addOddDouble(
  x: number,
  weight: number,
  sum: Float64Array,
  rest: Float64Array,
  exact: Bigs,
  bits: Int32Array,
  nan: Float64Array,
  plus: Float64Array,
  minus: Float64Array,
  zeros: Float64Array,
  s: number,
): void {
  if (x === 0) {
    if (Object.is(x, -0)) zeros[s] = zeros[s]! + weight;
  } else if (x - x !== 0) {
    const special = x !== x ? nan : x > 0 ? plus : minus;
    special[s] = special[s]! + weight;
  } else {
    addExactly(sum[s]!, 1n, exact, bits, s);
    addExactly(rest[s]!, 1n, exact, bits, s);
    addExactly(x, BigInt(weight), exact, bits, s);
    sum[s] = 0;
    rest[s] = 0;
  }
}

/** The bigint is the sum times 2^bits; bits are as many as any value has needed since it was 0. */
function addExactly(x: number, weight: bigint, exact: Bigs, bits: Int32Array, s: number): void {
  if (x === 0) return;
  const before = exact[s] ?? 0n;
  if (before === 0n) bits[s] = 0;
  const own = Math.max(bits[s]!, fractionBits(x));
  exact[s] = (before << BigInt(own - bits[s]!)) + timesPowerOfTwo(x, own) * weight;
  bits[s] = own;
}

/** The sum of a group with at least one value. */
export function doubleTotal(accs: readonly Accumulator[], i: number): number {
  const [nan, plus, minus] = [number(accs[5]!, i), number(accs[6]!, i), number(accs[7]!, i)];
  if (nan > 0 || (plus > 0 && minus > 0)) return NaN;
  if (plus > 0) return Infinity;
  if (minus > 0) return -Infinity;
  if (number(accs[8]!, i) === number(accs[0]!, i)) return -0;
  const total = finiteTotal(accs, i);
  if (!Number.isFinite(total)) doubleOverflow();
  return total;
}

function finiteTotal(accs: readonly Accumulator[], i: number): number {
  const [sum, rest, exact] = [number(accs[1]!, i), number(accs[2]!, i), big(accs[3]!, i)];
  // One addition of doubles rounds once.
  if (exact === 0n) return sum + rest;
  const have = number(accs[4]!, i);
  const bits = Math.max(have, fractionBits(sum), fractionBits(rest));
  const all = (exact << BigInt(bits - have)) + timesPowerOfTwo(sum, bits) + timesPowerOfTwo(rest, bits);
  return nearestDouble(all, bits);
}
