// Text forms of double precision, as Postgres reads and writes them.

import { fail } from './failure.ts';
import { trimSpace } from './trim.ts';

/** The shortest digits that read back as the same double; plain notation for exponents −4 … 14. */
export function doubleToText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return (value < 0 ? '-' : '') + layDigits(shortest(Math.abs(value)), 15);
}

/** `d.ddde±x` as Postgres lays it out: plain notation for exponents from −4 to below `precision`. */
export function layDigits(scientific: string, precision: number): string {
  const [mantissa, power] = scientific.split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= precision) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${digits[0]!}${rest}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/**
 * JavaScript accepts digits that lie exactly half way to the neighbouring double when reading rounds them back (ties to
 * even); Postgres does not, and takes one digit more. Only integers from 2^53 up to about 10^40 can meet that.
 */
function shortest(value: number): string {
  const text = value.toExponential();
  if (value < 2 ** 53 || value > 1e41) return text;
  if (!isHalfWay(value, text)) return text;
  for (let digits = text.replace(/e.*$/, '').length - 1; digits <= 16; digits++) {
    const longer = value.toExponential(digits);
    if (Number(longer) === value && !isHalfWay(value, longer)) return longer.replace(/\.?0+e/, 'e');
  }
  return text;
}

function isHalfWay(value: number, text: string): boolean {
  const exact = BigInt(value);
  const [mantissa, power] = text.split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const shown = BigInt(digits) * 10n ** BigInt(Math.max(0, Number(power) - digits.length + 1));
  if (shown === exact) return false;
  const unit = 1n << BigInt(exact.toString(2).length - 53);
  if (shown > exact) return (shown - exact) * 2n === unit;
  const below = (exact & (exact - 1n)) === 0n ? 4n : 2n;
  return (exact - shown) * below === unit;
}

const FORM = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** `type` names it in errors. */
export function parseDouble(text: string, type = 'double precision'): number {
  const trimmed = trimSpace(text);
  const special = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(trimmed);
  if (special !== null) return special[2] !== undefined ? NaN : special[1] === '-' ? -Infinity : Infinity;
  const hex = HEX_FORM.exec(trimmed);
  if (hex !== null) return parseHex(hex, trimmed, type);
  if (!FORM.test(trimmed)) fail('22P02', `invalid input syntax for type ${type}: "${text}"`);
  return inRange(Number(trimmed), !/[1-9]/.test(trimmed.replace(/[eE].*$/, '')), trimmed, type);
}

function inRange(value: number, isZero: boolean, text: string, type: string): number {
  if (!Number.isFinite(value) || (value === 0 && !isZero))
    fail('22003', `"${text}" is out of range for type ${type}`);
  return value;
}

/** C's hexadecimal form: `0x1F`, `0x1.8p3`. */
const HEX_FORM = /^([+-]?)0[xX](?=\.?[0-9a-fA-F])([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?$/;

function parseHex(
  [, sign, whole, fraction = '', exponent = '0']: RegExpExecArray,
  text: string,
  type: string,
): number {
  const mantissa = BigInt(`0x${whole!}${fraction}`);
  const size = Number(mantissa) * 2 ** (Number(exponent) - 4 * fraction.length);
  return inRange(sign === '-' ? -size : size, mantissa === 0n, text, type);
}
