// Text forms of interval: output in IntervalStyle postgres; input as numbers with units, `Y-M`, `D HH:MM:SS` and ISO 8601
// (`P1DT2H`). What Postgres reads beyond that is refused, never guessed. After src/backend/utils/adt/datetime.c.

import { fail } from './failure.ts';
import {
  INTERVAL_MAX_DAYS,
  INTERVAL_MAX_MICROS,
  INTERVAL_MIN_DAYS,
  INTERVAL_MIN_MICROS,
  isInfiniteInterval,
} from './interval.ts';
import { fractionMicros, fractionText } from './time-text.ts';
import { timeUnit } from './time-units.ts';
import type { TimeUnit } from './time-units.ts';
import type { IntervalValue } from './value.ts';
import { trimSpace } from './trim.ts';

export function intervalToText(months: number, days: number, micros: bigint): string {
  if (isInfiniteInterval(months, days, micros)) return months > 0 ? 'infinity' : '-infinity';
  const out: string[] = [];
  let before = false;
  const part = (value: number, unit: string): void => {
    if (value === 0) return;
    out.push(`${before && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`);
    before = value < 0;
  };
  part(Math.trunc(months / 12), 'year');
  part(months % 12, 'mon');
  part(days, 'day');
  if (out.length === 0 || micros !== 0n) out.push((micros < 0n ? '-' : before ? '+' : '') + clock(micros));
  return out.join(' ');
}

