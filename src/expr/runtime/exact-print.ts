// Doubles as printf writes them with %f and %e: from their exact value, rounded half to even.

/** More digits than these are zeros, as in Postgres. */
const MAX_DIGITS = 350;

/** |x| = mantissa · 2^exponent. */
function parts(x: number): readonly [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  return exponent === 0 ? [fraction, -1074] : [fraction | (1n << 52n), exponent - 1075];
}

/** numerator / denominator, half to even. */
function rounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

/** round(|x| · 10^scale) */
function scaled(x: number, scale: number): bigint {
  const [mantissa, exponent] = parts(x);
  const up =
    mantissa * (exponent > 0 ? 2n ** BigInt(exponent) : 1n) * (scale > 0 ? 10n ** BigInt(scale) : 1n);
  return rounded(
    up,
    (exponent < 0 ? 2n ** BigInt(-exponent) : 1n) * (scale < 0 ? 10n ** BigInt(-scale) : 1n),
  );
}

function special(x: number): string | undefined {
  return Number.isFinite(x) ? undefined : Number.isNaN(x) ? 'NaN' : x > 0 ? 'Infinity' : '-Infinity';
}

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

export function printFixed(x: number, digits: number): string {
  const odd = special(x);
  if (odd !== undefined) return odd;
  const kept = Math.min(digits, MAX_DIGITS);
  const whole = scaled(x, kept)
    .toString()
    .padStart(kept + 1, '0');
  const point = whole.length - kept;
  const behind = whole.slice(point) + '0'.repeat(digits - kept);
  return (isNegative(x) ? '-' : '') + whole.slice(0, point) + (digits === 0 ? '' : `.${behind}`);
}

export function printExponent(x: number, digits: number): string {
  const odd = special(x);
  if (odd !== undefined) return odd;
  const kept = Math.min(digits, MAX_DIGITS);
  const [whole, exponent] = x === 0 ? ['0'.repeat(kept + 1), 0] : significant(x, kept);
  const behind = whole.slice(1) + '0'.repeat(digits - kept);
  const power = `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return (isNegative(x) ? '-' : '') + whole[0]! + (digits === 0 ? '' : `.${behind}`) + power;
}

function significant(x: number, digits: number): readonly [string, number] {
  let exponent = Math.floor(Math.log10(Math.abs(x)));
  for (;;) {
    const text = scaled(x, digits - exponent).toString();
    if (text.length === digits + 1) {
      // The logarithm may be one too great just below a power of ten.
      const more = scaled(x, digits - exponent + 1).toString();
      return more.length === digits + 1 ? [more, exponent - 1] : [text, exponent];
    }
    exponent += text.length > digits + 1 ? 1 : -1;
  }
}
