// Fields that a template found in a text → a date or timestamp. After do_to_timestamp in
// src/backend/utils/adt/formatting.c.

import { fail } from '../../data/failure.ts';
import {
  checkedDate,
  checkedTimestamp,
  civilFromDays,
  DAY_MICROS,
  daysFromCivil,
  daysInMonth,
} from '../../data/time.ts';
import { isoYearStart } from './fields.ts';

/** Zero is what was not read. */
export interface ReadFields {
  hour: number;
  minute: number;
  second: number;
  secondOfDay: number;
  millis: number;
  micros: number;
  /** Of FF1 to FF6. */
  precision: number;
  isPm: number;
  twelveHours: boolean;
  year: number;
  yearDigits: number;
  century: number;
  isBc: number;
  month: number;
  day: number;
  dayOfYear: number;
  /** 1 for Sunday. */
  weekday: number;
  week: number;
  weekOfMonth: number;
  julian: number;
  convention: 'calendar' | 'iso' | undefined;
  zoneSign: number;
  zoneHour: number;
  zoneMinute: number;
  isUtc: boolean;
}

export function noFields(): ReadFields {
  const zeros = {
    hour: 0,
    minute: 0,
    second: 0,
    secondOfDay: 0,
    millis: 0,
    micros: 0,
    precision: 0,
    isPm: 0,
  };
  const dates = { year: 0, yearDigits: 0, century: 0, isBc: 0, month: 0, day: 0, dayOfYear: 0, weekday: 0 };
  const weeks = { week: 0, weekOfMonth: 0, julian: 0, convention: undefined };
  const zone = { zoneSign: 0, zoneHour: 0, zoneMinute: 0, isUtc: false };
  return { ...zeros, twelveHours: false, ...dates, ...weeks, ...zone };
}

const INT32_MAX = 2_147_483_647;
/** From 1970-01-01 to 2000-01-01, from which PostgreSQL counts. */
const EPOCH_MICROS = 10_957n * DAY_MICROS;

function outOfRange(): never {
  fail('22008', 'date/time field value out of range');
}

function int32(value: number): number {
  if (value > INT32_MAX || value < -INT32_MAX - 1) outOfRange();
  return value;
}

/** Year 0 is 1 BC. What is known of a date is held against the calendar. */
interface Day {
  year: number;
  month: number;
  day: number;
  knowsYear: boolean;
  knowsMonth: boolean;
  knowsDay: boolean;
}

function setDays(to: Day, days: number): void {
  Object.assign(to, civilFromDays(days));
  to.knowsYear = to.knowsMonth = to.knowsDay = true;
}

function yearOf(f: ReadFields): number | undefined {
  const century = f.isBc === 1 ? -f.century : f.century;
  if (f.year === 0) {
    if (f.century === 0) return undefined;
    return int32(century >= 0 ? int32((century - 1) * 100) + 1 : int32(century * 100) + 1);
  }
  if (f.century !== 0 && f.yearDigits <= 2) {
    const year = f.year % 100;
    if (year === 0) return int32(century * 100 + (century >= 0 ? 0 : 1));
    return int32(century >= 0 ? (century - 1) * 100 + year : (century + 1) * 100 - year + 1);
  }
  const year = f.isBc === 1 ? -f.year : f.year;
  return year < 0 ? year + 1 : year;
}

/** Monday of an ISO week, as days since 1970-01-01. */
function weekStart(year: number, week: number): number {
  return isoYearStart(year) + (week - 1) * 7;
}

function dayOf(f: ReadFields): Day {
  const year = yearOf(f);
  const to: Day = {
    year: year ?? 0,
    month: 1,
    day: 1,
    knowsYear: year !== undefined,
    knowsMonth: false,
    knowsDay: false,
  };
  let { dayOfYear, day } = f;
  if (f.julian !== 0) setDays(to, f.julian - 2_440_588);
  if (f.week !== 0 && f.convention === 'iso') {
    const behind = f.weekday === 0 ? 0 : f.weekday > 1 ? f.weekday - 2 : 6;
    setDays(to, weekStart(to.year, f.week) + behind);
  } else if (f.week !== 0) dayOfYear = int32(int32(int32(f.week - 1) * 7) + 1);
  if (f.weekOfMonth !== 0) day = int32(int32(int32(f.weekOfMonth - 1) * 7) + 1);
  if (day !== 0) Object.assign(to, { day, knowsDay: true });
  if (f.month !== 0) Object.assign(to, { month: f.month, knowsMonth: true });
  if (dayOfYear !== 0 && (to.month <= 1 || to.day <= 1)) setDayOfYear(to, dayOfYear, f);
  checkDay(to);
  return to;
}

