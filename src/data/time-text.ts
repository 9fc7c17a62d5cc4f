// Text forms of date, timestamp and timestamptz: output as Postgres writes it (DateStyle ISO, zone UTC); input in the ISO
// forms and the special words. Other spellings that Postgres knows ('Jan 5 2026', 'yesterday') are refused, never guessed.

import { fail } from './failure.ts';
import {
  checkedDate,
  checkedTimestamp,
  civilFromDays,
  DATE_INFINITY,
  DATE_MINUS_INFINITY,
  DAY_MICROS,
  dayOfTimestamp,
  daysFromCivil,
  daysInMonth,
  TIMESTAMP_INFINITY,
  TIMESTAMP_MINUS_INFINITY,
  timeOfTimestamp,
} from './time.ts';
import { trimSpace } from './trim.ts';

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

function civilText(days: number): { readonly text: string; readonly era: string } {
  const { year, month, day } = civilFromDays(days);
  const shown = year > 0 ? year : 1 - year;
  return { text: `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}`, era: year > 0 ? '' : ' BC' };
}

export function dateToText(days: number): string {
  if (days === DATE_INFINITY) return 'infinity';
  if (days === DATE_MINUS_INFINITY) return '-infinity';
  const { text, era } = civilText(days);
  return text + era;
}

/** `HH:MM:SS[.ffffff]` of microseconds since midnight. */
export function timeToText(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = fractionText(micros - seconds * 1e6);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

/** `.5` for 500000 microseconds; empty for none. */
export function fractionText(micros: number): string {
  return micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
}

export function timestampToText(micros: bigint, zone: '' | '+00'): string {
  if (micros === TIMESTAMP_INFINITY) return 'infinity';
  if (micros === TIMESTAMP_MINUS_INFINITY) return '-infinity';
  const { text, era } = civilText(dayOfTimestamp(micros));
  return `${text} ${timeToText(timeOfTimestamp(micros))}${zone}${era}`;
}

const FORM =
  /^(?:(\d{4,7})-(\d{1,2})-(\d{1,2})|(\d{4})(\d\d)(\d\d))(?:(?:[ ]+|T)(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d*))?)?)?(?: ?(Z|UTC|GMT|[+-]\d{1,2}(?:\d\d|:\d\d(?::\d\d)?)?))?( BC)?$/i;

type TypeWords = 'date' | 'time' | 'timestamp' | 'timestamp with time zone';

interface Parsed {
  readonly days: number;
  /** Microseconds since midnight; may be 24 hours. */
  readonly time: bigint;
  /** Microseconds east of UTC. */
  readonly zone: bigint;
}

function parse(text: string, type: TypeWords): Parsed | 'infinity' | '-infinity' | 'epoch' {
  const trimmed = trimSpace(text);
  const word = trimmed.toLowerCase();
  if (word === 'infinity' || word === '+infinity') return 'infinity';
  if (word === '-infinity') return '-infinity';
  if (word === 'epoch') return 'epoch';
  const match = FORM.exec(trimmed);
  if (match === null) refuse(trimmed, text, type);
  if (match[7] === undefined && match[11]?.startsWith('-') === true) refuse(trimmed, text, type);
  const bc = match[12] !== undefined;
  const written = Number(match[1] ?? match[4]);
  const month = Number(match[2] ?? match[5]);
  const day = Number(match[3] ?? match[6]);
  const year = bc ? 1 - written : written;
  if (written === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) outOfRange(text);
  const time = match[7] === undefined ? 0n : timeOf(Number(match[7]), match[8], match[9], match[10], text);
  return { days: daysFromCivil(year, month, day), time, zone: zoneOf(match[11], text) };
}

function timeOf(hour: number, minutes = '', seconds = '', fraction = '', text = ''): bigint {
  const minute = Number(minutes);
  const second = Number(seconds);
  const micros = fractionMicros(fraction);
  if (minute > 59 || second > 60 || hour > 24) outOfRange(text);
  if (hour === 24 && (minute > 0 || second > 0 || micros > 0)) outOfRange(text);
  if (second === 60 && micros > 0) outOfRange(text);
  return BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(micros);
}

/** Digits behind the point, to microseconds, as strtod and rint do it. */
export function fractionMicros(digits: string): number {
  if (digits === '') return 0;
  const scaled = Number(`0.${digits}`) * 1e6;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function zoneOf(zone: string | undefined, text: string): bigint {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0n;
  const digits = zone.slice(1).replaceAll(':', '');
  const padded = digits.length === 1 ? `0${digits}` : digits.length === 3 ? `0${digits}` : digits;
  const hour = Number(padded.slice(0, 2));
  const minute = Number(padded.slice(2, 4) || 0);
  const second = Number(padded.slice(4, 6) || 0);
  if (hour > 15 || minute > 59 || second > 59)
    fail('22009', `time zone displacement out of range: "${text}"`);
  const micros = BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n;
  return zone.startsWith('-') ? -micros : micros;
}

function outOfRange(text: string): never {
  fail('22008', `date/time field value out of range: "${text}"`);
}

function refuse(trimmed: string, text: string, type: TypeWords): never {
  if (trimmed === '' || !/[0-9a-z]/i.test(trimmed))
    fail('22007', `invalid input syntax for type ${type}: "${text}"`);
  fail('22007', `invalid input syntax for type ${type}: "${text}" (only ISO 8601 forms are read)`);
}

export function parseDate(text: string): number {
  const parsed = parse(text, 'date');
  if (parsed === 'infinity') return DATE_INFINITY;
  if (parsed === '-infinity') return DATE_MINUS_INFINITY;
  if (parsed === 'epoch') return 0;
  return checkedDate(parsed.days);
}

function parseMoment(text: string, type: TypeWords, zoned: boolean): bigint {
  const parsed = parse(text, type);
  if (parsed === 'infinity') return TIMESTAMP_INFINITY;
  if (parsed === '-infinity') return TIMESTAMP_MINUS_INFINITY;
  if (parsed === 'epoch') return 0n;
  const micros = BigInt(parsed.days) * DAY_MICROS + parsed.time;
  return checkedTimestamp(zoned ? micros - parsed.zone : micros);
}

/** A zone in the text is read and ignored, as in Postgres. */
export function parseTimestamp(text: string): bigint {
  return parseMoment(text, 'timestamp', false);
}

export function parseTimestamptz(text: string): bigint {
  return parseMoment(text, 'timestamp with time zone', true);
}

const TIME_FORM =
  /^(?:\d{4,7}-\d{1,2}-\d{1,2}(?:[ ]+|T))?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d*))?)?(?: ?(?:Z|UTC|GMT|[+-]\d{1,2}(?:\d\d|:\d\d(?::\d\d)?)?))?$/i;

/** Time of day, 24:00 included; a date before it and a zone behind it are read and ignored, as in Postgres. */
export function parseTime(text: string): bigint {
  const trimmed = trimSpace(text);
  const match = TIME_FORM.exec(trimmed);
  if (match === null) refuse(trimmed, text, 'time');
  if (/^\d{4,7}-/.test(trimmed)) parseTimestamp(trimmed);
  return timeOf(Number(match[1]), match[2], match[3], match[4], text);
}
