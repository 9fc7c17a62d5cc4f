// The exact reader of date and timestamp text: every spelling that the formats document, over Postgres' whole range. Decides what
// the fast readers pass on: rounding beyond microseconds, 24:00:00, leap seconds, far years, BC, infinity.

import { daysFromCivil, daysInMonth } from './datetime-values.ts';
import { BAD_TIMESTAMP, OUT_OF_RANGE } from './rejection.ts';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const INT32_MAX = 0x7fffffff;
const INT32_MIN = -0x80000000;

const DATE = /^(\d{4,7})([-/])(\d{1,2})\2(\d{1,2})/;
const TIME = /^(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{0,20}))?)?/;
const ZONE = /^\s*(?:([Zz]|UTC|GMT)|([+-])(\d{1,2})(?::?(\d{2}))?(?::(\d{2}))?)(?=$|\s)/i;

/**
 * 4714-11-24 BC is the first day of Postgres' calendar, 5874898-01-01 the first date that is too late. Timestamps end where
 * microseconds since 1970 leave 64 bits, in January 294247: 30 years before Postgres', which counts from 2000.
 */
const FIRST_DAY = daysFromCivil(-4713, 11, 24);
const DATE_END = daysFromCivil(5874898, 1, 1);
const TIMESTAMP_START = BigInt(FIRST_DAY) * 86_400_000_000n;

interface Parts {
  readonly days: number;
  /** Within the day; 24:00:00 and a leap second reach into the next. */
  readonly micros: bigint;
  /** Seconds east of UTC; undefined where the text names none. */
  readonly zone: number | undefined;
}

function parseTime(match: RegExpExecArray | null): bigint | undefined {
  if (match === null) return 0n;
  const hour = Number(match[1]);
  const minute = Number(match[2]);
  const second = Number(match[3] ?? 0);
  // Postgres' own arithmetic: the fraction is a double, rounded half to even at microseconds
  const product = Number(`0.${match[4] ?? ''}0`) * 1e6;
  const floor = Math.floor(product);
  const half = product - floor;
  const fraction = half > 0.5 || (half === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  if (minute > 59 || second > 60 || hour > 24) return undefined;
  if (hour === 24 && (minute > 0 || second > 0 || fraction > 0)) return undefined;
  return BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(fraction);
}

function parseZone(match: RegExpExecArray | null): number | undefined {
  if (match === null || match[1] !== undefined) return match === null ? undefined : 0;
  const seconds = Number(match[3]) * 3600 + Number(match[4] ?? 0) * 60 + Number(match[5] ?? 0);
  if (Number(match[3]) > 15 || Number(match[4] ?? 0) > 59 || Number(match[5] ?? 0) > 59) return Number.NaN;
  return match[2] === '-' ? -seconds : seconds;
}

function parse(text: string): Parts | undefined {
  let rest = text.trim();
  const bc = /\sBC$/i.test(rest);
  if (bc) rest = rest.slice(0, -2).trimEnd();
  const date = DATE.exec(rest);
  if (date === null) return undefined;
  rest = rest.slice(date[0].length);
  const time = TIME.exec(rest);
  if (time !== null) rest = rest.slice(time[0].length);
  const zoneMatch = time === null ? null : ZONE.exec(rest);
  if (zoneMatch !== null) rest = rest.slice(zoneMatch[0].length);
  if (rest !== '') return undefined;
  const year = bc ? 1 - Number(date[1]) : Number(date[1]);
  const month = Number(date[3]);
  const day = Number(date[4]);
  if (Number(date[1]) === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return undefined;
  const micros = parseTime(time);
  const zone = parseZone(zoneMatch);
  if (micros === undefined || Number.isNaN(zone)) return undefined;
  return { days: daysFromCivil(year, month, day), micros, zone };
}

function infinity(text: string): number {
  const word = text.trim().toLowerCase();
  if (word === 'infinity' || word === '+infinity') return 1;
  return word === '-infinity' ? -1 : 0;
}

/** Days since 1970, or a reject code as { code }. A time of day in the text is cut off, as a cast in Postgres does. */
export function dateFromText(text: string): number | { readonly code: number } {
  const infinite = infinity(text);
  if (infinite !== 0) return infinite > 0 ? INT32_MAX : INT32_MIN;
  const parts = parse(text);
  if (parts === undefined) return { code: BAD_TIMESTAMP };
  if (parts.days < FIRST_DAY || parts.days >= DATE_END) return { code: OUT_OF_RANGE };
  return parts.days;
}

/** Microseconds since 1970; `zoned` for timestamptz. */
export function timestampFromText(text: string, zoned: boolean): bigint | { readonly code: number } {
  const infinite = infinity(text);
  if (infinite !== 0) return infinite > 0 ? INT64_MAX : INT64_MIN;
  const parts = parse(text);
  if (parts === undefined) return { code: BAD_TIMESTAMP };
  const east = zoned ? BigInt(parts.zone ?? 0) : 0n;
  const micros = BigInt(parts.days) * 86_400_000_000n + parts.micros - east * 1_000_000n;
  if (micros < TIMESTAMP_START || micros >= INT64_MAX) return { code: OUT_OF_RANGE };
  return micros;
}
