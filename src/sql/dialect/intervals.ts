// INTERVAL in the spellings of the dialects: of a constant amount always.

import { unsupported } from '../fail.ts';
import type { Reading } from './reading.ts';
import type { Term } from './term.ts';
import { term } from './term.ts';

const UNITS = [
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
];

/** A unit in the singular or plural; quarter is three months in PostgreSQL's intervals. */
export function unitNamed(word: string): string | undefined {
  return UNITS.find((unit) => unit === word || `${unit}s` === word);
}

export function intervalText(amount: string, unit: string): string {
  const [number, name] = unit === 'quarter' ? [String(3 * Number(amount)), 'month'] : [amount, unit];
  return `INTERVAL '${number} ${name}'`;
}

/** `INTERVAL '5' MINUTE`, `INTERVAL 5 MINUTE`, Snowflake's `INTERVAL '5 minutes'`, `INTERVAL '1-2' YEAR TO MONTH`. */
export function readInterval(reading: Reading): Term {
  const start = reading.at;
  reading.expect('interval');
  const sign = reading.takeOne(['-', '+']) === '-' ? '-' : '';
  const { type, value } = reading.next();
  const whole = reading.rules.dialect === 'snowflake' && type === 'string' ? wholeInterval(value) : undefined;
  const sql = whole ?? unitInterval(reading, start, type, sign + value);
  reading.tell('millrace_q', 'millrace_q');
  return term(sql, 'interval', reading.since(start));
}

function wholeInterval(value: string): string | undefined {
  const [, amount, word] = /^\s*(-?\d+)\s+([a-z]+)\s*$/i.exec(value) ?? [];
  const unit = unitNamed(word?.toLowerCase() ?? '');
  return unit === undefined ? undefined : intervalText(amount!, unit);
}

function unitInterval(reading: Reading, start: number, type: string, amount: string): string {
  const { word } = reading.next();
  const span = reading.since(start);
  const { dialect } = reading.rules;
  if (reading.take('(') || reading.is('to')) return ranged(reading, start, amount, word);
  const unit = unitNamed(word);
  const plain =
    type === 'number'
      ? dialect === 'mysql' || dialect === 'bigquery'
      : type === 'string' && dialect !== 'bigquery';
  if (unit === undefined || !plain || dialect === 'snowflake' || !/^[-+]?\d+$/.test(amount))
    throw unsupported(`this form of INTERVAL in ${reading.rules.title}`, span, hintOf(dialect));
  return intervalText(amount.replace('+', ''), unit);
}

function hintOf(dialect: string): string {
  if (dialect === 'snowflake') return "write INTERVAL '5 minutes', one unit at a time";
  if (dialect === 'mysql' || dialect === 'bigquery') return 'write INTERVAL 5 MINUTE';
  return "write INTERVAL '5' MINUTE";
}

/** YEAR TO MONTH and DAY TO SECOND are standard SQL, where PostgreSQL agrees. */
function ranged(reading: Reading, start: number, amount: string, from: string): string {
  const { dialect } = reading.rules;
  reading.expect('to');
  const { word: to } = reading.next();
  const known = [
    'year to month',
    'day to hour',
    'day to minute',
    'day to second',
    'hour to minute',
    'hour to second',
    'minute to second',
  ];
  const range = `${from} to ${to}`;
  const form = from === 'year' ? /^\d+-\d+$/ : /^\d+( \d+)?(:\d+){0,2}$/;
  if ((dialect === 'flinksql' || dialect === 'trino') && known.includes(range) && form.test(amount))
    return `INTERVAL '${amount}' ${range.toUpperCase()}`;
  throw unsupported(`this form of INTERVAL in ${reading.rules.title}`, reading.since(start), hintOf(dialect));
}
