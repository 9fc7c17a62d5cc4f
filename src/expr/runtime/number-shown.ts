// to_char of numbers: digits that are given, laid out by a template, in the C locale. After NUM_processor and
// NUM_numpart_to_char in src/backend/utils/adt/formatting.c, whose steps are kept, since what they give for odd templates follows
// from their order.

import { fail } from '../../data/failure.ts';
import type { NumberFormat, NumberShape } from './number-format.ts';

/** What is laid out: digits with a point where there are some behind it, or `#` for what does not fit. */
export interface Digits {
  readonly text: string;
  readonly sign: '+' | '-';
  /** Places before the point that the number leaves empty. */
  readonly spaces: number;
  readonly shape: NumberShape;
}

export function layOut({ pieces }: NumberFormat, digits: Digits): string {
  if (digits.shape.exponent) return digits.text;
  const line = new Line(digits);
  for (const piece of pieces) {
    if (piece.kind === 'text') line.text += piece.text;
    else line.put(piece.field);
  }
  // A digit that the number does not have ends the text.
  const end = line.text.indexOf('\0');
  return end < 0 ? line.text : line.text.slice(0, end);
}

class Line {
  text = '';
  readonly #number: string;
  readonly #sign: '+' | '-';
  readonly #spaces: number;
  readonly #shape: NumberShape;
  readonly #brackets: boolean;
  readonly #signPlace: NumberShape['sign'];
  readonly #zeroFrom: number;
  /** The last digit that is shown behind the point with FM; -1 when all are. */
  readonly #lastShown: number;
  readonly #count: number;
  #signWritten: boolean;
  #at = 0;
  #place = 0;
  #inNumber = false;

  constructor({ text, sign, spaces, shape }: Digits) {
    this.#number = text;
    this.#sign = sign;
    this.#spaces = spaces;
    this.#shape = shape;
    this.#zeroFrom = Math.max(shape.zeroFrom - 1, 0);
    const ownSign = shape.plus || shape.minus;
    this.#signWritten = ownSign ? shape.minus : sign === '+' && shape.fill && shape.sign === undefined;
    this.#brackets = shape.brackets && (ownSign || sign === '-' || !shape.fill);
    const atEnd = !ownSign && shape.sign === 'before' && shape.before === shape.digitsBeforeSign;
    this.#signPlace = atEnd ? 'behind' : shape.sign;
    this.#lastShown = shape.fill && shape.point ? lastShown(text, shape, spaces) : -1;
    this.#count = shape.behind + shape.before - 1 + (!this.#signWritten && spaces === 0 ? 1 : 0);
  }

  put(field: string): void {
    switch (field) {
      case '9':
      case '0':
      case '.':
      case 'D':
        return this.#part(field);
      case ',':
      case 'G':
        this.text += this.#inNumber ? ',' : this.#shape.fill ? '' : ' ';
        return;
      case 'L':
        this.text += ' ';
        return;
      case 'RN':
      case 'rn':
        return this.#roman(field);
      case 'TH':
      case 'th':
        return this.#ordinal(field);
      case 'MI':
        this.text += this.#sign === '-' ? '-' : this.#shape.fill ? '' : ' ';
        return;
      case 'PL':
        this.text += this.#sign === '+' ? '+' : this.#shape.fill ? '' : ' ';
        return;
      case 'SG':
        this.text += this.#sign;
        return;
    }
  }

