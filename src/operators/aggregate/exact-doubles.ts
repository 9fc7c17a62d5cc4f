// Doubles as what they are, fractions of powers of two: exact as bigints, and rounded to the nearest double once, at the end.

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** The least n ≥ 0 for which x·2^n is an integer. */
export function fractionBits(x: number): number {
  if (Number.isInteger(x)) return 0;
  double[0] = x;
  const [low, high] = [words[0]!, words[1]!];
  const exponent = (high >>> 20) & 0x7ff;
  const zeros = low !== 0 ? trailingZeros(low) : 32 + trailingZeros(high | 0x100000);
  return Math.max(0, 1075 - Math.max(exponent, 1) - zeros);
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Exact: `bits` are at least those of the fraction. */
export function timesPowerOfTwo(x: number, bits: number): bigint {
  const scaled = x * 2 ** Math.min(bits, 1000);
  if (bits <= 1000 && Math.abs(scaled) < 2 ** 53) return BigInt(scaled);
  double[0] = x;
  const exponent = (words[1]! >>> 20) & 0x7ff;
  const fraction = (BigInt(words[1]! & 0xfffff) << 32n) | BigInt(words[0]!);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const shift = BigInt(Math.max(exponent, 1) - 1075 + bits);
  const value = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -value : value;
}

/** Of a bigint's magnitude. */
export function bitLength(x: bigint): number {
  const hex = x.toString(16).replace('-', '');
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0]!, 16)) - 28);
}

/** The double nearest to x / 2^bits, ties to even; infinite when it is too large. */
export function nearestDouble(x: bigint, bits: number): number {
  const drop = bitLength(x) - 66;
  // Of what is cut off only matters that it is something.
  const kept = drop <= 0 ? x : (x >> BigInt(drop)) | (x & ((1n << BigInt(drop)) - 1n) ? 1n : 0n);
  const exponent = Math.max(drop, 0) - bits;
  if (exponent >= 0) return Number(kept) * 2 ** Math.min(exponent, 1023);
  // Two factors where one would be too small; the first product is exact.
  const first = Math.max(exponent, -1000);
  return subnormal(kept, exponent) ?? Number(kept) * 2 ** first * 2 ** (exponent - first);
}

/** Below the normal range a double has fewer bits: it is rounded to what it has, at once. */
function subnormal(x: bigint, exponent: number): number | undefined {
  const lowest = -1074 - exponent;
  if (lowest <= 0 || bitLength(x) - lowest > 52) return undefined;
  const unit = 1n << BigInt(lowest);
  const size = x < 0n ? -x : x;
  const [whole, rest] = [size / unit, size % unit];
  const up = rest * 2n > unit || (rest * 2n === unit && (whole & 1n) === 1n);
  const value = Number(whole + (up ? 1n : 0n)) * 2 ** -1074;
  return x < 0n ? -value : value;
}

/** a / b (b > 0) as a double, within a hair of the nearest; infinite when it is too large. */
export function ratio(a: bigint, b: bigint): number {
  if (a === 0n) return 0;
  if (a < 0n) return -ratio(-a, b);
  // 66 significant bits, then scaled in two steps that stay within the range of doubles.
  const shift = 66 - (bitLength(a) - bitLength(b));
  const q = shift >= 0 ? (a << BigInt(shift)) / b : a / (b << BigInt(-shift));
  const half = Math.trunc(-shift / 2);
  return Number(q) * 2 ** half * 2 ** (-shift - half);
}