function setDayOfYear(to: Day, dayOfYear: number, f: ReadFields): void {
  if (to.year === 0 && f.isBc === 0) fail('22007', 'cannot calculate day of year without year information');
  if (f.convention === 'iso') return setDays(to, isoYearStart(to.year) - 1 + dayOfYear);
  let month = 1;
  let before = 0;
  while (month <= 12 && dayOfYear > before + daysInMonth(to.year, month))
    before += daysInMonth(to.year, month++);
  if (to.month <= 1) to.month = month;
  if (to.day <= 1) to.day = dayOfYear - before;
  to.knowsMonth = to.knowsDay = true;
}

function checkDay({ year, month, day, knowsYear, knowsMonth, knowsDay }: Day): void {
  if (knowsMonth && (month < 1 || month > 12)) outOfRange();
  if (knowsDay && (day < 1 || day > 31)) outOfRange();
  if (knowsYear && knowsMonth && knowsDay && day > daysInMonth(year, month)) outOfRange();
}

function microsOf(f: ReadFields): bigint {
  let hour = f.hour !== 0 ? f.hour : Math.trunc(f.secondOfDay / 3600);
  const minute = f.minute !== 0 ? f.minute : Math.trunc((f.secondOfDay % 3600) / 60);
  const second = f.second !== 0 ? f.second : f.secondOfDay % 60;
  if (f.twelveHours) {
    if (f.isPm === 1 && hour < 12) hour += 12;
    else if (f.isPm === 0 && hour === 12) hour = 0;
  }
  const fraction = int32(int32(f.millis * 1000) + f.micros);
  const fits = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!fits || fraction < 0 || fraction >= 1_000_000) outOfRange();
  return BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + BigInt(fraction);
}

/** Of UTC where no zone was read, as is the session's. */
function offsetMicros(f: ReadFields): bigint {
  if (f.zoneSign === 0) return 0n;
  if (f.zoneHour < 0 || f.zoneHour > 15 || f.zoneMinute < 0 || f.zoneMinute >= 60)
    fail('22009', 'time zone displacement out of range');
  return BigInt(f.zoneSign * (f.zoneHour * 60 + f.zoneMinute)) * 60_000_000n;
}

export function dateOfFields(fields: ReadFields): number {
  const { year, month, day } = checkedFields(fields).day;
  return checkedDate(daysFromCivil(year, month, day));
}

export function timestampOfFields(fields: ReadFields): bigint {
  const { day, time, offset } = checkedFields(fields);
  const days = daysFromCivil(day.year, day.month, day.day);
  const moment = checkedTimestamp(BigInt(days) * DAY_MICROS + time - offset);
  return fields.precision === 0 ? moment : checkedTimestamp(roundedTo(moment, fields.precision));
}

function checkedFields(fields: ReadFields): { day: Day; time: bigint; offset: bigint } {
  // The hour of a 12-hour clock is looked at first, and the zone last, as in PostgreSQL: the first mistake is told.
  checkHalfDay(fields);
  const day = dayOf(fields);
  return { day, time: microsOf(fields), offset: offsetMicros(fields) };
}

function checkHalfDay(f: ReadFields): void {
  const hour = f.hour !== 0 ? f.hour : Math.trunc(f.secondOfDay / 3600);
  if (f.twelveHours && (hour < 1 || hour > 12))
    fail('22007', `hour "${hour}" is invalid for the 12-hour clock`);
}

/** Half away from PostgreSQL's epoch. */
function roundedTo(moment: bigint, digits: number): bigint {
  const scale = 10n ** BigInt(6 - digits);
  const since = moment - EPOCH_MICROS;
  const size = ((since < 0n ? -since : since) + scale / 2n) / scale;
  return EPOCH_MICROS + (since < 0n ? -size : size) * scale;
}
