// Intervals: months, days and microseconds side by side, never mixed, as in Postgres (src/backend/utils/adt/timestamp.c).
// Results: microseconds returned, months and days in `result`.

import { divisionByZero, intervalOutOfRange } from './failure.ts';
import { result } from './registers.ts';

export const INTERVAL_MAX_DAYS = 2147483647;
export const INTERVAL_MIN_DAYS = -2147483648;
export const INTERVAL_MAX_MICROS = 2n ** 63n - 1n;
export const INTERVAL_MIN_MICROS = -(2n ** 63n);
const DAY_MICROS = 86_400_000_000n;
const MONTH_DAYS = 30;
const DAY_SECONDS = 86400;

/** ±infinity: all three parts at their extremes. */
export function isInfiniteInterval(months: number, days: number, micros: bigint): boolean {
  if (months === INTERVAL_MAX_DAYS) return days === INTERVAL_MAX_DAYS && micros === INTERVAL_MAX_MICROS;
  return months === INTERVAL_MIN_DAYS && days === INTERVAL_MIN_DAYS && micros === INTERVAL_MIN_MICROS;
}

function give(months: number, days: number, micros: bigint): bigint {
  result.months = months;
  result.days = days;
  return micros;
}

function infinite(positive: boolean): bigint {
  return positive
    ? give(INTERVAL_MAX_DAYS, INTERVAL_MAX_DAYS, INTERVAL_MAX_MICROS)
    : give(INTERVAL_MIN_DAYS, INTERVAL_MIN_DAYS, INTERVAL_MIN_MICROS);
}

/** A finite result: every part within its width. */
function finite(months: number, days: number, micros: bigint): bigint {
  if ((months | 0) !== months || (days | 0) !== days || BigInt.asIntN(64, micros) !== micros)
    intervalOutOfRange();
  if (isInfiniteInterval(months, days, micros)) intervalOutOfRange();
  return give(months, days, micros);
}

/** A month is 30 days and a day 24 hours. */
export function intervalSpan(months: number, days: number, micros: bigint): bigint {
  return BigInt(months * MONTH_DAYS + days) * DAY_MICROS + micros;
}

