// Dates and times: making them, age, overlaps, time zones, the fields of time.

import { isInfiniteTimestamp } from '../../data/time.ts';
import type { TypeKind } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { readString } from '../runtime/arena.ts';
import * as made from '../runtime/make-times.ts';
import { timeField, timePart } from '../runtime/time-fields.ts';
import { truncateTimestamp } from '../runtime/truncate.ts';
import { fromLocal, intervalZone, requiredZone, toLocal } from '../runtime/zones.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail, special } from './function.ts';

type Bytes = Uint8Array;

function zoned(from: TypeKind, to: TypeKind, convert: typeof toLocal): ScalarFunction[] {
  return [
    mayFail(`timezone(text,${from}) ${to}`, (b: Bytes, s: number, e: number, time: bigint) =>
      isInfiniteTimestamp(time) ? time : convert(requiredZone(readString(b, s, e)), time),
    ),
    mayFail(`timezone(interval,${from}) ${to}`, (m: number, d: number, u: bigint, time: bigint) =>
      isInfiniteTimestamp(time) ? time : convert(intervalZone(m, d, u), time),
    ),
  ];
}

function overlapsOf(kind: 'timestamp' | 'timestamptz' | 'time'): ScalarFunction {
  const emit = (code: Code, args: readonly Slot[]): Slot => {
    const given = args.map(({ isNull, parts }) => `${isNull} ? null : ${parts[0]!}`);
    const answer = code.result('bool', `${code.use(made.overlaps)}(${given.join(', ')})`);
    return { ...answer, isNull: code.register('isNull') };
  };
  return special(`overlaps(${kind},${kind},${kind},${kind}) boolean`, 'sometimes', emit);
}

const INTERVAL_PARAMS = ['integer', 'integer', 'integer', 'integer', 'integer', 'integer', 'double'];

export const TIMES_MADE: readonly ScalarFunction[] = [
  mayFail('make_date(integer,integer,integer) date', made.makeDate),
  mayFail('make_time(integer,integer,double) time', made.makeTime),
  ...(['timestamp', 'timestamptz'] as const).map((kind) =>
    mayFail(`make_${kind}(integer,integer,integer,integer,integer,double) ${kind}`, made.makeTimestamp),
  ),
  ...Array.from({ length: 8 }, (_, i) =>
    mayFail(`make_interval(${INTERVAL_PARAMS.slice(0, i).join(',')}) interval`, made.makeInterval),
  ),
  mayFail('age(timestamp,timestamp) interval', made.age),
  mayFail('age(timestamptz,timestamptz) interval', made.age),
  overlapsOf('timestamp'),
  overlapsOf('timestamptz'),
  overlapsOf('time'),
  ...zoned('timestamp', 'timestamptz', fromLocal),
  ...zoned('timestamptz', 'timestamp', toLocal),
  mayFail(
    'date_trunc(text,timestamptz,text) timestamptz',
    (b: Bytes, s: number, e: number, time: bigint, zb: Bytes, zs: number, ze: number) => {
      const zone = requiredZone(readString(zb, zs, ze));
      const truncate = truncateTimestamp(readString(b, s, e), 'timestamp with time zone');
      return fromLocal(zone, truncate(toLocal(zone, time)));
    },
  ),
  mayFail('extract(text,time) numeric', (b: Bytes, s: number, e: number, time: bigint) =>
    timeField(readString(b, s, e), time),
  ),
  mayFail('date_part(text,time) double', (b: Bytes, s: number, e: number, time: bigint) =>
    timePart(readString(b, s, e), time),
  ),
];
