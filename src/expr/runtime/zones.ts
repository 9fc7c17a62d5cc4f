// Time zones by name, from the data that comes with Node (IANA's, as Postgres has it). Between 1970 and 2037 both agree; outside,
// where Postgres goes on by rules and local mean times, values are refused.

import { fail } from '../../data/failure.ts';
import { checkedTimestamp, DAY_MICROS, isInfiniteTimestamp } from '../../data/time.ts';

/** Offset from UTC, in microseconds, at a moment of UTC. */
export type Zone = (utc: bigint) => bigint;

const FIRST = 0n;
const END = 2_145_916_800_000_000n;
const QUARTER = 900_000_000n;

const zones = new Map<string, Zone>();

/** Undefined for what is no zone. */
export function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const made = fixedZone(name) ?? namedZone(name);
  if (made !== undefined && zones.size < 1000) zones.set(name, made);
  return made;
}

export function requiredZone(name: string): Zone {
  return zoneOf(name) ?? fail('22023', `time zone "${name}" not recognized`);
}

const UTC_NAMES = /^(?:utc|etc\/utc|z|zulu|gmt|etc\/gmt|uct|etc\/uct|universal|etc\/universal)$/i;

function fixedZone(name: string): Zone | undefined {
  return UTC_NAMES.test(name) ? () => 0n : undefined;
}

function namedZone(name: string): Zone | undefined {
  if (!/^(?=[a-z]+[/_+-])[a-z](?:\/?[a-z0-9_+-])+$/i.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  return cached((quarter) => offsetAt(format, quarter));
}

/** Offsets change at quarters of an hour only. */
function cached(offset: (quarter: bigint) => bigint): Zone {
  const byQuarter = new Map<bigint, bigint>();
  return (utc) => {
    if (utc < FIRST || utc >= END) fail('0A000', 'time zones are supported for times from 1970 to 2037');
    const quarter = utc / QUARTER;
    let found = byQuarter.get(quarter);
    if (found === undefined) {
      found = offset(quarter);
      if (byQuarter.size > 100_000) byQuarter.clear();
      byQuarter.set(quarter, found);
    }
    return found;
  };
}

function offsetAt(format: Intl.DateTimeFormat, quarter: bigint): bigint {
  const ms = Number(quarter) * 900_000;
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
  const local = Date.UTC(
    parts.get('year')!,
    parts.get('month')! - 1,
    parts.get('day')!,
    parts.get('hour')!,
    parts.get('minute')!,
    parts.get('second')!,
  );
  return BigInt(local - ms) * 1000n;
}

/** timestamptz AT TIME ZONE: what a clock there shows. */
export function toLocal(zone: Zone, utc: bigint): bigint {
  return isInfiniteTimestamp(utc) ? utc : checkedTimestamp(utc + zone(utc));
}

/**
 * timestamp AT TIME ZONE. A time that a clock skips counts as before the change, one that it shows twice as after it
 * (DetermineTimeZoneOffset of PostgreSQL).
 */
export function fromLocal(zone: Zone, local: bigint): bigint {
  if (isInfiniteTimestamp(local)) return local;
  const before = zone(clamped(local - DAY_MICROS));
  const after = zone(clamped(local + DAY_MICROS));
  const [asBefore, asAfter] = [local - before, local - after];
  if (before === after || zone(asAfter) === after) return checkedTimestamp(asAfter);
  return checkedTimestamp(asBefore);
}

function clamped(utc: bigint): bigint {
  if (utc < FIRST - DAY_MICROS || utc >= END + DAY_MICROS) return utc;
  return utc < FIRST ? FIRST : utc >= END ? END - 1n : utc;
}

export function intervalZone(months: number, days: number, micros: bigint): Zone {
  if (months !== 0 || days !== 0) fail('22023', 'interval time zone must not include months or days');
  const offset = (micros / 1_000_000n) * 1_000_000n;
  return () => offset;
}
