// Which functions of which dialect are translated. What is not here is refused by name.

import type { Dialect } from '../dialect.ts';
import { term } from '../term.ts';
import { AGGREGATES, AGGREGATES_OF, WINDOW_FUNCTIONS } from './aggregates.ts';
import type { Call, Translation } from './call.ts';
import { refuseCall, refused, same, scalarArguments, when, written } from './call.ts';
import { choice, ifNull, length, part, place, SCALARS, side } from './scalars.ts';
import { dayOfMonth, FIELD_FUNCTIONS, shift, shiftByUnit, toDate, truncation } from './times.ts';

const TRIMS = { trim: same(1, 1, 'text', 'btrim'), ltrim: same(1, 1, 'text'), rtrim: same(1, 1, 'text') };
const WHITE_SPACE = refused('(all white space)', 'write it in PostgreSQL, without a dialect');

/** Exact numbers only: PostgreSQL has no remainder of doubles. */
function modulo(zeroIsNull: boolean): Translation {
  return when(
    (args) => args.every(({ kind }) => kind !== 'double'),
    'of doubles',
    'cast to a decimal type first',
    written(2, 'arguments', (a, b) => `mod(${a}, ${zeroIsNull ? `nullif(${b}, 0)` : b})`),
  );
}

/** Only integers cannot overflow, which is NULL there and an error here. */
function safeDivide(call: Call): ReturnType<Translation> {
  const [left, right] = scalarArguments(call, 2);
  if (left!.kind !== 'integer' || right!.kind !== 'integer')
    throw refuseCall(
      call,
      'of values that are not known to be INT64',
      'write SAFE_DIVIDE(CAST(a AS INT64), CAST(b AS INT64))',
    );
  return term(
    `(CAST(${left!.sql} AS double precision) / nullif(CAST(${right!.sql} AS double precision), 0))`,
    'double',
    call.span,
  );
}

const OF: Readonly<Record<Dialect, Readonly<Record<string, Translation>>>> = {
  flinksql: {
    if: choice,
    ifnull: ifNull,
    ...TRIMS,
    ...FIELD_FUNCTIONS,
    dayofmonth: dayOfMonth,
    mod: modulo(false),
    position: place(false),
    left: side('left'),
    right: side('right'),
    concat_ws: same(2, 100, 'text'),
  },
  mysql: {
    if: choice,
    ifnull: ifNull,
    isnull: written(1, 'boolean', (a) => `(${a} IS NULL)`),
    length: same(1, 1, 'integer', 'octet_length'),
    octet_length: same(1, 1, 'integer'),
    ...TRIMS,
    ...FIELD_FUNCTIONS,
    day: dayOfMonth,
    dayofmonth: dayOfMonth,
    date: toDate,
    date_add: shift('+', 'moment'),
    date_sub: shift('-', 'moment'),
    mod: modulo(true),
    substr: part('substr'),
    mid: part('substr'),
    left: side('left'),
    right: side('right'),
    lcase: same(1, 1, 'text', 'lower'),
    ucase: same(1, 1, 'text', 'upper'),
    position: place(false),
    instr: place(true),
    locate: place(false),
    concat_ws: same(2, 100, 'text'),
  },
  snowflake: {
    iff: choice,
    ifnull: ifNull,
    nvl: ifNull,
    nvl2: written(3, 'unknown', (a, b, c) => `CASE WHEN ${a} IS NOT NULL THEN ${b} ELSE ${c} END`),
    zeroifnull: written(1, 'unknown', (a) => `COALESCE(${a}, 0)`),
    nullifzero: written(1, 'unknown', (a) => `NULLIF(${a}, 0)`),
    equal_null: written(2, 'boolean', (a, b) => `(${a} IS NOT DISTINCT FROM ${b})`),
    len: length,
    length,
    ...TRIMS,
    ...FIELD_FUNCTIONS,
    day: dayOfMonth,
    dayofmonth: dayOfMonth,
    date_trunc: truncation('unit first', 'moment', []),
    dateadd: shiftByUnit,
    timestampadd: shiftByUnit,
    mod: modulo(false),
    substr: part('substr'),
    left: side('left'),
    right: side('right'),
    position: place(false),
    startswith: same(2, 2, 'boolean', 'starts_with'),
  },
  bigquery: {
    if: choice,
    ifnull: ifNull,
    length,
    trim: WHITE_SPACE,
    ltrim: WHITE_SPACE,
    rtrim: WHITE_SPACE,
    date: toDate,
    date_add: shift('+', 'date'),
    date_sub: shift('-', 'date'),
    timestamp_add: shift('+', 'moment'),
    timestamp_sub: shift('-', 'moment'),
    datetime_add: shift('+', 'moment'),
    datetime_sub: shift('-', 'moment'),
    date_trunc: truncation('time first', 'date', ['isoweek']),
    timestamp_trunc: truncation('time first', 'moment', ['isoweek']),
    datetime_trunc: truncation('time first', 'moment', ['isoweek']),
    mod: modulo(false),
    div: when(
      (args) => args.every(({ kind }) => kind === 'integer'),
      'of values that are not known to be INT64',
      'write DIV(CAST(a AS INT64), CAST(b AS INT64))',
      written(2, 'integer', (a, b) => `(${a} / ${b})`),
    ),
    safe_divide: safeDivide,
    substr: part('substr'),
    left: side('left'),
    right: side('right'),
    starts_with: same(2, 2, 'boolean'),
    strpos: place(true),
  },
  trino: {
    if: choice,
    length,
    trim: WHITE_SPACE,
    ltrim: WHITE_SPACE,
    rtrim: WHITE_SPACE,
    ...FIELD_FUNCTIONS,
    day: dayOfMonth,
    day_of_month: dayOfMonth,
    date: toDate,
    date_trunc: truncation('unit first', 'moment', ['week']),
    mod: modulo(false),
    substr: part('substr'),
    position: place(false),
    strpos: place(true),
    starts_with: same(2, 2, 'boolean'),
    concat_ws: same(2, 100, 'text'),
  },
};

export function functionOf(dialect: Dialect, name: string): Translation | undefined {
  for (const table of [OF[dialect], AGGREGATES_OF[dialect]!, SCALARS, AGGREGATES, WINDOW_FUNCTIONS])
    if (Object.hasOwn(table, name)) return table[name];
  return undefined;
}

const HINTS: Readonly<Record<string, string>> = {
  proctime: 'views follow event time: declare a WATERMARK on the source',
  listagg: 'write string_agg in PostgreSQL, without a dialect',
  array_agg: 'write it in PostgreSQL, without a dialect',
  datediff:
    'it counts borders between units: subtract the times, or write it in PostgreSQL, without a dialect',
  date_diff:
    'it counts borders between units: subtract the times, or write it in PostgreSQL, without a dialect',
  div0: 'write CASE WHEN b = 0 THEN 0 ELSE … END',
  decode: 'write CASE',
  approx_distinct: 'write COUNT(DISTINCT x)',
  approx_count_distinct: 'write COUNT(DISTINCT x)',
  tumble: 'write it in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), size))',
};

export function hintFor(name: string): string | undefined {
  return Object.hasOwn(HINTS, name) ? HINTS[name] : undefined;
}
