// to_char of timestamps and intervals. The session's time zone is UTC, the language that of the C locale. After DCH_to_char
// in src/backend/utils/adt/formatting.c.

import { fail } from '../../data/failure.ts';
import {
  civilFromDays,
  dayOfTimestamp,
  daysFromCivil,
  isInfiniteTimestamp,
  timeOfTimestamp,
} from '../../data/time.ts';
import { result } from '../../data/registers.ts';
import { isInfiniteInterval } from '../../data/interval.ts';
import { readString, writeString } from './arena.ts';
import { isoYearOf, mondayOf, isoYearStart } from './fields.ts';
import type { TimePiece } from './time-format.ts';
import { parseTimeFormat } from './time-format.ts';

type Bytes = Uint8Array;

/** What of a time can be shown. Months and days of an interval are as they stand in it. */
interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
  readonly dayOfYear: number;
  /** Days since 1970-01-01; null for an interval. */
  readonly date: number | null;
  readonly zoned: boolean;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const ROMAN = 'I II III IV V VI VII VIII IX X XI XII'.split(' ');

const parsed = new Map<string, readonly TimePiece[]>();

function piecesOf(format: string): readonly TimePiece[] {
  const known = parsed.get(format);
  if (known !== undefined) return known;
  const pieces = parseTimeFormat(format);
  if (parsed.size < 1000) parsed.set(format, pieces);
  return pieces;
}

/** NULL for an infinite time or an empty template. */
export function formatTimestamp(zoned: boolean) {
  return (time: bigint, b: Bytes, s: number, e: number): number => {
    result.isNull = isInfiniteTimestamp(time) || s === e;
    return writeString(result.isNull ? '' : format(timestampFields(time, zoned), readString(b, s, e)));
  };
}

export function formatInterval(m: number, d: number, u: bigint, b: Bytes, s: number, e: number): number {
  result.isNull = isInfiniteInterval(m, d, u) || s === e;
  return writeString(result.isNull ? '' : format(intervalFields(m, d, u), readString(b, s, e)));
}

function timestampFields(time: bigint, zoned: boolean): Fields {
  const date = dayOfTimestamp(time);
  const { year, month, day } = civilFromDays(date);
  const micros = timeOfTimestamp(time);
  const dayOfYear = date - daysFromCivil(year, 1, 1) + 1;
  return { year, month, day, ...timeFields(BigInt(micros)), dayOfYear, date, zoned };
}

/** The parts have the sign of the whole. */
function intervalFields(months: number, days: number, micros: bigint): Fields {
  const year = Math.trunc(months / 12);
  const month = months % 12;
  return {
    year,
    month,
    day: days,
    ...timeFields(micros),
    dayOfYear: (Math.imul(months, 30) + days) | 0,
    date: null,
    zoned: false,
  };
}

function timeFields(micros: bigint): Pick<Fields, 'hour' | 'minute' | 'second' | 'micros'> {
  const seconds = Number(micros / 1_000_000n);
  return {
    hour: Math.trunc(seconds / 3600),
    minute: Math.trunc(seconds / 60) % 60,
    second: seconds % 60,
    micros: Number(micros % 1_000_000n),
  };
}

function format(fields: Fields, template: string): string {
  let text = '';
  for (const piece of piecesOf(template)) {
    if (piece.kind === 'text') text += piece.text;
    else {
      const shown = show(piece.field, fields, piece.fill);
      text +=
        piece.ordinal === undefined || !ORDERED.test(piece.field) ? shown : ordinal(shown, piece.ordinal);
    }
  }
  return text;
}

/** Fields that are numbers, which TH makes ordinal. */
const ORDERED = /^(HH|MI|SS|MS|US|FF|MM|DD|D$|IDDD|ID$|WW|W$|IW|Q|CC|Y|IY|I$|J)/i;

function ordinal(number: string, form: 'TH' | 'th'): string {
  const last = number.at(-1) ?? '';
  if (!/\d/.test(last)) fail('22P02', `"${number}" is not a number`);
  const teen = number.at(-2) === '1';
  const ending = teen ? 'th' : last === '1' ? 'st' : last === '2' ? 'nd' : last === '3' ? 'rd' : 'th';
  return number + (form === 'TH' ? ending.toUpperCase() : ending);
}

/** As printf pads: a minus sign is one of the places. */
function padded(value: number, width: number, fill: boolean): string {
  if (!fill) return String(value);
  return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
}

/** With one place more for a minus sign. */
function signed(value: number, width: number, fill: boolean): string {
  return padded(value, value < 0 ? width + 1 : width, fill);
}

function dateOf({ date }: Fields): number {
  if (date === null) fail('22007', 'invalid format specification for an interval value');
  return date;
}

/** PostgreSQL takes the years, months and days of an interval for those of a date here. */
function calendarDay({ date }: Fields, field: string): number {
  return date ?? fail('0A000', `${field} of an interval is not supported in to_char`);
}

/** There is no year 0: 1 BC is year 0 of the calendar. */
function shownYear(year: number, { date }: Fields): number {
  return date !== null && year <= 0 ? 1 - year : year;
}

/** As the keyword is written: MONTH, Month, month. */
function spelled(name: string, field: string): string {
  if (field === field.toUpperCase()) return name.toUpperCase();
  return field === field.toLowerCase() ? name.toLowerCase() : name;
}

