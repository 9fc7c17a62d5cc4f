// The templates of to_char and to_number for numbers, taken apart: pieces, and what they say of the whole number. After
// NUMDesc_prepare in src/backend/utils/adt/formatting.c.

import { fail } from '../../data/failure.ts';

export type NumberPiece =
  /** A keyword, in capitals but for `rn` and `th`, whose case counts. */
  { readonly kind: 'field'; readonly field: string } | { readonly kind: 'text'; readonly text: string };

/** What the template says of the number as a whole. */
export interface NumberShape {
  /** Digits before and behind the point, and behind V. */
  readonly before: number;
  readonly behind: number;
  readonly shifted: number;
  readonly point: boolean;
  /** Of `0`: the first digit that is always shown, from 1, and the last; 0 for none. */
  readonly zeroFrom: number;
  readonly zeroTo: number;
  readonly fill: boolean;
  /** S: before the digits or behind them; after how many digits before the point it stands. */
  readonly sign: 'before' | 'behind' | undefined;
  readonly digitsBeforeSign: number;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly brackets: boolean;
  readonly roman: boolean;
  readonly multiplied: boolean;
  readonly exponent: boolean;
}

export interface NumberFormat {
  readonly pieces: readonly NumberPiece[];
  readonly shape: NumberShape;
}

const KEYWORDS = ', . 0 9 B C D EEEE FM G L MI PL PR RN SG SP S TH V'.split(' ');
const LOWER = KEYWORDS.filter((word) => /[A-Z]/.test(word)).map((word) => word.toLowerCase());
const ALL = [...KEYWORDS, ...LOWER];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<NumberShape> & { blank: boolean };

function malformed(why: string): never {
  fail('42601', why);
}

const parsed = new Map<string, NumberFormat>();

export function numberFormat(template: string): NumberFormat {
  const known = parsed.get(template);
  if (known !== undefined) return known;
  const made = parse(template);
  if (parsed.size < 1000) parsed.set(template, made);
  return made;
}

function parse(template: string): NumberFormat {
  const shape: Draft = {
    before: 0,
    behind: 0,
    shifted: 0,
    point: false,
    zeroFrom: 0,
    zeroTo: 0,
    fill: false,
    sign: undefined,
    digitsBeforeSign: 0,
    minus: false,
    plus: false,
    brackets: false,
    roman: false,
    multiplied: false,
    exponent: false,
    blank: false,
  };
  const pieces: NumberPiece[] = [];
  for (let at = 0; at < template.length;) {
    const keyword = ALL.find((word) => template.startsWith(word, at));
    if (keyword === undefined) at = readText(template, at, pieces);
    else {
      at += keyword.length;
      const field = /^(rn|th)$/.test(keyword) ? keyword : keyword.toUpperCase();
      take(shape, field.toUpperCase());
      pieces.push({ kind: 'field', field });
    }
  }
  return { pieces, shape };
}

/** Text between double quotes, where a backslash takes the next character as it is, or one character. */
function readText(template: string, from: number, pieces: NumberPiece[]): number {
  const put = (at: number): number => {
    const text = String.fromCodePoint(template.codePointAt(at)!);
    pieces.push({ kind: 'text', text });
    return at + text.length;
  };
  if (template[from] !== '"')
    return put(template[from] === '\\' && template[from + 1] === '"' ? from + 1 : from);
  let at = from + 1;
  while (at < template.length && template[at] !== '"')
    at = put(template[at] === '\\' && at + 1 < template.length ? at + 1 : at);
  return Math.min(at + 1, template.length);
}

function take(shape: Draft, field: string): void {
  if (shape.exponent && field !== 'EEEE') malformed('"EEEE" must be the last pattern used');
  TAKE[field]?.(shape);
  const others = shape.blank || shape.point || shape.zeroFrom > 0 || shape.multiplied || shape.exponent;
  const signs = shape.sign !== undefined || shape.minus || shape.plus || shape.brackets;
  if (shape.roman && (others || signs)) malformed('"RN" is incompatible with other formats');
}

function refuseSign(shape: Draft, field: string): void {
  if (shape.sign !== undefined) malformed(`cannot use "S" and "${field}" together`);
}

function takePoint(shape: Draft): void {
  if (shape.point) malformed('multiple decimal points');
  if (shape.multiplied) malformed('cannot use "V" and decimal point together');
  shape.point = true;
}

const TAKE: Readonly<Record<string, (shape: Draft) => void>> = {
  '9': (shape) => {
    if (shape.brackets) malformed('"9" must be ahead of "PR"');
    if (shape.multiplied) shape.shifted++;
    else if (shape.point) shape.behind++;
    else shape.before++;
  },
  '0': (shape) => {
    if (shape.brackets) malformed('"0" must be ahead of "PR"');
    if (shape.zeroFrom === 0 && !shape.point) shape.zeroFrom = shape.before + 1;
    if (shape.point) shape.behind++;
    else shape.before++;
    shape.zeroTo = shape.before + shape.behind;
  },
  B: (shape) => {
    if (shape.before === 0 && shape.behind === 0 && shape.zeroFrom === 0) shape.blank = true;
  },
  D: takePoint,
  '.': takePoint,
  FM: (shape) => {
    shape.fill = true;
  },
  S: (shape) => {
    if (shape.sign !== undefined) malformed('cannot use "S" twice');
    if (shape.plus || shape.minus || shape.brackets)
      malformed('cannot use "S" and "PL"/"MI"/"SG"/"PR" together');
    shape.sign = shape.point ? 'behind' : 'before';
    if (!shape.point) shape.digitsBeforeSign = shape.before;
  },
  MI: (shape) => {
    refuseSign(shape, 'MI');
    shape.minus = true;
  },
  PL: (shape) => {
    refuseSign(shape, 'PL');
    shape.plus = true;
  },
  SG: (shape) => {
    refuseSign(shape, 'SG');
    shape.minus = true;
    shape.plus = true;
  },
  PR: (shape) => {
    if (shape.sign !== undefined || shape.plus || shape.minus)
      malformed('cannot use "PR" and "S"/"PL"/"MI"/"SG" together');
    shape.brackets = true;
  },
  RN: (shape) => {
    if (shape.roman) malformed('cannot use "RN" twice');
    shape.roman = true;
  },
  V: (shape) => {
    if (shape.point) malformed('cannot use "V" and decimal point together');
    shape.multiplied = true;
  },
  EEEE: (shape) => {
    if (shape.exponent) malformed('cannot use "EEEE" twice');
    const signs = shape.sign !== undefined || shape.minus || shape.plus || shape.brackets;
    if (shape.blank || shape.fill || signs || shape.roman || shape.multiplied)
      malformed('"EEEE" is incompatible with other formats');
    shape.exponent = true;
  },
};
