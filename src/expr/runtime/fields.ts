// extract and date_part: the fields of dates, timestamps and intervals. One function per field and type, chosen once when the
// field is a constant. Results are exact decimals (extract) or doubles (date_part). After src/backend/utils/adt/timestamp.c.

import { NUMERIC_MINUS_INFINITY, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import { fail } from '../../data/failure.ts';
import { divideNumeric, addNumeric } from '../../data/numeric.ts';
import { result } from '../../data/registers.ts';
import {
  civilFromDays,
  dayOfTimestamp,
  daysFromCivil,
  isInfiniteDate,
  isInfiniteTimestamp,
  timeOfTimestamp,
} from '../../data/time.ts';
import type { TimeUnit } from '../../data/time-units.ts';
import { timeUnit } from '../../data/time-units.ts';

export type TimeField =
  | TimeUnit
  | 'epoch'
  | 'dow'
  | 'isodow'
  | 'doy'
  | 'isoyear'
  | 'julian'
  | 'timezone'
  | 'timezone_hour'
  | 'timezone_minute';

const SPECIAL: ReadonlyMap<string, TimeField> = new Map([
  ['epoch', 'epoch'],
  ['dow', 'dow'],
  ['isodow', 'isodow'],
  ['doy', 'doy'],
  ['isoyear', 'isoyear'],
  ['j', 'julian'],
  ['jd', 'julian'],
  ['julian', 'julian'],
  ['timezone', 'timezone'],
  ['timezone_h', 'timezone_hour'],
  ['timezone_m', 'timezone_minute'],
]);

export function timeField(word: string): TimeField | undefined {
  return timeUnit(word) ?? SPECIAL.get(word.toLowerCase().slice(0, 10));
}

export type ZonedType = 'timestamp without time zone' | 'timestamp with time zone';

export function unknownField(word: string, type: string): never {
  fail('22023', `unit "${word.toLowerCase()}" not recognized for type ${type}`);
}

export function unsupportedField(word: string, type: string): never {
  fail('0A000', `unit "${word.toLowerCase()}" not supported for type ${type}`);
}

function whole(value: number): bigint {
  result.scale = 0;
  return BigInt(value);
}

function scaled(value: bigint, scale: number): bigint {
  result.scale = scale;
  return value;
}

export function infinity(positive: boolean): bigint {
  return scaled(0n, positive ? NUMERIC_PLUS_INFINITY : NUMERIC_MINUS_INFINITY);
}

const ANY_MONDAY = -3;

/** The Monday that ISO week 1 of `year` starts with, in days. */
export function isoYearStart(year: number): number {
  const january4 = daysFromCivil(year, 1, 4);
  return mondayOf(january4);
}

export function mondayOf(days: number): number {
  const rest = (days - ANY_MONDAY) % 7;
  return days - (rest < 0 ? rest + 7 : rest);
}

/** The ISO year that a day lies in. */
export function isoYearOf(days: number): number {
  const { year } = civilFromDays(days);
  if (days >= isoYearStart(year + 1)) return year + 1;
  return days < isoYearStart(year) ? year - 1 : year;
}

/** Years count without a year 0: 1 BC is −1. */
function historical(year: number): number {
  return year > 0 ? year : year - 1;
}

/** Fields of the calendar day; undefined for the others. */
export function dayField(field: TimeField, days: number): number | undefined {
  const { year, month, day } = civilFromDays(days);
  switch (field) {
    case 'day':
      return day;
    case 'month':
      return month;
    case 'quarter':
      return Math.floor((month - 1) / 3) + 1;
    case 'year':
      return historical(year);
    case 'decade':
      return Math.floor(year / 10);
    case 'century':
      return year > 0 ? Math.floor((year + 99) / 100) : -Math.floor((100 - year) / 100);
    case 'millennium':
      return year > 0 ? Math.floor((year + 999) / 1000) : -Math.floor((1000 - year) / 1000);
    case 'week':
      return (mondayOf(days) - isoYearStart(isoYearOf(days))) / 7 + 1;
    case 'isoyear':
      return historical(isoYearOf(days));
    case 'dow':
      return (((days + 4) % 7) + 7) % 7;
    case 'isodow':
      return days - mondayOf(days) + 1;
    case 'doy':
      return days - daysFromCivil(year, 1, 1) + 1;
    default:
      return undefined;
  }
}

const JULIAN_OF_EPOCH = 2440588;

/** What grows with time is infinite for an infinite time; what comes round again is NULL. */
const GROWING: ReadonlySet<TimeField> = new Set([
  'year',
  'decade',
  'century',
  'millennium',
  'julian',
  'isoyear',
  'epoch',
]);

function ofInfinity(field: TimeField, positive: boolean): bigint {
  if (GROWING.has(field)) return infinity(positive);
  result.isNull = true;
  return 0n;
}

export const ZONE_FIELDS: ReadonlySet<TimeField> = new Set(['timezone', 'timezone_hour', 'timezone_minute']);

export type ExtractTimestamp = (micros: bigint) => bigint;

export function timestampField(word: string, type: ZonedType): ExtractTimestamp {
  const field = timeField(word);
  if (field === undefined) return () => unknownField(word, type);
  const zoneless = ZONE_FIELDS.has(field) && type === 'timestamp without time zone';
  return (micros) => {
    result.isNull = false;
    if (isInfiniteTimestamp(micros)) return ofInfinity(field, micros > 0n);
    if (zoneless) unsupportedField(word, type);
    return clockField(field, micros) ?? whole(dayField(field, dayOfTimestamp(micros))!);
  };
}

function clockField(field: TimeField, micros: bigint): bigint | undefined {
  const time = timeOfTimestamp(micros);
  switch (field) {
    case 'hour':
      return whole(Math.floor(time / 3_600_000_000));
    case 'minute':
      return whole(Math.floor(time / 60_000_000) % 60);
    case 'second':
      return scaled(BigInt(time % 60_000_000), 6);
    case 'millisecond':
      return scaled(BigInt(time % 60_000_000), 3);
    case 'microsecond':
      return whole(time % 60_000_000);
    case 'epoch':
      return scaled(micros, 6);
    case 'julian':
      return julian(dayOfTimestamp(micros), time);
    case 'timezone':
    case 'timezone_hour':
    case 'timezone_minute':
      return whole(0);
    default:
      return undefined;
  }
}

function julian(days: number, time: number): bigint {
  const fraction = divideNumeric(BigInt(time), 0, 86_400_000_000n, 0);
  return addNumeric(BigInt(days + JULIAN_OF_EPOCH), 0, fraction, result.scale);
}

export type ExtractDate = (days: number) => bigint;

export function dateField(word: string): ExtractDate {
  const field = timeField(word);
  if (field === undefined) return () => unknownField(word, 'date');
  return (days) => {
    result.isNull = false;
    const simple = dayField(field, 0) !== undefined;
    if (!simple && field !== 'epoch' && field !== 'julian') unsupportedField(word, 'date');
    if (isInfiniteDate(days)) return ofInfinity(field, days > 0);
    if (field === 'epoch') return whole(days * 86400);
    return whole(field === 'julian' ? days + JULIAN_OF_EPOCH : dayField(field, days)!);
  };
}

/** date_part computes these three in doubles; the others are whole numbers. */
export function timestampPart(word: string, type: ZonedType): (micros: bigint) => number {
  const field = timeField(word);
  const exact = timestampField(word, type);
  return (micros) => {
    const unscaled = exact(micros);
    if (result.scale === NUMERIC_PLUS_INFINITY && isInfiniteTimestamp(micros)) return Infinity;
    if (result.scale === NUMERIC_MINUS_INFINITY && isInfiniteTimestamp(micros)) return -Infinity;
    if (field === 'epoch') return Number(micros) / 1e6;
    const time = isInfiniteTimestamp(micros) ? 0 : timeOfTimestamp(micros);
    const seconds = Math.floor((time % 60_000_000) / 1e6);
    if (field === 'second') return seconds + (time % 1e6) / 1e6;
    if (field === 'millisecond') return seconds * 1000 + (time % 1e6) / 1000;
    if (field === 'julian')
      return dayOfTimestamp(micros) + JULIAN_OF_EPOCH + (Math.floor(time / 1e6) + (time % 1e6) / 1e6) / 86400;
    return Number(unscaled);
  };
}
