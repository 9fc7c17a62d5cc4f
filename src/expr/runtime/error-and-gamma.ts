// erf, erfc, gamma and lgamma, from series over long integers (fixed-reals.ts). PostgreSQL asks the C library, whose last
// digits may be others.

import { doubleOverflow, doubleUnderflow } from '../../data/failure.ts';
import * as real from './fixed-reals.ts';

const ROOT_OF_PI = real.squareRoot(real.PI);

/** 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)) */
function erfBySeries(x: bigint): bigint {
  const square = real.multiply(x, x);
  let [power, sum] = [x, 0n];
  for (let n = 0n; power !== 0n; n++) {
    sum += power / (2n * n + 1n);
    power = -real.multiply(power, square) / (n + 1n);
  }
  return real.divide(2n * sum, ROOT_OF_PI);
}

const TERMS = 150n;

/** e^(−x²) / (√π · (x + (1/2) / (x + (2/2) / (x + …)))), for x of 3 and more. */
function erfcByFraction(x: bigint): number {
  let below = x;
  for (let n = TERMS; n > 0n; n--) below = x + real.divide((n * real.ONE) / 2n, below);
  const { value, exponent } = real.exp(-real.multiply(x, x));
  return real.toDouble(real.divide(value, real.multiply(ROOT_OF_PI, below)), exponent);
}

/** Beyond these the nearest double is 1, and 0. */
const ERF_END = 6;
const ERFC_END = 28;

export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (Math.abs(x) >= ERF_END) return Math.sign(x);
  // Below the fixed point's grain only the first term counts.
  if (Math.abs(x) < 2 ** -60) return real.toDouble(real.divide(2n * real.ONE, ROOT_OF_PI)) * x;
  return real.toDouble(erfBySeries(real.fromDouble(x)));
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= ERFC_END) return 0;
  if (x <= -ERF_END) return 2;
  if (Math.abs(x) < 2 ** -60) return 1;
  if (x < 3) return real.toDouble(real.ONE - erfBySeries(real.fromDouble(x)));
  return erfcByFraction(real.fromDouble(x));
}

/** B(2k) / (2k (2k − 1)), as fractions: B(m) by the sums of binomials. */
const STIRLING: readonly (readonly [bigint, bigint])[] = (() => {
  const numbers: [bigint, bigint][] = [[1n, 1n]];
  for (let m = 1n; m <= 60n; m++) {
    let [top, bottom] = [0n, 1n];
    let choose = 1n;
    for (let k = 0n; k < m; k++) {
      const [a, b] = numbers[Number(k)]!;
      [top, bottom] = reduced(top * b + choose * a * bottom, bottom * b);
      choose = (choose * (m + 1n - k)) / (k + 1n);
    }
    numbers.push(reduced(-top, bottom * (m + 1n)));
  }
  return numbers
    .map(([a, b], m) => [a, b * BigInt(m) * BigInt(m - 1)] as const)
    .filter((_, m) => m >= 2 && m % 2 === 0);
})();

function reduced(top: bigint, bottom: bigint): [bigint, bigint] {
  let [a, b] = [top < 0n ? -top : top, bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  return [top / a, bottom / a];
}

const HALF_LN_2PI = real.ln(2n * real.PI) / 2n;
const FAR = 60n * real.ONE;

/** ln Γ(x) for x > 0, by Stirling's series from 60 on, and by Γ(x + 1) = x Γ(x) below. */
function lnGamma(x: bigint): bigint {
  let [z, product] = [x, real.ONE];
  while (z < FAR) {
    product = real.multiply(product, z);
    z += real.ONE;
  }
  const inverse = real.divide(real.ONE, z);
  const square = real.multiply(inverse, inverse);
  let [power, sum] = [inverse, 0n];
  for (const [top, bottom] of STIRLING) {
    sum += (power * top) / bottom;
    power = real.multiply(power, square);
  }
  const logarithm = real.ln(z);
  return real.multiply(z - real.ONE / 2n, logarithm) - z + HALF_LN_2PI + sum - real.ln(product);
}

/** Below this, 1/x is all that a double shows of Γ(x). */
const NEAR_ZERO = 2 ** -60;

/** ln |Γ(x)| and the sign, for x that is no pole. */
function gammaParts(x: number): { readonly logarithm: bigint; readonly negative: boolean } {
  const value = real.fromDouble(x);
  if (x > 0) return { logarithm: lnGamma(value), negative: false };
  const sine = real.sineOfPi(value);
  const size = real.ln(real.divide(real.PI, sine < 0n ? -sine : sine));
  return { logarithm: size - lnGamma(real.ONE - value), negative: sine < 0n };
}

const isPole = (x: number): boolean => x <= 0 && Number.isInteger(x);

export function gamma(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (isPole(x) || x === -Infinity || x > 172) return doubleOverflow();
  if (x < -185) return doubleUnderflow();
  if (Math.abs(x) < NEAR_ZERO) return finite(1 / x);
  const { logarithm, negative } = gammaParts(x);
  const { value, exponent } = real.exp(logarithm);
  const size = finite(real.toDouble(value, exponent));
  return negative ? -size : size;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) doubleOverflow();
  return value === 0 ? doubleUnderflow() : value;
}

export function lnOfGamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Infinity;
  if (isPole(x)) return doubleOverflow();
  if (x === 1 || x === 2) return 0;
  if (Math.abs(x) < NEAR_ZERO) return -Math.log(Math.abs(x));
  const value = real.toDouble(gammaParts(x).logarithm);
  return Number.isFinite(value) ? value : doubleOverflow();
}
