// generate_series: how long a series is, and its n-th value. Times are stepped one by one where months are added, as
// PostgreSQL does: from 31 January it goes by 28 February to 28 March.

import { fail } from '../../data/failure.ts';
import { addInterval, DAY_MICROS, isInfiniteTimestamp } from '../../data/time.ts';

/** A slip of the pen should not be an avalanche. */
const LONGEST = 1_000_000n;

export function checkedLength(length: bigint): bigint {
  if (length > LONGEST) fail('54000', `a series of more than ${LONGEST} values is not supported`);
  return length;
}

export function integerLength(start: bigint, stop: bigint, step: bigint): bigint {
  if (step === 0n) fail('22023', 'step size cannot equal zero');
  if (step > 0n ? start > stop : start < stop) return 0n;
  return checkedLength((stop - start) / step + 1n);
}

export function integerItem(start: bigint, step: bigint, ordinal: bigint): bigint {
  return start + (ordinal - 1n) * step;
}

export function timeLength(
  start: bigint,
  stop: bigint,
  months: number,
  days: number,
  micros: bigint,
): bigint {
  const sign = signOf(months, days, micros);
  if (sign === 0) fail('22023', 'step size cannot equal zero');
  if (sign > 0 ? start > stop : start < stop) return 0n;
  if (isInfiniteTimestamp(start) || isInfiniteTimestamp(stop))
    fail('54000', 'a series to or from infinity is not supported');
  if (months === 0) return checkedLength((stop - start) / fixed(days, micros) + 1n);
  let length = 0n;
  for (let at = start; sign > 0 ? at <= stop : at >= stop; at = addInterval(at, months, days, micros))
    checkedLength(++length);
  return length;
}

export function timeItem(
  start: bigint,
  months: number,
  days: number,
  micros: bigint,
  ordinal: bigint,
): bigint {
  if (months === 0) return start + (ordinal - 1n) * fixed(days, micros);
  let at = start;
  for (let n = 1n; n < ordinal; n++) at = addInterval(at, months, days, micros);
  return at;
}

function fixed(days: number, micros: bigint): bigint {
  return BigInt(days) * DAY_MICROS + micros;
}

/** As intervals compare: a month is 30 days. */
function signOf(months: number, days: number, micros: bigint): number {
  const span = (BigInt(months) * 30n + BigInt(days)) * DAY_MICROS + micros;
  return span > 0n ? 1 : span < 0n ? -1 : 0;
}
