// date_trunc and date_bin. After timestamp_trunc, interval_trunc and timestamp_bin of Postgres.

import { fail, intervalOutOfRange, timestampOutOfRange } from '../../data/failure.ts';
import { isInfiniteInterval } from '../../data/interval.ts';
import { result } from '../../data/registers.ts';
import {
  checkedTimestamp,
  civilFromDays,
  DAY_MICROS,
  dayOfTimestamp,
  daysFromCivil,
  isInfiniteTimestamp,
} from '../../data/time.ts';
import type { TimeUnit } from '../../data/time-units.ts';
import { timeUnit } from '../../data/time-units.ts';
import type { ZonedType } from './fields.ts';
import { mondayOf, timeField, unknownField, unsupportedField, ZONE_FIELDS } from './fields.ts';

const FIXED: Partial<Record<TimeUnit, bigint>> = {
  microsecond: 1n,
  millisecond: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: DAY_MICROS,
};

function floorTo(micros: bigint, unit: bigint): bigint {
  const rest = micros % unit;
  return rest < 0n ? micros - rest - unit : micros - rest;
}

/** Of the words that are no units, zones alone are known to date_trunc, and not supported. */
function notTruncated(word: string, type: string): never {
  const field = timeField(word);
  if (field !== undefined && ZONE_FIELDS.has(field)) unsupportedField(word, type);
  unknownField(word, type);
}

export function truncateTimestamp(word: string, type: ZonedType): (micros: bigint) => bigint {
  const unit = timeUnit(word);
  if (unit === undefined) return () => notTruncated(word, type);
  const fixed = FIXED[unit];
  if (fixed !== undefined)
    return (micros) => (isInfiniteTimestamp(micros) ? micros : checkedTimestamp(floorTo(micros, fixed)));
  return (micros) => {
    if (isInfiniteTimestamp(micros)) return micros;
    return checkedTimestamp(BigInt(startOf(unit, dayOfTimestamp(micros))) * DAY_MICROS);
  };
}

/** First day of the week, month, quarter, year, decade, century or millennium that a day lies in. */
function startOf(unit: TimeUnit, days: number): number {
  const { year, month } = civilFromDays(days);
  switch (unit) {
    case 'week':
      return mondayOf(days);
    case 'month':
      return daysFromCivil(year, month, 1);
    case 'quarter':
      return daysFromCivil(year, Math.floor((month - 1) / 3) * 3 + 1, 1);
    case 'decade':
      return daysFromCivil(Math.floor(year / 10) * 10, 1, 1);
    case 'century':
      return daysFromCivil(Math.ceil(year / 100) * 100 - 99, 1, 1);
    case 'millennium':
      return daysFromCivil(Math.ceil(year / 1000) * 1000 - 999, 1, 1);
    default:
      return daysFromCivil(year, 1, 1);
  }
}

const MONTHS: Partial<Record<TimeUnit, number>> = {
  month: 1,
  quarter: 3,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12000,
};

export function truncateInterval(word: string): (months: number, days: number, micros: bigint) => bigint {
  const unit = timeUnit(word);
  if (unit === undefined) return () => notTruncated(word, 'interval');
  const inMonths = MONTHS[unit];
  const fixed = FIXED[unit];
  return (months, days, micros) => {
    result.months = months;
    result.days = days;
    if (isInfiniteInterval(months, days, micros)) {
      if (unit === 'week') unsupportedField(word, 'interval');
      return micros;
    }
    if (inMonths !== undefined) {
      result.months = unit === 'quarter' ? months - (months % 3) : months - (months % inMonths);
      result.days = 0;
      return 0n;
    }
    if (fixed === undefined) unsupportedField(word, 'interval');
    return unit === 'day' ? 0n : micros - (micros % fixed);
  };
}

export function binTimestamp(
  months: number,
  days: number,
  micros: bigint,
  time: bigint,
  origin: bigint,
): bigint {
  if (isInfiniteTimestamp(time)) return time;
  if (isInfiniteTimestamp(origin)) fail('22008', 'origin out of range');
  if (isInfiniteInterval(months, days, micros))
    fail('22008', 'timestamps cannot be binned into infinite intervals');
  if (months !== 0) fail('0A000', 'timestamps cannot be binned into intervals containing months or years');
  const stride = BigInt(days) * DAY_MICROS + micros;
  if (BigInt.asIntN(64, stride) !== stride) intervalOutOfRange();
  if (stride <= 0n) fail('22008', 'stride must be greater than zero');
  const distance = time - origin;
  if (BigInt.asIntN(64, distance) !== distance) intervalOutOfRange();
  const start = origin + floorTo(distance, stride);
  if (BigInt.asIntN(64, start) !== start) timestampOutOfRange();
  return checkedTimestamp(start);
}