function clock(micros: bigint): string {
  const size = micros < 0n ? -micros : micros;
  const two = (n: bigint): string => n.toString().padStart(2, '0');
  const seconds = size / 1_000_000n;
  const rest = fractionText(Number(size % 1_000_000n));
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${rest}`;
}

/** `INTERVAL '…' DAY TO HOUR`: what a bare number means, and where the value is cut. */
export type IntervalRange =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'year to month'
  | 'day to hour'
  | 'day to minute'
  | 'day to second'
  | 'hour to minute'
  | 'hour to second'
  | 'minute to second';

/** Sums while reading; fractions spill downwards as in Postgres, in doubles. */
interface Sum {
  months: bigint;
  days: bigint;
  micros: bigint;
  readonly seen: Set<TimeUnit>;
}

const TOKEN =
  /\s*(?:([+-]?\d+):(\d\d?)(?::(\d\d?)(?:\.(\d*))?)?(?![\d:.])|([+-]?)(\d+)-(\d+)(?![\d.-])|([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?=[\s@a-z]|$)|([a-z]+)(?![\da-z./-])|(@))/iy;

const ISO = /^([+-]?)P(?=.)((?:[+-]?\d*(?:\.\d*)?[YMWD])*)(?:T((?:[+-]?\d*(?:\.\d*)?[HMS])+))?$/;

export function parseInterval(text: string, range?: IntervalRange): IntervalValue {
  const trimmed = trimSpace(text);
  // Postgres reads it into a buffer of 256 bytes.
  if (trimmed.length > 255) fail('22007', `invalid input syntax for type interval: "${text.slice(0, 40)}…"`);
  const infinity = /^([+-]?)infinity$/i.exec(trimmed);
  if (infinity !== null) return infinite(infinity[1] !== '-');
  const sum: Sum = { months: 0n, days: 0n, micros: 0n, seen: new Set() };
  // Postgres reads this form only without anything around it.
  const iso = ISO.exec(text);
  if (iso !== null) readIso(sum, iso, text);
  else readUnits(sum, trimmed, text, range);
  return cut(finish(sum, text), range);
}

function infinite(positive: boolean): IntervalValue {
  return positive
    ? { months: INTERVAL_MAX_DAYS, days: INTERVAL_MAX_DAYS, micros: INTERVAL_MAX_MICROS }
    : { months: INTERVAL_MIN_DAYS, days: INTERVAL_MIN_DAYS, micros: INTERVAL_MIN_MICROS };
}

function malformed(text: string): never {
  fail('22007', `invalid input syntax for type interval: "${text}"`);
}

function overflow(text: string): never {
  fail('22015', `interval field value out of range: "${text}"`);
}

interface PlainNumber {
  readonly kind: 'number';
  readonly negative: boolean;
  readonly whole: bigint;
  readonly fraction: string;
}

/** Right to left, as Postgres does: a unit holds for the number before it. */
function readUnits(sum: Sum, trimmed: string, text: string, range: IntervalRange | undefined): void {
  if (trimmed === '') malformed(text);
  const tokens = tokenize(trimmed, text);
  const last = tokens.at(-1);
  const ago = typeof last === 'string' && last.toLowerCase() === 'ago';
  if (ago) tokens.pop();
  if (tokens.length === 0) malformed(text);
  let unit: TimeUnit | undefined = defaultUnit(range);
  let pending = false;
  for (const token of tokens.reverse()) {
    if (typeof token === 'string') {
      const named = timeUnit(token);
      if (named === undefined || pending) malformed(text);
      unit = named;
      pending = true;
    } else if (Array.isArray(token)) {
      if (pending) malformed(text);
      addClock(sum, token, text, range);
      unit = 'day';
    } else {
      addNumber(sum, token, unit, text);
      pending = false;
    }
  }
  if (pending) malformed(text);
  if (ago) negate(sum);
}

type Token = string | RegExpExecArray | PlainNumber;

function tokenize(trimmed: string, text: string): Token[] {
  const tokens: Token[] = [];
  const matcher = new RegExp(TOKEN);
  let at = 0;
  while (at < trimmed.length) {
    matcher.lastIndex = at;
    const match = matcher.exec(trimmed);
    if (match === null || matcher.lastIndex === at || tokens.length > 50) malformed(text);
    at = matcher.lastIndex;
    if (match[1] !== undefined) tokens.push(match);
    else if (match[6] !== undefined) tokens.push(yearMonth(match, text), 'month');
    else if (match[11] !== undefined) tokens.push(match[11]);
    else if (match[12] === undefined) tokens.push(number(match[8]!, match[9]!, match[10], text));
  }
  return tokens;
}

function yearMonth(match: RegExpExecArray, text: string): PlainNumber {
  const months = Number(match[7]);
  if (months >= 12) overflow(text);
  return {
    kind: 'number',
    negative: match[5] === '-',
    whole: BigInt(match[6]!) * 12n + BigInt(months),
    fraction: '',
  };
}

function number(sign: string, whole: string, fraction: string | undefined, text: string): PlainNumber {
  if (whole === '' && (fraction ?? '') === '') malformed(text);
  return { kind: 'number', negative: sign === '-', whole: BigInt(whole || '0'), fraction: fraction ?? '' };
}

function defaultUnit(range: IntervalRange | undefined): TimeUnit {
  return range === undefined ? 'second' : (range.split(' ').at(-1) as TimeUnit);
}

function addClock(sum: Sum, match: RegExpExecArray, text: string, range: IntervalRange | undefined): void {
  for (const unit of ['hour', 'minute', 'second'] as const) claim(sum, unit, text);
  const first = match[1]!;
  const negative = first.startsWith('-');
  const parts = [BigInt(first.replace(/^[+-]/, '')), BigInt(match[2]!), BigInt(match[3] ?? 0)] as const;
  const short = match[3] === undefined && range === 'minute to second';
  const [hours, minutes, seconds] = short ? [0n, parts[0], parts[1]] : parts;
  if (minutes > 59n || seconds > 60n) overflow(text);
  const micros =
    (hours * 3600n + minutes * 60n + seconds) * 1_000_000n + BigInt(fractionMicros(match[4] ?? ''));
  sum.micros += negative ? -micros : micros;
}

function claim(sum: Sum, unit: TimeUnit, text: string): void {
  if (sum.seen.has(unit)) malformed(text);
  sum.seen.add(unit);
}

const MICROS: Partial<Record<TimeUnit, number>> = {
  microsecond: 1,
  millisecond: 1000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
};
const MONTHS: Partial<Record<TimeUnit, number>> = {
  month: 1,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12000,
};

function addNumber(sum: Sum, token: PlainNumber, unit: TimeUnit, text: string): void {
  claim(sum, unit, text);
  const whole = token.negative ? -token.whole : token.whole;
  const fraction = Number(`0.${token.fraction || '0'}`) * (token.negative ? -1 : 1);
  const micros = MICROS[unit];
  const months = MONTHS[unit];
  if (micros !== undefined) {
    sum.micros += whole * BigInt(micros) + fractional(fraction * micros);
  } else if (unit === 'day' || unit === 'week') {
    sum.days += whole * (unit === 'week' ? 7n : 1n);
    addDays(sum, fraction * (unit === 'week' ? 7 : 1));
  } else if (unit === 'month') {
    sum.months += whole;
    addDays(sum, fraction * 30);
  } else if (months !== undefined) {
    sum.months += whole * BigInt(months) + BigInt(roundEven(fraction * months));
  } else {
    malformed(text);
  }
}

/** AdjustFractMicroseconds: exact halves are dropped. */
function fractional(micros: number): bigint {
  const whole = Math.trunc(micros);
  const rest = micros - whole;
  return BigInt(whole + (rest > 0.5 ? 1 : rest < -0.5 ? -1 : 0));
}

function addDays(sum: Sum, days: number): void {
  const whole = Math.trunc(days);
  sum.days += BigInt(whole);
  sum.micros += fractional((days - whole) * 86_400_000_000);
}

function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function negate(sum: Sum): void {
  sum.months = -sum.months;
  sum.days = -sum.days;
  sum.micros = -sum.micros;
}

const ISO_DATE: Readonly<Record<string, TimeUnit>> = { Y: 'year', M: 'month', W: 'week', D: 'day' };
const ISO_TIME: Readonly<Record<string, TimeUnit>> = { H: 'hour', M: 'minute', S: 'second' };

function readIso(sum: Sum, match: RegExpExecArray, text: string): void {
  if (match[1] !== '') malformed(text);
  const read = (part: string | undefined, units: Readonly<Record<string, TimeUnit>>): void => {
    for (const [, sign, whole, fraction, letter] of (part ?? '').matchAll(/([+-]?)(\d*)(?:\.(\d*))?([A-Z])/g))
      addNumber(sum, number(sign!, whole!, fraction, text), units[letter!]!, text);
  };
  read(match[2], ISO_DATE);
  read(match[3], ISO_TIME);
}

function finish(sum: Sum, text: string): IntervalValue {
  const { months, days, micros } = sum;
  if (BigInt.asIntN(32, months) !== months || BigInt.asIntN(32, days) !== days) overflow(text);
  if (BigInt.asIntN(64, micros) !== micros) overflow(text);
  const value = { months: Number(months), days: Number(days), micros };
  if (isInfiniteInterval(value.months, value.days, value.micros)) overflow(text);
  return value;
}

/** Parts below the range's last field are dropped (AdjustIntervalForTypmod). */
function cut(value: IntervalValue, range: IntervalRange | undefined): IntervalValue {
  if (range === undefined || isInfiniteInterval(value.months, value.days, value.micros)) return value;
  const { months, days, micros } = value;
  switch (range.split(' ').at(-1) as TimeUnit) {
    case 'year':
      return { months: months - (months % 12), days: 0, micros: 0n };
    case 'month':
      return { months, days: 0, micros: 0n };
    case 'day':
      return { months, days, micros: 0n };
    case 'hour':
      return { months, days, micros: micros - (micros % 3_600_000_000n) };
    case 'minute':
      return { months, days, micros: micros - (micros % 60_000_000n) };
    default:
      return value;
  }
}
