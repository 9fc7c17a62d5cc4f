// What the loop of regression-code.ts calls to add a pair.

import { fractionBits, timesPowerOfTwo } from './exact-doubles.ts';

type Bigs = (bigint | undefined)[];

/** Sums are of x·2^xBits and y·2^yBits, squares and products accordingly. */
export function addPair(
  y: number,
  x: number,
  weight: number,
  sumX: Bigs,
  sumY: Bigs,
  squaresX: Bigs,
  squaresY: Bigs,
  products: Bigs,
  xBits: Int32Array,
  yBits: Int32Array,
  xNan: Float64Array,
  xPlus: Float64Array,
  xMinus: Float64Array,
  yNan: Float64Array,
  yPlus: Float64Array,
  yMinus: Float64Array,
  s: number,
): void {
  const w = BigInt(weight);
  const hasX = Number.isFinite(x);
  const hasY = Number.isFinite(y);
  if (hasX) {
    widen(x, xBits, sumX, squaresX, products, s);
    const scaled = timesPowerOfTwo(x, xBits[s]!);
    sumX[s] = (sumX[s] ?? 0n) + scaled * w;
    squaresX[s] = (squaresX[s] ?? 0n) + scaled * scaled * w;
  } else count(x, weight, xNan, xPlus, xMinus, s);
  if (hasY) {
    widen(y, yBits, sumY, squaresY, products, s);
    const scaled = timesPowerOfTwo(y, yBits[s]!);
    sumY[s] = (sumY[s] ?? 0n) + scaled * w;
    squaresY[s] = (squaresY[s] ?? 0n) + scaled * scaled * w;
  } else count(y, weight, yNan, yPlus, yMinus, s);
  if (hasX && hasY)
    products[s] = (products[s] ?? 0n) + timesPowerOfTwo(x, xBits[s]!) * timesPowerOfTwo(y, yBits[s]!) * w;
}

/** Makes room for the fraction of a value. */
function widen(value: number, bits: Int32Array, sum: Bigs, squares: Bigs, products: Bigs, s: number): void {
  const by = BigInt(fractionBits(value) - bits[s]!);
  if (by <= 0n) return;
  sum[s] = (sum[s] ?? 0n) << by;
  squares[s] = (squares[s] ?? 0n) << (2n * by);
  products[s] = (products[s] ?? 0n) << by;
  bits[s] = bits[s]! + Number(by);
}

function count(
  x: number,
  weight: number,
  nan: Float64Array,
  plus: Float64Array,
  minus: Float64Array,
  s: number,
): void {
  const special = x !== x ? nan : x > 0 ? plus : minus;
  special[s] = special[s]! + weight;
}
