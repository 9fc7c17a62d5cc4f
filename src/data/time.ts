// Dates and timestamps: days and microseconds since 1970-01-01 UTC, proleptic Gregorian, and their arithmetic as in Postgres.
// Timestamps end where 64 bits do, in the year 294247: a little before Postgres' own end, 294276; beyond it is an error.

import { dateOutOfRange, fail, intervalOutOfRange, timestampOutOfRange } from './failure.ts';
import {
  INTERVAL_MAX_DAYS,
  INTERVAL_MAX_MICROS,
  INTERVAL_MIN_DAYS,
  INTERVAL_MIN_MICROS,
} from './interval.ts';
import { isInfiniteInterval } from './interval.ts';
import { result } from './registers.ts';

export const DAY_MICROS = 86_400_000_000n;
export const TIMESTAMP_INFINITY = 2n ** 63n - 1n;
export const TIMESTAMP_MINUS_INFINITY = -(2n ** 63n);
export const DATE_INFINITY = 2147483647;
export const DATE_MINUS_INFINITY = -2147483648;

/** 4714-11-24 BC, day 0 of the Julian count, and 5874898-06-02. */
const DATE_MIN = -2440588;
const DATE_MAX = 2145042905;
const TIMESTAMP_MIN = BigInt(DATE_MIN) * DAY_MICROS;
/** The last day whose midnight is a timestamp here, and the first that Postgres refuses. */
const TIMESTAMP_LAST_DAY = 106751991;

