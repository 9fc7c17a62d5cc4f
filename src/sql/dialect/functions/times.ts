// Functions of dates and times.

import { fieldOf } from '../fields.ts';
import { intervalText, unitNamed } from '../intervals.ts';
import type { Term } from '../term.ts';
import { term } from '../term.ts';
import type { Call, Translation } from './call.ts';
import { refuseCall, scalarArguments } from './call.ts';

/** YEAR(x) and its like. */
function field(name: string): Translation {
  return (call) => {
    const [source] = scalarArguments(call, 1);
    return term(fieldOf(name, source!)!, 'integer', call.span);
  };
}

export const FIELD_FUNCTIONS: Readonly<Record<string, Translation>> = Object.fromEntries(
  ['year', 'quarter', 'month', 'hour', 'minute', 'second'].map((name) => [name, field(name)]),
);

export const dayOfMonth = field('day');

const TRUNCATED = new Set(['second', 'minute', 'hour', 'day', 'month', 'quarter', 'year']);

/** A unit that is written as a word or as a text. */
function unitOf(call: Call, argument: Term | undefined, also: readonly string[] = []): string {
  const written = (argument?.constant ?? argument?.name ?? '').toLowerCase();
  const unit = unitNamed(written) ?? written;
  if (TRUNCATED.has(unit)) return unit;
  if (also.includes(unit)) return unit.replace('isoweek', 'week');
  throw refuseCall(
    call,
    `by ${written === '' ? 'a unit that is not written out' : written}`,
    `one of ${[...TRUNCATED, ...also].join(', ')}`,
  );
}

/** Weeks begin on Monday in PostgreSQL. */
export function truncation(
  order: 'unit first' | 'time first',
  result: 'date' | 'moment',
  weeks: readonly string[],
): Translation {
  return (call) => {
    const args = scalarArguments(call, 2);
    const [unit, time] = order === 'unit first' ? args : [args[1], args[0]];
    const text = `date_trunc('${unitOf(call, unit, weeks)}', ${time!.sql})`;
    return term(result === 'date' ? `CAST(${text} AS date)` : text, 'time', call.span);
  };
}

/** DATE_ADD(x, INTERVAL …) and DATE_SUB. */
export function shift(sign: '+' | '-', result: 'date' | 'moment'): Translation {
  return (call) => {
    const [time, interval] = scalarArguments(call, 2);
    if (interval!.kind !== 'interval') throw refuseCall(call, 'without INTERVAL', 'write INTERVAL 5 MINUTE');
    const text = `(${time!.sql} ${sign} ${interval!.sql})`;
    return term(result === 'date' ? `CAST(${text} AS date)` : text, 'time', call.span);
  };
}

/** DATEADD(unit, amount, x) */
export function shiftByUnit(call: Call): Term {
  const [unit, amount, time] = scalarArguments(call, 3);
  const name = unitNamed((unit!.constant ?? unit!.name ?? '').toLowerCase());
  const number = /^\(- (\d+)\)$/.exec(amount!.sql)?.[1];
  const whole = amount!.kind === 'integer' && (amount!.constant !== undefined || number !== undefined);
  if (name === undefined || !whole)
    throw refuseCall(call, 'in this form', "write DATEADD('minute', 5, x) with a constant amount");
  const interval = intervalText(number === undefined ? amount!.constant! : `-${number}`, name);
  return term(`(${time!.sql} + ${interval})`, 'time', call.span);
}

export const toDate: Translation = (call) => {
  const [value] = scalarArguments(call, 1);
  return term(`CAST(${value!.sql} AS date)`, 'time', call.span);
};
