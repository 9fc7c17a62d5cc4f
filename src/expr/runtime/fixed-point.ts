// ln and exp of decimals to any precision: numbers are integers that count units of 10^−digits. Results are off by a few units,
// so callers take some digits more than they show.

import { powerOfTen } from '../../data/numeric.ts';

const logsOfTwo = new Map<number, bigint>();

/** 2 · atanh(1/3) */
function logOfTwo(digits: number): bigint {
  const known = logsOfTwo.get(digits);
  if (known !== undefined) return known;
  const value = 2n * inverseTanh(powerOfTen(digits) / 3n, digits);
  if (logsOfTwo.size < 100) logsOfTwo.set(digits, value);
  return value;
}

/** t + t³/3 + t⁵/5 + … for |t| ≤ 1/3. */
function inverseTanh(t: bigint, digits: number): bigint {
  const one = powerOfTen(digits);
  const square = (t * t) / one;
  let sum = 0n;
  for (let power = t, n = 1n; power !== 0n; power = (power * square) / one, n += 2n) sum += power / n;
  return sum;
}

/** ln x for x > 0: x is 2^k times a number near 1, whose logarithm is 2 · atanh((m − 1) / (m + 1)). */
export function logarithm(x: bigint, digits: number): bigint {
  const one = powerOfTen(digits);
  let k = x.toString(2).length - one.toString(2).length;
  let m = k >= 0 ? x >> BigInt(k) : x << BigInt(-k);
  if (3n * m > 4n * one) {
    m >>= 1n;
    k++;
  }
  return BigInt(k) * logOfTwo(digits) + 2n * inverseTanh(((m - one) * one) / (m + one), digits);
}

/** How often the argument of the series is halved. */
const HALVINGS = 8n;

/** e^x: x is k · ln 2 + r, e^r is the 2^8-th power of e^(r/2^8). */
export function exponential(x: bigint, digits: number): bigint {
  const one = powerOfTen(digits);
  const two = logOfTwo(digits);
  const k = x / two - (x < 0n ? 1n : 0n);
  const r = (x - k * two) >> HALVINGS;
  let sum = one;
  for (let term = r, n = 1n; term !== 0n; n++, term = (term * r) / (one * n)) sum += term;
  for (let i = 0n; i < HALVINGS; i++) sum = (sum * sum) / one;
  return k >= 0n ? sum << k : sum >> -k;
}
