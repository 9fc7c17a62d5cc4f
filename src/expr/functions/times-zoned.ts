// Arithmetic of timestamptz in a time zone, and OVERLAPS of periods that are given by their length.

import { addInterval, addMicros, isInfiniteTimestamp } from '../../data/time.ts';
import { isInfiniteInterval, negateInterval } from '../../data/interval.ts';
import { result } from '../../data/registers.ts';
import type { TypeKind } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { readString } from '../runtime/arena.ts';
import * as made from '../runtime/make-times.ts';
import { addToTime } from '../runtime/times-of-day.ts';
import { fromLocal, requiredZone, toLocal } from '../runtime/zones.ts';
import type { ScalarFunction } from './function.ts';
import { inline, mayFail, special } from './function.ts';

type Bytes = Uint8Array;
type Add = (time: bigint, months: number, days: number, micros: bigint) => bigint;

/** Months, then days, are counted by the calendar of the zone, and the time behind them by the clock of all. */
function addThere(zone: string, time: bigint, months: number, days: number, micros: bigint): bigint {
  const there = requiredZone(zone);
  if (isInfiniteTimestamp(time) || isInfiniteInterval(months, days, micros))
    return addInterval(time, months, days, micros);
  let moved = time;
  if (months !== 0) moved = fromLocal(there, addInterval(toLocal(there, moved), months, 0, 0n));
  if (days !== 0) moved = fromLocal(there, addInterval(toLocal(there, moved), 0, days, 0n));
  return addMicros(moved, micros);
}

function negated(add: Add): Add {
  return (time, months, days, micros) => {
    const negative = negateInterval(months, days, micros);
    return add(time, result.months, result.days, negative);
  };
}

function shifts(name: string, ofAdd: (add: Add) => Add): ScalarFunction[] {
  return [
    mayFail(`${name}(timestamptz,interval) timestamptz`, ofAdd(addInterval)),
    mayFail(
      `${name}(timestamptz,interval,text) timestamptz`,
      (time: bigint, months: number, days: number, micros: bigint, b: Bytes, s: number, e: number) => {
        const zone = readString(b, s, e);
        return ofAdd((t, m, d, u) => addThere(zone, t, m, d, u))(time, months, days, micros);
      },
    ),
  ];
}

/** `(a, length) OVERLAPS …` is `(a, a + length) OVERLAPS …`. */
function overlapsBy(
  kind: 'timestamp' | 'timestamptz' | 'time',
  first: TypeKind,
  second: TypeKind,
): ScalarFunction {
  const add: Add = kind === 'time' ? addToTime : addInterval;
  const end = (code: Code, start: Slot, given: Slot): string => {
    if (given.layout !== 'interval') return `${given.isNull} ? null : ${given.parts[0]!}`;
    const sum = `${code.use(add)}(${[...start.parts, ...given.parts].join(', ')})`;
    return `${start.isNull} || ${given.isNull} ? null : ${sum}`;
  };
  const emit = (code: Code, args: readonly Slot[]): Slot => {
    const [s1, e1, s2, e2] = args as [Slot, Slot, Slot, Slot];
    const start = (slot: Slot): string => `${slot.isNull} ? null : ${slot.parts[0]!}`;
    const given = [start(s1), end(code, s1, e1), start(s2), end(code, s2, e2)];
    const answer = code.result('bool', `${code.use(made.overlaps)}(${given.join(', ')})`);
    return { ...answer, isNull: code.register('isNull') };
  };
  return special(`overlaps(${kind},${first},${kind},${second}) boolean`, 'sometimes', emit, { fails: true });
}

const WITH_ZONE = 'integer,integer,integer,integer,integer,double,text';
type ClockParts = [number, number, number, number, number, number];

export const TIMES_ZONED: readonly ScalarFunction[] = [
  ...shifts('date_add', (add) => add),
  ...shifts('date_subtract', negated),
  ...(['timestamp', 'timestamptz', 'time'] as const).flatMap((kind) => [
    overlapsBy(kind, 'interval', 'interval'),
    overlapsBy(kind, 'interval', kind),
    overlapsBy(kind, kind, 'interval'),
  ]),
  mayFail(`make_timestamptz(${WITH_ZONE}) timestamptz`, (...args: unknown[]) => {
    const [b, s, e] = args.slice(6) as [Bytes, number, number];
    const local = made.makeTimestamp(...(args.slice(0, 6) as ClockParts));
    return fromLocal(requiredZone(readString(b, s, e)), local);
  }),
  // In the time zone of the session, which is UTC.
  inline('timezone(timestamp) timestamptz', (time) => time),
  inline('timezone(timestamptz) timestamp', (time) => time),
];
