// How Postgres' text results become JavaScript values, and back: int8 as bigint, timestamps as microseconds since 1970,
// dates as days. Nothing is rounded to a double on the way. Connections pin TimeZone and DateStyle, so one format suffices.

import pg from 'pg';

export const MINUS_INFINITY = -(2n ** 63n);
export const PLUS_INFINITY = 2n ** 63n - 1n;
const DATE_MINUS_INFINITY = -(2 ** 31);
const DATE_PLUS_INFINITY = 2 ** 31 - 1;
const MICROS_PER_DAY = 86_400_000_000n;

const OID = {
  int8: 20,
  int8Array: 1016,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
} as const;

type TextParser = (text: string) => unknown;

const ours = new Map<number, TextParser>([
  [OID.int8, BigInt],
  [OID.int8Array, parseInt8Array],
  [OID.date, parseDate],
  [OID.timestamp, parseTimestamp],
  [OID.timestamptz, parseTimestamp],
  [OID.interval, (text) => text],
]);

const splitArray = pg.types.getTypeParser(OID.int8Array as number, 'text') as TextParser;

type Nested = null | string | readonly Nested[];
type NestedBigint = null | bigint | readonly NestedBigint[];

function parseInt8Array(text: string): NestedBigint {
  const exact = (value: Nested): NestedBigint =>
    value === null ? null : typeof value === 'string' ? BigInt(value) : value.map(exact);
  return exact(splitArray(text) as Nested);
}

/** The `types` of a pg configuration. */
export const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): TextParser {
    const parser = format === 'binary' ? undefined : ours.get(oid);
    return parser ?? (pg.types.getTypeParser(oid, format ?? 'text') as TextParser);
  },
};

/** An identifier for SQL text, quoted always. */
export function quoteIdent(name: string): string {
  if (name.includes('\0')) throw new RangeError('an identifier cannot contain a zero character');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.name`, both quoted. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdent(schema)}.${quoteIdent(name)}`;
}

/** A text literal, for statements that take no parameters (NOTIFY, DDL). */
export function quoteLiteral(text: string): string {
  return pg.escapeLiteral(text);
}

const CIVIL = /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(?:\+00)?( BC)?$/;

/** Microseconds since 1970 of `2024-01-02 03:04:05.678+00`, with ±infinity at the extremes of int64. */
export function parseTimestamp(text: string): bigint {
  if (text === 'infinity') return PLUS_INFINITY;
  if (text === '-infinity') return MINUS_INFINITY;
  const match = CIVIL.exec(text);
  if (match === null) throw new RangeError(`not a timestamp in UTC: ${text}`);
  const seconds = Number(match[4] ?? 0) * 3600 + Number(match[5] ?? 0) * 60 + Number(match[6] ?? 0);
  const fraction = Number((match[7] ?? '').padEnd(6, '0'));
  return BigInt(daysOf(match)) * MICROS_PER_DAY + BigInt(seconds) * 1_000_000n + BigInt(fraction);
}

/** Days since 1970 of `2024-01-02`, with ±infinity at the extremes of int32. */
export function parseDate(text: string): number {
  if (text === 'infinity') return DATE_PLUS_INFINITY;
  if (text === '-infinity') return DATE_MINUS_INFINITY;
  const match = CIVIL.exec(text);
  if (match === null) throw new RangeError(`not a date: ${text}`);
  return daysOf(match);
}

function daysOf(match: RegExpExecArray): number {
  const year = match[8] === undefined ? Number(match[1]) : 1 - Number(match[1]);
  return daysFromCivil(year, Number(match[2]), Number(match[3]));
}

/** Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

/** Text that Postgres reads as timestamp with time zone, whatever the session's settings. */
export function timestampText(micros: bigint): string {
  if (micros === PLUS_INFINITY) return 'infinity';
  if (micros === MINUS_INFINITY) return '-infinity';
  const withinDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const { year, month, day } = civilFromDays(Number((micros - withinDay) / MICROS_PER_DAY));
  const seconds = Number(withinDay / 1_000_000n);
  const fraction = String(withinDay % 1_000_000n).padStart(6, '0');
  const two = (value: number): string => String(value).padStart(2, '0');
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${shownYear}-${two(month)}-${two(day)} ${time}.${fraction}+00${year > 0 ? '' : ' BC'}`;
}

/** A bigint column that is known to stay below 2^53: ids, epochs, offsets, counts. */
export function safeInteger(value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`not an exact integer: ${String(value)}`);
  return number;
}
