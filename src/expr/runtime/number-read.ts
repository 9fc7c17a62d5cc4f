// to_number: a text read by a template, byte by byte, in the C locale. After NUM_processor, NUM_numpart_from_char and
// roman_to_int in src/backend/utils/adt/formatting.c, whose steps are kept: what they pass over silently is part of the rules.

import { fail } from '../../data/failure.ts';
import { constrainNumeric, multiplyNumeric } from '../../data/numeric.ts';
import { parseNumeric } from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import { readString } from './arena.ts';
import type { NumberFormat, NumberShape } from './number-format.ts';
import { numberFormat } from './number-format.ts';
import { powerNumeric } from './numeric-powers.ts';
import { readRoman } from './roman.ts';

type Bytes = Uint8Array;

/** NULL for an empty template. */
export function toNumber(b: Bytes, s: number, e: number, tb: Bytes, ts: number, te: number): bigint {
  if (ts === te) {
    result.isNull = true;
    return 0n;
  }
  const format = numberFormat(readString(tb, ts, te));
  if (format.shape.exponent) fail('0A000', '"EEEE" not supported for input');
  const scan = new NumberScan(Buffer.from(b.buffer, b.byteOffset + s, e - s).toString('latin1'), format);
  const { text, before, behind } = scan.read();
  const { shifted } = format.shape;
  const { unscaled, scale } = parseNumeric(text);
  const value = constrainNumeric(unscaled, scale, before + shifted + behind, behind);
  result.isNull = false;
  if (!format.shape.multiplied) return value;
  const power = powerNumeric(10n, 0, BigInt(-shifted), 0);
  const powerScale = result.scale;
  return multiplyNumeric(value, behind, power, powerScale);
}

class NumberScan {
  readonly #input: string;
  readonly #shape: NumberShape;
  readonly #pieces: NumberFormat['pieces'];
  #at = 0;
  #sign = ' ';
  #digits = '';
  #before = 0;
  #behind = 0;
  #pointRead = false;
  #roman: number | undefined;

  constructor(input: string, { pieces, shape }: NumberFormat) {
    this.#input = input;
    this.#shape = shape;
    this.#pieces = pieces;
  }

  read(): { readonly text: string; readonly before: number; readonly behind: number } {
    for (const piece of this.#pieces) {
      if (this.#ended()) break;
      if (piece.kind === 'text') this.#at += this.#width();
      else this.#field(piece.field);
    }
    const digits = this.#digits.endsWith('.') ? this.#digits.slice(0, -1) : this.#digits;
    const before = this.#roman === undefined ? this.#shape.before : String(this.#roman).length;
    return { text: this.#sign + digits, before, behind: this.#behind };
  }

  #ended(): boolean {
    return this.#at >= this.#input.length;
  }

  /** Bytes of the character that begins here. */
  #width(): number {
    const byte = this.#input.charCodeAt(this.#at);
    return byte < 0xc0 || byte >= 0xf8 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  }

  /** Passes over characters that can be no part of a number. */
  #skip(count: number): void {
    for (let left = count; left > 0 && !this.#ended(); left--) {
      if ('0123456789.,+-'.includes(this.#input[this.#at]!)) return;
      this.#at += this.#width();
    }
  }

  #field(field: string): void {
    switch (field) {
      case '9':
      case '0':
      case '.':
      case 'D':
        this.#part(field);
        this.#at++;
        return;
      case ',':
      case 'G':
        // Only FM keeps separators before the first digit; after none was written here nothing is in the number yet.
        if (!this.#shape.fill && this.#input[this.#at] === ',') this.#at++;
        return;
      case 'L':
        return this.#skip(1);
      case 'RN':
      case 'rn':
        return this.#readRoman();
      case 'TH':
      case 'th':
        if (this.#shape.roman || this.#shape.point) return;
        return this.#skip(2);
      case 'MI':
        return this.#ownSign('-');
      case 'PL':
        return this.#ownSign('+');
      case 'SG':
        return this.#ownSign('-+');
    }
  }

  #ownSign(signs: string): void {
    const next = this.#input[this.#at]!;
    if (!signs.includes(next)) return this.#skip(1);
    this.#sign = next;
    this.#at++;
  }

  #readRoman(): void {
    const { value, end } = readRoman(this.#input, this.#at);
    this.#at = end;
    this.#digits += String(value);
    this.#roman = value;
    this.#behind = 0;
  }

  #isDigit(at: number): boolean {
    return /[0-9]/.test(this.#input[at] ?? '');
  }

  #part(field: string): void {
    if (this.#input[this.#at] === ' ') this.#at++;
    if (this.#ended()) return;
    if (this.#sign === ' ' && (field === '0' || field === '9') && this.#before + this.#behind === 0)
      this.#signBefore();
    if (this.#ended()) return;
    const isRead = this.#digitOrPoint();
    if (isRead === undefined || this.#ended()) return;
    if (this.#sign === ' ' && this.#before + this.#behind > 0) this.#signBehind(isRead);
  }

  #signBefore(): void {
    const next = this.#input[this.#at]!;
    const { sign, brackets } = this.#shape;
    if (next === '-' || next === '+') this.#sign = next;
    else if (sign === undefined && brackets && next === '<') this.#sign = '-';
    else return;
    this.#at++;
  }

  /** Undefined: no place behind the point is left for the digit that is here. */
  #digitOrPoint(): boolean | undefined {
    if (this.#isDigit(this.#at)) {
      if (this.#pointRead && this.#behind === this.#shape.behind) return undefined;
      this.#digits += this.#input[this.#at]!;
      if (this.#pointRead) this.#behind++;
      else this.#before++;
      return true;
    }
    if (!this.#shape.point || this.#pointRead || this.#input[this.#at] !== '.') return false;
    this.#digits += '.';
    this.#pointRead = true;
    return true;
  }

  /** A sign behind the last digit, whose exact place the template does not tell. */
  #signBehind(isRead: boolean): void {
    const { sign, plus, minus } = this.#shape;
    const behind = this.#input[this.#at + 1];
    if (sign !== undefined) {
      if (!isRead || behind === undefined || (behind !== '-' && behind !== '+')) return;
      this.#at++;
      this.#sign = behind;
    } else if (!isRead && (plus || minus)) {
      const here = this.#input[this.#at]!;
      if (here === '-' || here === '+') this.#sign = here;
    }
  }
}
