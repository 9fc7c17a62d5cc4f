// Interval text as Postgres writes and commonly reads it: "1 year 2 mons -3 days 04:05:06.789", "2 hours ago", ISO 8601 "P1Y2M3DT4H5M6S".
// Intervals in JSON are rare, so this reader is written for exactness.

import type { IntervalValue } from '../../data/value.ts';

const UNIT = /^\s*([+-]?\d{1,15})(\.\d{1,15})?\s*([a-zA-Zµ]+)/;
const CLOCK = /^\s*([+-]?)(\d{1,10}):(\d{1,2})(?::(\d{1,2})(\.\d{1,15})?)?/;
const ISO =
  /^\s*P(?=.)(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?=.)(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+)(\.\d+)?S)?)?\s*$/;

type Field = 'months' | 'days' | 'micros';

/** Unit → field and how many of it one unit is. */
const UNITS: ReadonlyMap<string, readonly [Field, bigint]> = new Map<string, readonly [Field, bigint]>([
  ...names(['microsecond', 'microseconds', 'us', 'usec', 'usecs'], 'micros', 1n),
  ...names(['millisecond', 'milliseconds', 'ms', 'msec', 'msecs'], 'micros', 1_000n),
  ...names(['second', 'seconds', 's', 'sec', 'secs'], 'micros', 1_000_000n),
  ...names(['minute', 'minutes', 'm', 'min', 'mins'], 'micros', 60_000_000n),
  ...names(['hour', 'hours', 'h', 'hr', 'hrs'], 'micros', 3_600_000_000n),
  ...names(['day', 'days', 'd'], 'days', 1n),
  ...names(['week', 'weeks', 'w'], 'days', 7n),
  ...names(['month', 'months', 'mon', 'mons'], 'months', 1n),
  ...names(['year', 'years', 'y', 'yr', 'yrs'], 'months', 12n),
  ...names(['decade', 'decades'], 'months', 120n),
  ...names(['century', 'centuries'], 'months', 1200n),
]);

function names(words: readonly string[], field: Field, times: bigint): [string, readonly [Field, bigint]][] {
  return words.map((word) => [word, [field, times]]);
}

/** Microseconds of a fraction such as ".0625" of a unit of `unit` microseconds. */
function fractionOf(text: string | undefined, unit: bigint, negative: boolean): bigint {
  if (text === undefined) return 0n;
  const micros = BigInt(Math.round(Number(`0${text}`) * Number(unit)));
  return negative ? -micros : micros;
}

interface Sum {
  months: bigint;
  days: bigint;
  micros: bigint;
}

/** undefined: not an interval, or out of range. */
export function intervalFromText(text: string): IntervalValue | undefined {
  if (text.length > 200) return undefined;
  const sum = isoInterval(text) ?? verboseInterval(text);
  if (sum === undefined || outside(sum.months, 31n) || outside(sum.days, 31n) || outside(sum.micros, 63n))
    return undefined;
  return { months: Number(sum.months), days: Number(sum.days), micros: sum.micros };
}

function outside(value: bigint, bits: bigint): boolean {
  return value < -(1n << bits) || value >= 1n << bits;
}

function isoInterval(text: string): Sum | undefined {
  const m = ISO.exec(text);
  if (m === null) return undefined;
  const n = (i: number): bigint => BigInt(m[i] ?? 0);
  const micros = (n(5) * 3600n + n(6) * 60n + n(7)) * 1_000_000n;
  return {
    months: n(1) * 12n + n(2),
    days: n(3) * 7n + n(4),
    micros: micros + fractionOf(m[8], 1_000_000n, (m[7] ?? '').startsWith('-')),
  };
}

function verboseInterval(text: string): Sum | undefined {
  const sum: Sum = { months: 0n, days: 0n, micros: 0n };
  const ago = /\sago\s*$/i.exec(text);
  let rest = ago === null ? text.replace(/^\s*@/, '') : text.slice(0, ago.index).replace(/^\s*@/, '');
  if (rest.trim() === '') return undefined;
  while (rest.trim() !== '') {
    const taken = takeClock(rest, sum) || takeUnit(rest, sum);
    if (taken === 0) return undefined;
    rest = rest.slice(taken);
  }
  if (ago !== null) {
    sum.months = -sum.months;
    sum.days = -sum.days;
    sum.micros = -sum.micros;
  }
  return sum;
}

/** `[±]HH:MM[:SS[.ffffff]]`: how much of the text it took. */
function takeClock(rest: string, sum: Sum): number {
  const m = CLOCK.exec(rest);
  if (m === null || Number(m[3]) > 59 || Number(m[4] ?? 0) > 59) return 0;
  const seconds = BigInt(m[2]!) * 3600n + BigInt(m[3]!) * 60n + BigInt(m[4] ?? 0);
  const micros = seconds * 1_000_000n + fractionOf(m[5], 1_000_000n, false);
  sum.micros += m[1] === '-' ? -micros : micros;
  return m[0].length;
}

/** `[±]N unit`; fractions only of units of fixed length, for Postgres spreads those of months and days over smaller fields. */
function takeUnit(rest: string, sum: Sum): number {
  const m = UNIT.exec(rest);
  if (m === null) return 0;
  const unit = UNITS.get(m[3]!.toLowerCase());
  if (unit === undefined || (m[2] !== undefined && unit[0] !== 'micros')) return 0;
  const [field, times] = unit;
  sum[field] += BigInt(m[1]!) * times;
  if (field === 'micros') sum.micros += fractionOf(m[2], times, m[1]!.startsWith('-'));
  return m[0].length;
}
