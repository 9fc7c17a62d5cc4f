// Timestamp and Duration of Protocol Buffers: seconds and nanoseconds, in microseconds. Nanoseconds are rounded, halves to even, as Postgres
// rounds the digits behind a microsecond.

import type { IntervalValue } from '../../data/value.ts';
import { bigintOf, readVarint, reg } from './binary-values.ts';
import type { Occurrences } from './proto-wire.ts';
import { BYTES, skipField, VARINT } from './proto-wire.ts';
import { NOT_PROTOBUF, OK, OUT_OF_RANGE } from './rejection.ts';
import { ValueFailure } from './value-failure.ts';

const SECONDS_TAG = (1 << 3) | VARINT;
const NANOS_TAG = (2 << 3) | VARINT;
const MICROS_PER_SECOND = 1_000_000n;

/** What the last reading gave. */
const read = { lo: 0, hi: 0, nanos: 0 };

/** OK, or NOT_PROTOBUF. */
function readSeconds({ b, count, starts, ends, wires }: Occurrences): number {
  read.lo = read.hi = read.nanos = 0;
  for (let i = 0; i < count; i++) {
    const e = ends[i]!;
    if (wires[i] !== BYTES) return NOT_PROTOBUF;
    for (let p = starts[i]!; p < e;) {
      p = readVarint(b, p, e);
      if (p < 0 || reg.hi !== 0) return NOT_PROTOBUF;
      const tag = reg.lo >>> 0;
      const end = skipField(b, p, e, tag);
      if (end < 0) return NOT_PROTOBUF;
      if (tag === SECONDS_TAG || tag === NANOS_TAG) keep(tag, b, p, e);
      p = end;
    }
  }
  return OK;
}

function keep(tag: number, b: Uint8Array, p: number, e: number): void {
  readVarint(b, p, e);
  if (tag === NANOS_TAG) read.nanos = reg.lo;
  else {
    read.lo = reg.lo;
    read.hi = reg.hi;
  }
}

function roundedMicros(nanos: number): number {
  const down = Math.floor(nanos / 1000);
  const rest = nanos - down * 1000;
  return rest > 500 || (rest === 500 && down % 2 !== 0) ? down + 1 : down;
}

/** Microseconds since 1970. Throws a ValueFailure. */
export function timestampMicros(found: Occurrences): bigint {
  const code = readSeconds(found);
  if (code !== OK) throw new ValueFailure(code);
  const { nanos } = read;
  if (nanos < 0 || nanos > 999_999_999) throw new ValueFailure(OUT_OF_RANGE);
  return bigintOf(read.lo, read.hi) * MICROS_PER_SECOND + BigInt(roundedMicros(nanos));
}

/** The same as a double, where it is one without loss; NaN: it is not, or there is something wrong. */
export function nearMicros(found: Occurrences): number {
  if (readSeconds(found) !== OK || read.nanos < 0 || read.nanos > 999_999_999) return NaN;
  const seconds = read.hi * 4294967296 + (read.lo >>> 0);
  return seconds > -NEAR && seconds < NEAR ? seconds * 1_000_000 + roundedMicros(read.nanos) : NaN;
}

/** Seconds of which the microseconds are exact doubles. */
const NEAR = 9e9;

/** Seconds and nanoseconds have the same sign. Throws a ValueFailure. */
export function durationValue(found: Occurrences): IntervalValue {
  const code = readSeconds(found);
  if (code !== OK) throw new ValueFailure(code);
  const seconds = bigintOf(read.lo, read.hi);
  const { nanos } = read;
  const agree = nanos === 0 || seconds === 0n || nanos > 0 === seconds > 0n;
  if (Math.abs(nanos) > 999_999_999 || !agree) throw new ValueFailure(OUT_OF_RANGE);
  const micros = seconds * MICROS_PER_SECOND + BigInt(roundedMicros(nanos));
  if (micros < -(2n ** 63n) || micros > 2n ** 63n - 1n) throw new ValueFailure(OUT_OF_RANGE);
  return { months: 0, days: 0, micros };
}
