// time: microseconds since midnight, 24:00 included.

import { fail } from '../../data/failure.ts';
import { isInfiniteInterval } from '../../data/interval.ts';
import { result } from '../../data/registers.ts';
import { checkedTimestamp, dateToTimestamp, DAY_MICROS, isInfiniteTimestamp } from '../../data/time.ts';

function withinDay(micros: bigint): bigint {
  const rest = micros % DAY_MICROS;
  return rest < 0n ? rest + DAY_MICROS : rest;
}

/** NULL for infinity; times of day have none. */
export function timeOfDay(micros: bigint): bigint {
  result.isNull = isInfiniteTimestamp(micros);
  return withinDay(micros);
}

export function intervalToTime(months: number, days: number, micros: bigint): bigint {
  if (isInfiniteInterval(months, days, micros)) fail('22008', 'cannot convert infinite interval to time');
  return withinDay(micros);
}

export function timeToInterval(micros: bigint): bigint {
  result.months = 0;
  result.days = 0;
  return micros;
}

export function addToTime(time: bigint, months: number, days: number, micros: bigint): bigint {
  if (isInfiniteInterval(months, days, micros)) fail('22008', 'cannot add infinite interval to time');
  return withinDay(time + micros);
}

export function subtractFromTime(time: bigint, months: number, days: number, micros: bigint): bigint {
  if (isInfiniteInterval(months, days, micros)) fail('22008', 'cannot subtract infinite interval from time');
  return withinDay(time - micros);
}

export function subtractTimes(a: bigint, b: bigint): bigint {
  return timeToInterval(a - b);
}

export function addDateAndTime(days: number, time: bigint): bigint {
  const midnight = dateToTimestamp(days);
  return isInfiniteTimestamp(midnight) ? midnight : checkedTimestamp(midnight + time);
}