export interface CivilDate {
  /** Astronomical: 0 is 1 BC. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

export function civilFromDays(days: number): CivilDate {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

export function isInfiniteTimestamp(micros: bigint): boolean {
  return micros === TIMESTAMP_INFINITY || micros === TIMESTAMP_MINUS_INFINITY;
}

export function isInfiniteDate(days: number): boolean {
  return days === DATE_INFINITY || days === DATE_MINUS_INFINITY;
}

export function checkedDate(days: number): number {
  if (days < DATE_MIN || days > DATE_MAX) dateOutOfRange();
  return days;
}

export function checkedTimestamp(micros: bigint): bigint {
  if (micros < TIMESTAMP_MIN || micros >= TIMESTAMP_INFINITY) timestampOutOfRange();
  return BigInt.asIntN(64, micros);
}

/** Days since 1970-01-01, rounded down. */
export function dayOfTimestamp(micros: bigint): number {
  const rest = micros % DAY_MICROS;
  return Number((rest < 0n ? micros - rest - DAY_MICROS : micros - rest) / DAY_MICROS);
}

/** Microseconds since midnight. */
export function timeOfTimestamp(micros: bigint): number {
  const rest = Number(micros % DAY_MICROS);
  return rest < 0 ? rest + 86_400_000_000 : rest;
}

export function dateToTimestamp(days: number): bigint {
  if (days === DATE_INFINITY) return TIMESTAMP_INFINITY;
  if (days === DATE_MINUS_INFINITY) return TIMESTAMP_MINUS_INFINITY;
  if (days > TIMESTAMP_LAST_DAY) fail('22008', 'date out of range for timestamp');
  return BigInt(days) * DAY_MICROS;
}

export function timestampToDate(micros: bigint): number {
  if (micros === TIMESTAMP_INFINITY) return DATE_INFINITY;
  if (micros === TIMESTAMP_MINUS_INFINITY) return DATE_MINUS_INFINITY;
  return dayOfTimestamp(micros);
}

/** Without the range error of a cast: a date beyond the timestamps is greater than all finite ones. */
export function compareDateWithTimestamp(days: number, micros: bigint): number {
  if (days > TIMESTAMP_LAST_DAY && days !== DATE_INFINITY) return micros === TIMESTAMP_INFINITY ? -1 : 1;
  const midnight = dateToTimestamp(days);
  return midnight < micros ? -1 : midnight > micros ? 1 : 0;
}

export function addDaysToDate(days: number, count: number): number {
  return isInfiniteDate(days) ? days : checkedDate(days + count);
}

export function subtractDates(a: number, b: number): number {
  if (isInfiniteDate(a) || isInfiniteDate(b)) fail('22008', 'cannot subtract infinite dates');
  return a - b;
}

/** Months first (the day is cut to the month's length), then days, then microseconds. */
export function addInterval(time: bigint, months: number, days: number, micros: bigint): bigint {
  if (isInfiniteInterval(months, days, micros)) {
    const sum = months > 0 ? TIMESTAMP_INFINITY : TIMESTAMP_MINUS_INFINITY;
    if (isInfiniteTimestamp(time) && time !== sum) timestampOutOfRange();
    return sum;
  }
  if (isInfiniteTimestamp(time)) return time;
  let moved = time;
  if (months !== 0) moved = checkedTimestamp(addMonths(moved, months));
  if (days !== 0) moved = checkedTimestamp(moved + BigInt(days) * DAY_MICROS);
  return checkedTimestamp(moved + micros);
}

/**
 * One 64-bit integer and its two words. V8 keeps a bigint in a register only as long as it is not compared: what a value is like is
 * asked of its high word instead.
 */
const cell = new BigInt64Array(1);
const words = new Int32Array(cell.buffer);

/** High words of times that are neither infinite nor near an end: the years 671 BC to 75039. A sum that overflows is not among them. */
const PLAIN_LOW = -0x1280000;
const PLAIN_HIGH = 0x20000000;

/** The same for an interval of microseconds only, of 64 bits: what windows and watermarks add for every row. */
export function addMicros(time: bigint, micros: bigint): bigint {
  cell[0] = time;
  const before = words[1]!;
  const sum = BigInt.asIntN(64, time + micros);
  cell[0] = sum;
  const after = words[1]!;
  const plain = before >= PLAIN_LOW && before < PLAIN_HIGH && after >= PLAIN_LOW && after < PLAIN_HIGH;
  return plain ? sum : addManyMicros(time, micros);
}

/** The same for any number of microseconds. */
export function addManyMicros(time: bigint, micros: bigint): bigint {
  return isInfiniteTimestamp(time) ? time : checkedTimestamp(time + micros);
}

function addMonths(time: bigint, months: number): bigint {
  const { year, month, day } = civilFromDays(dayOfTimestamp(time));
  const total = year * 12 + month - 1 + months;
  const toYear = Math.floor(total / 12);
  const toMonth = total - toYear * 12 + 1;
  const midnight = daysFromCivil(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
  return BigInt(midnight) * DAY_MICROS + BigInt(timeOfTimestamp(time));
}

export function subtractInterval(time: bigint, months: number, days: number, micros: bigint): bigint {
  if (isInfiniteInterval(months, days, micros))
    return months > 0
      ? addInterval(time, INTERVAL_MIN_DAYS, INTERVAL_MIN_DAYS, INTERVAL_MIN_MICROS)
      : addInterval(time, INTERVAL_MAX_DAYS, INTERVAL_MAX_DAYS, INTERVAL_MAX_MICROS);
  if (months === INTERVAL_MIN_DAYS || days === INTERVAL_MIN_DAYS || micros === INTERVAL_MIN_MICROS)
    intervalOutOfRange();
  return addInterval(time, -months, -days, -micros);
}

/** An interval of whole days and the rest; never months. */
export function subtractTimestamps(a: bigint, b: bigint): bigint {
  result.months = 0;
  if (isInfiniteTimestamp(a) || isInfiniteTimestamp(b)) return infiniteDifference(a, b);
  const micros = a - b;
  if (BigInt.asIntN(64, micros) !== micros) intervalOutOfRange();
  result.days = Number(micros / DAY_MICROS);
  return micros % DAY_MICROS;
}

function infiniteDifference(a: bigint, b: bigint): bigint {
  if (a === b) intervalOutOfRange();
  const positive = a === TIMESTAMP_INFINITY || b === TIMESTAMP_MINUS_INFINITY;
  const days = positive ? INTERVAL_MAX_DAYS : INTERVAL_MIN_DAYS;
  result.months = days;
  result.days = days;
  return positive ? INTERVAL_MAX_MICROS : INTERVAL_MIN_MICROS;
}

/** Seconds since 1970; rounded as Postgres does, counting from 2000. */
export function timestampOfSeconds(seconds: number): bigint {
  if (Number.isNaN(seconds)) fail('22008', 'timestamp cannot be NaN');
  if (seconds === Infinity) return TIMESTAMP_INFINITY;
  if (seconds === -Infinity) return TIMESTAMP_MINUS_INFINITY;
  if (seconds < DATE_MIN * 86400 || seconds >= 9_224_318_016_000) timestampOutOfRange();
  const micros = (seconds - 946_684_800) * 1e6;
  const floor = Math.floor(micros);
  const rest = micros - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return checkedTimestamp(BigInt(rounded) + 946_684_800_000_000n);
}

/** Start of the tumbling window aligned to 1970-01-01; `size` is above zero. Infinities stay. */
export function tumbleStart(time: bigint, size: bigint): bigint {
  if (isInfiniteTimestamp(time)) return time;
  const rest = time % size;
  return BigInt.asIntN(64, rest < 0n ? time - rest - size : time - rest);
}

/** High words of times from 1970 to 2112, which are exact doubles. */
const EXACT_HIGH = 0xfffff;
const TWO_32 = 4294967296;

/** `tumbleStart` for one size: the quotient is found in doubles, where it is exact, and multiplied in 64 bits. */
export function tumbleStartOf(size: bigint): (time: bigint) => bigint {
  const divisor = Number(size);
  return (time) => {
    cell[0] = time;
    const high = words[1]!;
    if (high < 0 || high > EXACT_HIGH) return tumbleStart(time, size);
    // Less than 2^53 / size from the next multiple would be rounded to it: there is none, a time is a whole number.
    const quotient = Math.floor((high * TWO_32 + (words[0]! >>> 0)) / divisor);
    if (quotient > 0x7fffffff) return tumbleStart(time, size);
    words[0] = quotient;
    words[1] = 0;
    return BigInt.asIntN(64, BigInt.asIntN(64, cell[0]) * size);
  };
}

/** A watermark, less a span. The end of input stays the end. */
export function watermarkLess(watermark: bigint, span: bigint): bigint {
  if (watermark === TIMESTAMP_INFINITY) return watermark;
  const time = watermark - span;
  if (time <= TIMESTAMP_MINUS_INFINITY) return TIMESTAMP_MINUS_INFINITY;
  return time < TIMESTAMP_INFINITY ? time : TIMESTAMP_INFINITY - 1n;
}
