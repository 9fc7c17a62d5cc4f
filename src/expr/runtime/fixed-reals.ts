// Real numbers as integers: value = number / 2^BITS. Slow, and exact enough that rounding to a double is the only error.

export const BITS = 192n;
export const ONE = 1n << BITS;

/** Towards zero, so that series of falling terms of both signs come to their end. */
export function multiply(a: bigint, b: bigint): bigint {
  return (a * b) / ONE;
}

export function divide(a: bigint, b: bigint): bigint {
  return (a << BITS) / b;
}

/** The exact value of a double: mantissa · 2^exponent. */
function partsOf(x: number): readonly [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [bits >> 63n === 1n ? -mantissa : mantissa, Math.max(exponent, 1) - 1075];
}

function shifted(value: bigint, by: bigint): bigint {
  return by >= 0n ? value << by : value >> -by;
}

export function fromDouble(x: number): bigint {
  const [mantissa, exponent] = partsOf(x);
  return shifted(mantissa, BITS + BigInt(exponent));
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** The double nearest to value / 2^BITS · 2^exponent, subnormal ones and infinity included. */
export function toDouble(value: bigint, exponent = 0): number {
  if (value === 0n) return 0;
  const size = value < 0n ? -value : value;
  const low = Math.max(bitLength(size) - 53, -1074 - exponent + Number(BITS));
  const half = low > 0 ? 1n << BigInt(low - 1) : 0n;
  const kept = low > 0 ? (size + half) >> BigInt(low) : size;
  const power = Math.max(low, 0) + exponent - Number(BITS);
  // In two steps, since a power of two below the least double is zero.
  const near = Number(kept) * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2));
  return value < 0n ? -near : near;
}

/** 2 · (t + t³/3 + t⁵/5 + …) = ln((1 + t) / (1 − t)) */
function logOfRatio(t: bigint): bigint {
  const square = multiply(t, t);
  let [power, sum] = [t, 0n];
  for (let n = 1n; power !== 0n; n += 2n, power = multiply(power, square)) sum += power / n;
  return sum * 2n;
}

export const LN2 = logOfRatio(ONE / 3n);

export function ln(x: bigint): bigint {
  const power = BigInt(bitLength(x)) - BITS;
  const mantissa = shifted(x, -power);
  return logOfRatio(divide(mantissa - ONE, mantissa + ONE)) + power * LN2;
}

/** e^x = value · 2^exponent, with the value between 1/2 and 2. */
export function exp(x: bigint): { readonly value: bigint; readonly exponent: number } {
  const power = x / LN2;
  const rest = x - power * LN2;
  let [term, sum] = [ONE, 0n];
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = multiply(term, rest) / n;
  }
  return { value: sum, exponent: Number(power) };
}

/** Machin: π = 16 atan(1/5) − 4 atan(1/239) */
function arctangentOfInverse(n: bigint): bigint {
  let [power, sum] = [ONE / n, 0n];
  for (let k = 1n; power !== 0n; k += 2n, power = -power / (n * n)) sum += power / k;
  return sum;
}

export const PI = 16n * arctangentOfInverse(5n) - 4n * arctangentOfInverse(239n);

/** sin(πx) */
export function sineOfPi(x: bigint): bigint {
  const whole = x >> BITS;
  const angle = multiply(x - whole * ONE, PI);
  const square = multiply(angle, angle);
  let [term, sum] = [angle, 0n];
  for (let n = 2n; term !== 0n; n += 2n) {
    sum += term;
    term = -multiply(term, square) / (n * (n + 1n));
  }
  return whole % 2n === 0n ? sum : -sum;
}

export function squareRoot(x: bigint): bigint {
  const target = x << BITS;
  let root = 1n << BigInt((bitLength(target) + 1) >> 1);
  for (;;) {
    const next = (root + target / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