function show(field: string, f: Fields, fill: boolean): string {
  const upper = field.toUpperCase();
  switch (upper) {
    case 'A.M.':
    case 'P.M.':
      return spelled(afternoon(f) ? 'P.M.' : 'A.M.', field);
    case 'AM':
    case 'PM':
      return spelled(afternoon(f) ? 'PM' : 'AM', field);
    case 'A.D.':
    case 'B.C.':
      dateOf(f);
      return spelled(f.year <= 0 ? 'B.C.' : 'A.D.', field);
    case 'AD':
    case 'BC':
      dateOf(f);
      return spelled(f.year <= 0 ? 'BC' : 'AD', field);
    case 'MONTH':
      dateOf(f);
      return spelled(MONTHS[f.month - 1]!, field).padEnd(fill ? 9 : 0);
    case 'MON':
      dateOf(f);
      return spelled(MONTHS[f.month - 1]!.slice(0, 3), field);
    case 'DAY':
      return spelled(DAYS[weekday(f)]!, field).padEnd(fill ? 9 : 0);
    case 'DY':
      return spelled(DAYS[weekday(f)]!.slice(0, 3), field);
    case 'RM':
      return roman(f, field, fill);
    case 'FX':
      return '';
    default:
      return upper.startsWith('TM')
        ? localised(field)
        : (zone(upper, field, f, fill) ?? number(upper, f, fill));
  }
}

function localised(field: string): never {
  return fail('0A000', `${field} of to_char is not supported`);
}

function afternoon({ hour }: Fields): boolean {
  return ((hour % 24) + 24) % 24 >= 12 && hour >= 0;
}

function weekday(f: Fields): number {
  return (((dateOf(f) + 4) % 7) + 7) % 7;
}

function roman(f: Fields, field: string, fill: boolean): string {
  if (f.date === null && f.month === 0 && f.year === 0) return '';
  const month = f.month > 0 ? f.month : f.month === 0 ? (f.year >= 0 ? 12 : 1) : 13 + f.month;
  return spelled(ROMAN[month - 1]!, field).padEnd(fill ? 4 : 0);
}

function zone(upper: string, field: string, f: Fields, fill: boolean): string | undefined {
  switch (upper) {
    case 'TZ':
      dateOf(f);
      return f.zoned ? spelled('UTC', field) : '';
    case 'TZH':
      dateOf(f);
      return '+00';
    case 'TZM':
      dateOf(f);
      return '00';
    case 'OF':
      dateOf(f);
      return fill ? '+00' : '+0';
    default:
      return undefined;
  }
}

function number(upper: string, f: Fields, fill: boolean): string {
  switch (upper) {
    case 'HH':
    case 'HH12':
      return signed(f.hour % 12 === 0 ? 12 : f.hour % 12, 2, fill);
    case 'HH24':
      return signed(f.hour, 2, fill);
    case 'MI':
      return signed(f.minute, 2, fill);
    case 'SS':
      return signed(f.second, 2, fill);
    case 'MS':
      return fraction(f.micros, 3);
    case 'US':
      return fraction(f.micros, 6);
    case 'SSSS':
    case 'SSSSS':
      return String(f.hour * 3600 + f.minute * 60 + f.second);
    case 'MM':
      return signed(f.month, 2, fill);
    case 'DD':
      return padded(f.day, 2, fill);
    case 'DDD':
      return padded(f.dayOfYear, 3, fill);
    case 'Q':
      return f.month === 0 ? '' : String(Math.trunc((f.month - 1) / 3) + 1);
    case 'W':
      return String(Math.trunc((f.day - 1) / 7) + 1);
    case 'WW':
      return padded(Math.trunc((f.dayOfYear - 1) / 7) + 1, 2, fill);
    default:
      return upper.startsWith('FF') ? fraction(f.micros, Number(upper[2])) : yearOrDay(upper, f, fill);
  }
}

/** The first digits of the microseconds. */
function fraction(micros: number, digits: number): string {
  const cut = Math.trunc(micros / 10 ** (6 - digits));
  return padded(cut, digits, true);
}

function yearOrDay(upper: string, f: Fields, fill: boolean): string {
  switch (upper) {
    case 'D':
      return String(weekday(f) + 1);
    case 'ID':
      return String(weekday(f) === 0 ? 7 : weekday(f));
    case 'J':
      return String(calendarDay(f, upper) + 2_440_588);
    case 'IW':
      return padded(
        (mondayOf(calendarDay(f, upper)) - isoYearStart(isoYearOf(calendarDay(f, upper)))) / 7 + 1,
        2,
        fill,
      );
    case 'IDDD':
      return padded(calendarDay(f, upper) - isoYearStart(isoYearOf(calendarDay(f, upper))) + 1, 3, fill);
    case 'CC':
      return century(f, fill);
    case 'Y,YYY': {
      const year = shownYear(f.year, f);
      const thousands = Math.trunc(year / 1000);
      return `${thousands},${padded(year - thousands * 1000, 3, true)}`;
    }
    default: {
      const iso = upper.startsWith('I');
      return yearDigits(shownYear(iso ? isoYearOf(calendarDay(f, upper)) : f.year, f), upper.length, fill);
    }
  }
}

function yearDigits(year: number, digits: number, fill: boolean): string {
  return signed(digits === 4 ? year : year % 10 ** digits, digits, fill && digits > 1);
}

function century(f: Fields, fill: boolean): string {
  const { year } = f;
  const value =
    f.date === null
      ? Math.trunc(year / 100)
      : year > 0
        ? Math.trunc((year - 1) / 100) + 1
        : Math.trunc(year / 100) - 1;
  return Math.abs(value) <= 99 ? signed(value, 2, fill) : String(value);
}