  #roman(field: string): void {
    const rest = this.#number.slice(this.#at);
    const cased = field === 'rn' ? rest.toLowerCase() : rest;
    this.text += this.#shape.fill ? cased : cased.padStart(15);
  }

  #ordinal(field: string): void {
    if (this.#shape.roman || this.#number.startsWith('#') || this.#sign === '-' || this.#shape.point) return;
    const ending = ordinalEnding(this.#number);
    this.text += field === 'TH' ? ending.toUpperCase() : ending;
  }

  /** The zero before the point, which only `0` asks for. */
  #isLoneZero(): boolean {
    const { zeroFrom, behind } = this.#shape;
    return zeroFrom === 0 && this.#at === 0 && this.#number.startsWith('0') && behind !== 0;
  }

  #endsAtPoint(): boolean {
    return this.#lastShown >= 0 && this.#number[this.#lastShown] === '.';
  }

  #writeSign(): void {
    const { sign, fill, zeroFrom } = this.#shape;
    const begins = this.#place >= this.#spaces || (zeroFrom > 0 && this.#zeroFrom === this.#place);
    if (this.#signWritten || !begins || (this.#isLoneZero() && !this.#endsAtPoint())) return;
    if (sign !== undefined) {
      if (this.#signPlace !== 'before') return;
      this.text += this.#sign;
    } else if (this.#brackets) this.text += this.#sign === '+' ? ' ' : '<';
    else if (this.#sign === '-') this.text += '-';
    else if (!fill) this.text += ' ';
    this.#signWritten = true;
  }

  /** One place of the number: a space, a zero, a digit or the point. */
  #part(field: string): void {
    if (this.#shape.roman) return;
    this.#inNumber = false;
    this.#writeSign();
    const { fill, zeroFrom } = this.#shape;
    const isEmpty = this.#place < this.#spaces;
    if (isEmpty && (zeroFrom === 0 || this.#zeroFrom > this.#place)) this.text += fill ? '' : ' ';
    else if (isEmpty) {
      this.text += '0';
      this.#inNumber = true;
    } else {
      this.#digit(field);
      if (this.#at < this.#number.length) this.#at++;
    }
    this.#close();
    this.#place++;
  }

  #digit(field: string): void {
    const digit = this.#number[this.#at] ?? '\0';
    if (digit === '.') {
      this.text += '.';
      return;
    }
    if (this.#lastShown >= 0 && this.#at > this.#lastShown && field !== '0') return;
    if (this.#isLoneZero()) {
      this.text += this.#shape.fill ? (this.#endsAtPoint() ? '0' : '') : ' ';
      return;
    }
    this.text += digit;
    this.#inNumber = true;
  }

  /** Behind the last place: the other bracket, or the sign. */
  #close(): void {
    const end =
      this.#lastShown >= 0 && this.#lastShown === this.#at
        ? this.#place
        : this.#count + (this.#spaces > 0 ? 1 : 0) + (this.#shape.point ? 1 : 0);
    if (this.#place + 1 !== end) return;
    if (this.#signWritten && this.#brackets) this.text += this.#sign === '+' ? ' ' : '>';
    else if (this.#shape.sign !== undefined && this.#signPlace === 'behind') this.text += this.#sign;
  }
}

/** The last digit behind the point that is no zero, or that a `0` of the template asks for. */
function lastShown(number: string, { zeroTo }: NumberShape, spaces: number): number {
  const point = number.indexOf('.');
  if (point < 0) return -1;
  let last = point;
  for (let i = point + 1; i < number.length; i++) if (number[i] !== '0') last = i;
  return zeroTo > spaces ? Math.max(last, Math.min(number.length - 1, zeroTo - spaces)) : last;
}

function ordinalEnding(number: string): string {
  const last = number.at(-1) ?? '';
  if (!/\d/.test(last)) fail('22P02', `"${number}" is not a number`);
  if (number.length > 1 && number.at(-2) === '1') return 'th';
  return last === '1' ? 'st' : last === '2' ? 'nd' : last === '3' ? 'rd' : 'th';
}

const ROMAN_PLACES = ['IVX', 'XLC', 'CDM', 'M'];

/** From 1 to 3999; others do not fit. */
export function romanOf(value: number): string {
  if (!(value >= 1 && value <= 3999)) return '#'.repeat(15);
  return [...String(value)]
    .reverse()
    .map((digit, place) => romanDigit(Number(digit), ROMAN_PLACES[place]!))
    .reverse()
    .join('');
}

function romanDigit(digit: number, [one, five, ten]: string): string {
  if (digit === 9) return one! + ten!;
  if (digit === 4) return one! + five!;
  return (digit >= 5 ? five! : '') + one!.repeat(digit % 5);
}
