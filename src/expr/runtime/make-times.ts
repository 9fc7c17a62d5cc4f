// Making dates, times and intervals from numbers, and age. After date.c and timestamp.c of PostgreSQL.

import { fail, intervalOutOfRange } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import {
  checkedDate,
  checkedTimestamp,
  civilFromDays,
  DAY_MICROS,
  dayOfTimestamp,
  daysFromCivil,
  daysInMonth,
  isInfiniteTimestamp,
  TIMESTAMP_INFINITY,
  timeOfTimestamp,
} from '../../data/time.ts';
import { roundHalfEven } from './doubles.ts';

function fieldOutOfRange(what: string): never {
  fail('22008', `${what} field value out of range`);
}

/** Negative years are BC. */
export function makeDate(year: number, month: number, day: number): number {
  const civil = year < 0 ? year + 1 : year;
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(civil, month))
    fieldOutOfRange('date');
  return checkedDate(daysFromCivil(civil, month, day));
}

export function makeTime(hour: number, minute: number, second: number): bigint {
  const micros = roundHalfEven(second * 1e6);
  const bad = hour < 0 || minute < 0 || minute > 59 || !(micros >= 0 && micros <= 60e6) || hour > 24;
  if (bad || (hour === 24 && (minute > 0 || micros > 0))) fieldOutOfRange('time');
  return BigInt(hour * 3600 + minute * 60) * 1_000_000n + BigInt(micros);
}

export function makeTimestamp(
  ...[year, month, day, hour, minute, second]: [number, number, number, number, number, number]
): bigint {
  const days = makeDate(year, month, day);
  return checkedTimestamp(BigInt(days) * DAY_MICROS + makeTime(hour, minute, second));
}

const INT32_MAX = 2147483647;

function int32(value: number): number {
  if (value > INT32_MAX || value < -INT32_MAX - 1) intervalOutOfRange();
  return value;
}

export function makeInterval(
  ...[years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0]: number[]
): bigint {
  if (!Number.isFinite(seconds)) intervalOutOfRange();
  result.months = int32(int32(years * 12) + months);
  result.days = int32(int32(weeks * 7) + days);
  const scaled = roundHalfEven(seconds * 1e6);
  if (!(Math.abs(scaled) < 9.3e18)) intervalOutOfRange();
  const micros = BigInt(hours) * 3_600_000_000n + BigInt(minutes) * 60_000_000n + BigInt(scaled);
  if (BigInt.asIntN(64, micros) !== micros) intervalOutOfRange();
  return micros;
}

interface Clock {
  year: number;
  month: number;
  day: number;
  readonly micros: bigint;
}

function clockOf(time: bigint): Clock {
  return { ...civilFromDays(dayOfTimestamp(time)), micros: BigInt(timeOfTimestamp(time)) };
}

function giveInterval(months: number, days: number, micros: bigint): bigint {
  result.months = months;
  result.days = days;
  return micros;
}

/** The distance in years, months, days and time, borrowing as on paper. */
export function age(a: bigint, b: bigint): bigint {
  if (isInfiniteTimestamp(a) || isInfiniteTimestamp(b)) return infiniteAge(a, b);
  const sign = a < b ? -1 : 1;
  const [late, early] = sign < 0 ? [clockOf(b), clockOf(a)] : [clockOf(a), clockOf(b)];
  let micros = late.micros - early.micros;
  let days = late.day - early.day;
  let months = (late.year - early.year) * 12 + late.month - early.month;
  if (micros < 0n) {
    micros += DAY_MICROS;
    days--;
  }
  if (days < 0) {
    // The month that is borrowed is that of the second argument, or of the first where that is the earlier.
    days += daysInMonth(early.year, early.month);
    months--;
  }
  return giveInterval(sign * months + 0, sign * days + 0, BigInt(sign) * micros);
}

function infiniteAge(a: bigint, b: bigint): bigint {
  const both = isInfiniteTimestamp(a) && isInfiniteTimestamp(b);
  if (both && a === b) intervalOutOfRange();
  const positive = isInfiniteTimestamp(a) ? a === TIMESTAMP_INFINITY : b !== TIMESTAMP_INFINITY;
  if (positive) return giveInterval(2147483647, 2147483647, 2n ** 63n - 1n);
  return giveInterval(-2147483648, -2147483648, -(2n ** 63n));
}

/** Two periods, each from one end to the other; null is NULL, and so is what cannot be told. */
export function overlaps(...given: (bigint | null)[]): boolean {
  let [s1, e1, s2, e2] = given as [bigint | null, bigint | null, bigint | null, bigint | null];
  [s1, e1] = ordered(s1, e1);
  [s2, e2] = ordered(s2, e2);
  const answer = s1 === null || s2 === null ? null : overlapOf(s1, e1, s2, e2);
  result.isNull = answer === null;
  return answer === true;
}

function ordered(a: bigint | null, b: bigint | null): readonly [bigint | null, bigint | null] {
  if (a === null) return [b, null];
  return b !== null && b < a ? [b, a] : [a, b];
}

function overlapOf(s1: bigint, e1: bigint | null, s2: bigint, e2: bigint | null): boolean | null {
  if (s1 === s2) return e1 === null || e2 === null ? null : true;
  const [start, ownEnd, otherEnd] = s1 > s2 ? [s1, e1, e2] : [s2, e2, e1];
  if (otherEnd === null) return null;
  if (start < otherEnd) return true;
  return ownEnd === null ? null : false;
}
