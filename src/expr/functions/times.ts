// date, timestamp, timestamptz: arithmetic, fields, truncation. The session's time zone is UTC, so the two timestamp types
// compute alike.

import {
  addDaysToDate,
  addInterval,
  addManyMicros,
  addMicros,
  DAY_MICROS,
  dateToTimestamp,
  isInfiniteDate,
  isInfiniteTimestamp,
  subtractDates,
  subtractInterval,
  subtractTimestamps,
  timestampOfSeconds,
  tumbleStart,
  tumbleStartOf,
} from '../../data/time.ts';
import type { Value } from '../../data/value.ts';
import { isIntervalValue } from '../../data/value.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { readString } from '../runtime/arena.ts';
import { dateField, timestampField, timestampPart } from '../runtime/fields.ts';
import { intervalField, intervalPart } from '../runtime/interval-fields.ts';
import { binTimestamp, truncateInterval, truncateTimestamp } from '../runtime/truncate.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail, strict } from './function.ts';

type OfWord = (word: string) => (...args: never[]) => unknown;

/**
 * A function whose first argument names a unit of time: for a constant, as nearly always, the function for that unit is
 * chosen here, otherwise per row.
 */
function byUnit(signature: string, make: OfWord, nullResult: boolean): ScalarFunction {
  const made = new Map<string, (...args: never[]) => unknown>();
  const ofRow = (bytes: Uint8Array, start: number, end: number): unknown => {
    const word = readString(bytes, start, end);
    const known = made.get(word);
    if (known !== undefined) return known;
    const fn = make(word);
    if (made.size < 1000) made.set(word, fn);
    return fn;
  };
  const code = (c: Code, [unit, ...args]: readonly Slot[]): string => {
    const values = args.flatMap((arg) => arg.parts).join(', ');
    if (typeof unit!.literal === 'string') return `${c.use(make(unit!.literal))}(${values})`;
    return `${c.use(ofRow)}(${unit!.parts.join(', ')})(${values})`;
  };
  return strict(signature, true, code, { nullResult });
}

const WITHOUT = 'timestamp without time zone';
const WITH = 'timestamp with time zone';

function dateWithInterval(signature: string, add: typeof addInterval): ScalarFunction {
  return mayFail(signature, (days: number, m: number, d: number, u: bigint) =>
    add(dateToTimestamp(days), m, d, u),
  );
}

/** A constant without months, as in windows and watermarks, is a number of microseconds. */
function shifted(signature: string, runtime: typeof addInterval, sign: bigint): ScalarFunction {
  return strict(signature, true, (code, [time, interval]) => {
    const duration = fixedMicros(interval!.literal);
    if (duration === undefined)
      return `${code.use(runtime)}(${[...time!.parts, ...interval!.parts].join(', ')})`;
    const micros = sign * duration;
    const add = BigInt.asIntN(64, micros) === micros ? addMicros : addManyMicros;
    return `${code.use(add)}(${time!.parts[0]!}, ${code.use(micros)})`;
  });
}

/** Days and time together are one step only when they do not pull in two directions. */
function fixedMicros(interval: Value | undefined): bigint | undefined {
  if (interval === undefined || !isIntervalValue(interval) || interval.months !== 0) return undefined;
  const { days, micros } = interval;
  if ((days < 0 && micros > 0n) || (days > 0 && micros < 0n)) return undefined;
  return BigInt(days) * DAY_MICROS + micros;
}

function moments(type: 'timestamp' | 'timestamptz'): ScalarFunction[] {
  const words = type === 'timestamp' ? WITHOUT : WITH;
  return [
    shifted(`+(${type},interval) ${type}`, addInterval, 1n),
    mayFail(`+(interval,${type}) ${type}`, (m: number, d: number, u: bigint, t: bigint) =>
      addInterval(t, m, d, u),
    ),
    shifted(`-(${type},interval) ${type}`, subtractInterval, -1n),
    mayFail(`-(${type},${type}) interval`, subtractTimestamps),
    byUnit(`date_trunc(text,${type}) ${type}`, (word) => truncateTimestamp(word, words), false),
    byUnit(`extract(text,${type}) numeric`, (word) => timestampField(word, words), true),
    byUnit(`date_part(text,${type}) double`, (word) => timestampPart(word, words), true),
    mayFail(`date_bin(interval,${type},${type}) ${type}`, binTimestamp),
    strict(`isfinite(${type}) boolean`, false, (c, [a]) => `!${c.use(isInfiniteTimestamp)}(${a!.parts[0]!})`),
    strict(`tumble_start(${type},bigint) ${type}`, true, (c, [time, size]) =>
      typeof size!.literal === 'bigint'
        ? `${c.use(tumbleStartOf(size!.literal))}(${time!.parts[0]!})`
        : `${c.use(tumbleStart)}(${time!.parts[0]!}, ${size!.parts[0]!})`,
    ),
  ];
}

export const TIMES: readonly ScalarFunction[] = [
  ...moments('timestamp'),
  ...moments('timestamptz'),
  mayFail('+(date,integer) date', addDaysToDate),
  mayFail('+(integer,date) date', (count: number, days: number) => addDaysToDate(days, count)),
  mayFail('-(date,integer) date', (days: number, count: number) => addDaysToDate(days, -count)),
  mayFail('-(date,date) integer', subtractDates),
  dateWithInterval('+(date,interval) timestamp', addInterval),
  dateWithInterval('-(date,interval) timestamp', subtractInterval),
  mayFail('+(interval,date) timestamp', (m: number, d: number, u: bigint, days: number) =>
    addInterval(dateToTimestamp(days), m, d, u),
  ),
  byUnit('extract(text,date) numeric', dateField, true),
  strict('isfinite(date) boolean', false, (c, [a]) => `!${c.use(isInfiniteDate)}(${a!.parts[0]!})`),
  byUnit('date_trunc(text,interval) interval', truncateInterval, false),
  byUnit('extract(text,interval) numeric', intervalField, true),
  byUnit('date_part(text,interval) double', intervalPart, true),
  mayFail('to_timestamp(double) timestamptz', timestampOfSeconds),
];
