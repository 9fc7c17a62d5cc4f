// extract and date_part of intervals. After interval_part_common in src/backend/utils/adt/timestamp.c.

import { NUMERIC_MINUS_INFINITY, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import { isInfiniteInterval } from '../../data/interval.ts';
import { result } from '../../data/registers.ts';
import type { TimeField } from './fields.ts';
import { infinity, timeField, unknownField, unsupportedField } from './fields.ts';

const PARTS: ReadonlySet<TimeField> = new Set([
  'microsecond',
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'decade',
  'century',
  'millennium',
  'epoch',
]);

/** These come round again, so they are NULL for an infinite interval. */
const CYCLIC: ReadonlySet<TimeField> = new Set([
  'microsecond',
  'millisecond',
  'second',
  'minute',
  'week',
  'month',
  'quarter',
]);

export type ExtractInterval = (months: number, days: number, micros: bigint) => bigint;

export function intervalField(word: string): ExtractInterval {
  const field = timeField(word);
  if (field === undefined) return () => unknownField(word, 'interval');
  if (!PARTS.has(field)) return () => unsupportedField(word, 'interval');
  return (months, days, micros) => {
    result.isNull = false;
    result.scale = 0;
    if (isInfiniteInterval(months, days, micros)) {
      if (!CYCLIC.has(field)) return infinity(months > 0);
      result.isNull = true;
      return 0n;
    }
    return part(field, months, days, micros);
  };
}

function part(field: TimeField, months: number, days: number, micros: bigint): bigint {
  const year = Math.trunc(months / 12);
  switch (field) {
    case 'microsecond':
      return micros % 60_000_000n;
    case 'millisecond':
      result.scale = 3;
      return micros % 60_000_000n;
    case 'second':
      result.scale = 6;
      return micros % 60_000_000n;
    case 'minute':
      return (micros / 60_000_000n) % 60n;
    case 'hour':
      return micros / 3_600_000_000n;
    case 'day':
      return BigInt(days);
    case 'week':
      return BigInt(Math.trunc(days / 7));
    case 'month':
      return BigInt(months % 12);
    case 'quarter':
      return BigInt(months >= 0 ? Math.trunc((months % 12) / 3) + 1 : -(Math.trunc((-months % 12) / 3) + 1));
    case 'year':
      return BigInt(year);
    case 'decade':
      return BigInt(Math.trunc(year / 10));
    case 'century':
      return BigInt(Math.trunc(year / 100));
    case 'millennium':
      return BigInt(Math.trunc(year / 1000));
    default:
      result.scale = 6;
      return epochMicros(months, days, micros);
  }
}

/** A year is 365.25 days, a further month 30. */
function epochMicros(months: number, days: number, micros: bigint): bigint {
  const quarterDays =
    BigInt(Math.trunc(months / 12)) * 1461n + BigInt(months % 12) * 120n + BigInt(days) * 4n;
  return quarterDays * 21_600_000_000n + micros;
}

/** date_part: the same in doubles, added up in Postgres' order. */
export function intervalPart(word: string): (months: number, days: number, micros: bigint) => number {
  const field = timeField(word);
  const exact = intervalField(word);
  return (months, days, micros) => {
    const unscaled = exact(months, days, micros);
    if (result.scale === NUMERIC_PLUS_INFINITY) return Infinity;
    if (result.scale === NUMERIC_MINUS_INFINITY) return -Infinity;
    const rest = Number(micros % 60_000_000n);
    const seconds = Math.trunc(rest / 1e6);
    if (field === 'second') return seconds + (rest % 1e6) / 1e6;
    if (field === 'millisecond') return seconds * 1000 + (rest % 1e6) / 1000;
    if (field !== 'epoch') return Number(unscaled);
    const years = 365.25 * 86400 * Math.trunc(months / 12);
    return Number(micros) / 1e6 + years + 30 * 86400 * (months % 12) + 86400 * days;
  };
}
