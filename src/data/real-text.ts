// Text forms of real. Values are doubles that are exact singles.

import { doubleToText, layDigits, parseDouble } from './double-text.ts';
import { fail } from './failure.ts';
import { parseNumeric } from './numeric-text.ts';

const bits = new DataView(new ArrayBuffer(4));

/** The next single above or below in size; |value| is finite. */
function neighbour(size: number, step: 1 | -1): number {
  bits.setFloat32(0, size);
  bits.setUint32(0, bits.getUint32(0) + step);
  return bits.getFloat32(0);
}

/** The shortest digits that read back as the same single, as Postgres writes them: plain notation for exponents −4 … 5. */
export function realToText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return doubleToText(value);
  const size = Math.abs(value);
  const below = (size + neighbour(size, -1)) / 2;
  const next = neighbour(size, 1);
  const above = Number.isFinite(next) ? (size + next) / 2 : size + (size - below);
  return (value < 0 ? '-' : '') + layDigits(shortest(size, below, above), 6);
}

/** Of the shortest decimals between the bounds the nearest; bounds themselves do not count. */
function shortest(size: number, below: number, above: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const nearest = size.toExponential(digits);
    const exponent = nearest.slice(nearest.indexOf('e') + 1);
    const unit = 10 ** (Number(exponent) - digits);
    const next = Number(nearest) < size ? Number(nearest) + unit : Number(nearest) - unit;
    const other = next.toExponential(digits);
    // Of two that are equally near the even one is taken; toExponential takes the greater.
    const tie = size - Number(other) === Number(nearest) - size && /[13579]e/.test(nearest);
    for (const candidate of tie ? [other, nearest] : [nearest, other])
      if (Number(candidate) > below && Number(candidate) < above) return candidate;
  }
  return size.toExponential(8);
}

export function parseReal(text: string): number {
  const value = parseDouble(text, 'real');
  const single = roundOnce(value, text);
  if ((!Number.isFinite(single) && Number.isFinite(value)) || (single === 0 && value !== 0))
    fail('22003', `"${text.trim()}" is out of range for type real`);
  return single;
}

/** A double half way between two singles may itself be rounded: then the text decides. */
function roundOnce(value: number, text: string): number {
  const single = Math.fround(value);
  if (single === value || !Number.isFinite(single) || !Number.isFinite(value)) return single;
  const size = Math.abs(value);
  const near = Math.abs(single);
  const other = near < size ? neighbour(near, 1) : neighbour(near, -1);
  if ((near + other) / 2 !== size || /x/i.test(text)) return single;
  const exact = parseNumeric(text);
  const middle = parseNumeric(size.toFixed(100).replace(/\.?0+$/, ''));
  const scale = Math.max(exact.scale, middle.scale);
  const shown = (exact.unscaled < 0n ? -exact.unscaled : exact.unscaled) * 10n ** BigInt(scale - exact.scale);
  const half = middle.unscaled * 10n ** BigInt(scale - middle.scale);
  if (shown === half) return single;
  const chosen = shown > half === other > near ? other : near;
  return value < 0 ? -chosen : chosen;
}
