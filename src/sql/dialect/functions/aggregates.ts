// Aggregates and window functions.

import { term } from '../term.ts';
import type { Kind } from '../term.ts';
import type { Call, Translation } from './call.ts';
import { refuseCall, refused, scalarArguments, when } from './call.ts';

/** An aggregate of the same meaning under PostgreSQL's name for it. */
function aggregate(name: string, result: Kind | 'arguments', count = 1): Translation {
  return (call) => {
    const { args, distinct, orderBy, filter, over = '' } = call;
    if (call.star || args.length !== count)
      throw refuseCall(call, `with ${args.length} arguments`, `it takes ${count}`);
    const list = args.map(({ sql }) => sql).join(', ');
    const kind = result === 'arguments' ? args[0]!.kind : result;
    return term(`${name}(${distinct ? 'DISTINCT ' : ''}${list}${orderBy})${filter}${over}`, kind, call.span);
  };
}

function count(call: Call): ReturnType<Translation> {
  if (call.star || call.args.length === 0) {
    if (call.distinct) throw refuseCall(call, 'DISTINCT *', 'name the column');
    return term(`count(*)${call.filter}${call.over ?? ''}`, 'integer', call.span);
  }
  if (call.args.length > 1)
    throw refuseCall(call, 'of several columns', 'count the rows of a subquery with SELECT DISTINCT');
  return aggregate('count', 'integer')(call);
}

/** The average of integers is rounded or cut differently everywhere; that of doubles is the same. */
const doubles = (name: string): Translation =>
  when(
    (args) => args[0]?.kind === 'double',
    'of a value that is not known to be a double',
    'write it over CAST(x AS DOUBLE) (FLOAT64 in BigQuery): results over other types differ between dialects',
    aggregate(name, 'double'),
  );

/** count of the rows for which a condition holds. */
function countWhere(call: Call): ReturnType<Translation> {
  const [condition] = call.args;
  if (call.args.length !== 1 || call.distinct || call.filter !== '' || call.over !== undefined)
    throw refuseCall(call, 'in this form', 'write count(*) over a subquery that filters');
  return term(`count(*) FILTER (WHERE ${condition!.sql})`, 'integer', call.span);
}

export const AGGREGATES: Readonly<Record<string, Translation>> = {
  count,
  sum: aggregate('sum', 'arguments'),
  min: aggregate('min', 'arguments'),
  max: aggregate('max', 'arguments'),
  avg: doubles('avg'),
  stddev_pop: doubles('stddev_pop'),
  stddev_samp: doubles('stddev_samp'),
  var_pop: doubles('var_pop'),
  var_samp: doubles('var_samp'),
};

/** Which value it is, is left open: the least is one of them. */
const any = aggregate('min', 'arguments');

const SAMPLES = { stddev: doubles('stddev_samp'), variance: doubles('var_samp') };

export const AGGREGATES_OF: Readonly<Record<string, Readonly<Record<string, Translation>>>> = {
  flinksql: { collect: refused('', 'write string_agg in PostgreSQL, without a dialect') },
  mysql: {
    std: doubles('stddev_pop'),
    stddev: doubles('stddev_pop'),
    variance: doubles('var_pop'),
    any_value: any,
    group_concat: refused(
      '(cut at group_concat_max_len)',
      'write string_agg in PostgreSQL, without a dialect',
    ),
  },
  snowflake: {
    ...SAMPLES,
    any_value: any,
    count_if: countWhere,
    booland_agg: aggregate('bool_and', 'boolean'),
    boolor_agg: aggregate('bool_or', 'boolean'),
  },
  bigquery: {
    ...SAMPLES,
    any_value: any,
    countif: countWhere,
    logical_and: aggregate('bool_and', 'boolean'),
    logical_or: aggregate('bool_or', 'boolean'),
    string_agg: stringAgg,
  },
  trino: {
    ...SAMPLES,
    any_value: any,
    arbitrary: any,
    count_if: countWhere,
    bool_and: aggregate('bool_and', 'boolean'),
    bool_or: aggregate('bool_or', 'boolean'),
    every: aggregate('bool_and', 'boolean'),
  },
};

function stringAgg(call: Call): ReturnType<Translation> {
  const [value, separator] = call.args;
  if (value === undefined || call.args.length > 2 || call.over !== undefined)
    throw refuseCall(call, 'in this form', "write STRING_AGG(x, ',' ORDER BY y)");
  const list = `${call.distinct ? 'DISTINCT ' : ''}${value.sql}, ${separator?.sql ?? "','"}${call.orderBy}`;
  return term(`string_agg(${list})${call.filter}`, 'text', call.span);
}

/** A function that only stands with OVER. */
function windowFunction(least: number, most: number, result: Kind): Translation {
  return (call) => {
    const args = scalarArguments(call, least, most);
    if (call.over === undefined)
      throw refuseCall(call, 'without OVER', 'write OVER (PARTITION BY … ORDER BY …)');
    return term(`${call.name}(${args.map(({ sql }) => sql).join(', ')})${over(call)}`, result, call.span);
  };
}

const VALUES_OF_FRAMES = new Set(['first_value', 'last_value', 'nth_value']);

/** In Snowflake the frame of these is the whole partition when none is said. */
function over({ name, rules, over: text = '' }: Call): string {
  if (rules.dialect !== 'snowflake' || !VALUES_OF_FRAMES.has(name) || / (ROWS|RANGE|GROUPS) /.test(text))
    return text;
  return `${text.slice(0, -1)} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`;
}

export const WINDOW_FUNCTIONS: Readonly<Record<string, Translation>> = {
  row_number: windowFunction(0, 0, 'integer'),
  rank: windowFunction(0, 0, 'integer'),
  dense_rank: windowFunction(0, 0, 'integer'),
  percent_rank: windowFunction(0, 0, 'double'),
  cume_dist: windowFunction(0, 0, 'double'),
  ntile: windowFunction(1, 1, 'integer'),
  lag: windowFunction(1, 3, 'unknown'),
  lead: windowFunction(1, 3, 'unknown'),
  first_value: windowFunction(1, 1, 'unknown'),
  last_value: windowFunction(1, 1, 'unknown'),
  nth_value: windowFunction(2, 2, 'unknown'),
};