export function compareInterval(
  am: number,
  ad: number,
  au: bigint,
  bm: number,
  bd: number,
  bu: bigint,
): number {
  const a = intervalSpan(am, ad, au);
  const b = intervalSpan(bm, bd, bu);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function negateInterval(m: number, d: number, u: bigint): bigint {
  if (isInfiniteInterval(m, d, u)) return infinite(m < 0);
  return finite(0 - m, 0 - d, -u);
}

export function addIntervals(am: number, ad: number, au: bigint, bm: number, bd: number, bu: bigint): bigint {
  const left = isInfiniteInterval(am, ad, au);
  if (left || isInfiniteInterval(bm, bd, bu)) {
    if (left && isInfiniteInterval(bm, bd, bu) && am !== bm) intervalOutOfRange();
    return infinite(left ? am > 0 : bm > 0);
  }
  return finite(am + bm, ad + bd, au + bu);
}

export function subtractIntervals(
  am: number,
  ad: number,
  au: bigint,
  bm: number,
  bd: number,
  bu: bigint,
): bigint {
  const left = isInfiniteInterval(am, ad, au);
  if (left || isInfiniteInterval(bm, bd, bu)) {
    if (left && isInfiniteInterval(bm, bd, bu) && am === bm) intervalOutOfRange();
    return infinite(left ? am > 0 : bm < 0);
  }
  return finite(am - bm, ad - bd, au - bu);
}

export function multiplyInterval(m: number, d: number, u: bigint, factor: number): bigint {
  if (Number.isNaN(factor)) intervalOutOfRange();
  if (isInfiniteInterval(m, d, u)) {
    if (factor === 0) intervalOutOfRange();
    return infinite(m > 0 === factor > 0);
  }
  if (!Number.isFinite(factor)) {
    const span = intervalSpan(m, d, u);
    if (span === 0n) intervalOutOfRange();
    return infinite(span > 0n === factor > 0);
  }
  return cascade(m * factor, d * factor, Number(u) * factor);
}

export function divideInterval(m: number, d: number, u: bigint, divisor: number): bigint {
  if (divisor === 0) divisionByZero();
  if (Number.isNaN(divisor)) intervalOutOfRange();
  if (isInfiniteInterval(m, d, u)) {
    if (!Number.isFinite(divisor)) intervalOutOfRange();
    return infinite(m > 0 === divisor > 0);
  }
  return cascade(m / divisor, d / divisor, Number(u) / divisor);
}

/** Fractions of months go to days (30 each), fractions of days to seconds, in doubles and in this very order. */
function cascade(months: number, days: number, micros: number): bigint {
  const wholeMonths = wholeInt32(months);
  let wholeDays = wholeInt32(days);
  const monthDays = toMicrosecond((months - wholeMonths) * MONTH_DAYS);
  let seconds = toMicrosecond((days - wholeDays + monthDays - Math.trunc(monthDays)) * DAY_SECONDS);
  if (Math.abs(seconds) >= DAY_SECONDS) {
    const extra = Math.trunc(seconds / DAY_SECONDS);
    wholeDays += extra;
    seconds -= extra * DAY_SECONDS;
  }
  const total = halfEven(micros + seconds * 1e6);
  if (!(total >= -(2 ** 63) && total < 2 ** 63)) intervalOutOfRange();
  return finite(wholeMonths, wholeDays + Math.trunc(monthDays), BigInt(total));
}

function wholeInt32(value: number): number {
  if (!(value >= -2147483648 && value < 2147483648)) intervalOutOfRange();
  return Math.trunc(value) + 0;
}

function halfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function toMicrosecond(x: number): number {
  return halfEven(x * 1e6) / 1e6;
}

/** Whole 24 hours become days; the signs of days and time are made to agree. */
export function justifyHours(m: number, d: number, u: bigint): bigint {
  if (isInfiniteInterval(m, d, u)) return give(m, d, u);
  let days = d + Number(u / DAY_MICROS);
  let micros = u % DAY_MICROS;
  if (days > 0 && micros < 0n) {
    micros += DAY_MICROS;
    days--;
  } else if (days < 0 && micros > 0n) {
    micros -= DAY_MICROS;
    days++;
  }
  return finite(m, days, micros);
}

/** Whole 30 days become months. */
export function justifyDays(m: number, d: number, u: bigint): bigint {
  if (isInfiniteInterval(m, d, u)) return give(m, d, u);
  let months = m + Math.trunc(d / MONTH_DAYS);
  let days = d % MONTH_DAYS;
  if (months > 0 && days < 0) {
    days += MONTH_DAYS;
    months--;
  } else if (months < 0 && days > 0) {
    days -= MONTH_DAYS;
    months++;
  }
  return finite(months, days + 0, u);
}

/** Both, and the signs of all three parts made to agree. */
export function justifyInterval(m: number, d: number, u: bigint): bigint {
  if (isInfiniteInterval(m, d, u)) return give(m, d, u);
  const allDays = d + Number(u / DAY_MICROS);
  let micros = u % DAY_MICROS;
  let months = m + Math.trunc(allDays / MONTH_DAYS);
  let days = allDays % MONTH_DAYS;
  if (months > 0 && (days < 0 || (days === 0 && micros < 0n))) {
    days += MONTH_DAYS;
    months--;
  } else if (months < 0 && (days > 0 || (days === 0 && micros > 0n))) {
    days -= MONTH_DAYS;
    months++;
  }
  if (days > 0 && micros < 0n) {
    micros += DAY_MICROS;
    days--;
  } else if (days < 0 && micros > 0n) {
    micros -= DAY_MICROS;
    days++;
  }
  return finite(months, days + 0, micros);
}
