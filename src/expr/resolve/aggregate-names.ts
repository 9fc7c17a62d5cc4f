// The aggregates that there are: their names in SQL, what the planner and the operators call them, and what kind each is of.

export type CollectingName =
  | 'string_agg'
  | 'array_agg'
  | 'jsonb_agg'
  | 'jsonb_agg_strict'
  | 'jsonb_object_agg'
  | 'jsonb_object_agg_strict'
  | 'first_value'
  | 'last_value';

export type OrderedSetName = 'percentile_cont' | 'percentile_disc' | 'mode';

/** Of pairs (y, x), as SQL has them. */
export type RegressionName =
  | 'corr'
  | 'covar_pop'
  | 'covar_samp'
  | 'regr_avgx'
  | 'regr_avgy'
  | 'regr_count'
  | 'regr_intercept'
  | 'regr_r2'
  | 'regr_slope'
  | 'regr_sxx'
  | 'regr_sxy'
  | 'regr_syy';

export type AggregateName =
  | 'count_star'
  | 'count'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'bool_and'
  | 'bool_or'
  | 'bit_and'
  | 'bit_or'
  | 'bit_xor'
  | 'stddev_pop'
  | 'stddev_samp'
  | 'var_pop'
  | 'var_samp'
  | CollectingName
  | OrderedSetName
  | RegressionName;

const COLLECTING: Readonly<Record<CollectingName, true>> = {
  string_agg: true,
  array_agg: true,
  jsonb_agg: true,
  jsonb_agg_strict: true,
  jsonb_object_agg: true,
  jsonb_object_agg_strict: true,
  first_value: true,
  last_value: true,
};

const ORDERED_SET: Readonly<Record<OrderedSetName, true>> = {
  percentile_cont: true,
  percentile_disc: true,
  mode: true,
};

const REGRESSIONS: Readonly<Record<RegressionName, true>> = {
  corr: true,
  covar_pop: true,
  covar_samp: true,
  regr_avgx: true,
  regr_avgy: true,
  regr_count: true,
  regr_intercept: true,
  regr_r2: true,
  regr_slope: true,
  regr_sxx: true,
  regr_sxy: true,
  regr_syy: true,
};

function named<T extends string>(names: Readonly<Record<T, true>>): readonly (readonly [string, T])[] {
  return (Object.keys(names) as T[]).map((name) => [name, name]);
}

/** SQL name → function; some have two names. */
export const AGGREGATES: ReadonlyMap<string, AggregateName> = new Map<string, AggregateName>([
  ['count', 'count'],
  // Exact, which is as near as can be.
  ['approx_count_distinct', 'count'],
  ['sum', 'sum'],
  ['avg', 'avg'],
  ['min', 'min'],
  ['max', 'max'],
  // Any value will do: the least one depends neither on an order of rows nor on what has left.
  ['any_value', 'min'],
  ['bool_and', 'bool_and'],
  ['every', 'bool_and'],
  ['bool_or', 'bool_or'],
  ['bit_and', 'bit_and'],
  ['bit_or', 'bit_or'],
  ['bit_xor', 'bit_xor'],
  ...named(COLLECTING),
  ['stddev', 'stddev_samp'],
  ['stddev_pop', 'stddev_pop'],
  ['stddev_samp', 'stddev_samp'],
  ['variance', 'var_samp'],
  ['var_pop', 'var_pop'],
  ['var_samp', 'var_samp'],
  ...named(REGRESSIONS),
  ...named(ORDERED_SET),
]);

const LACKING: ReadonlySet<string> = new Set(
  `json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict
jsonb_object_agg_unique jsonb_object_agg_unique_strict range_agg range_intersect_agg xmlagg`.split(/\s+/),
);

/** What there is, as users write it. */
export function aggregateNames(): readonly string[] {
  return [...AGGREGATES.keys()];
}

/** Is this the name of an aggregate, supported or not? */
export function isAggregate(name: string): boolean {
  return AGGREGATES.has(name) || LACKING.has(name);
}

/** Made of the values of a group in their order: the result depends on ORDER BY. */
export function isCollecting(fn: AggregateName): fn is CollectingName {
  return Object.hasOwn(COLLECTING, fn);
}

/** All others pass over rows whose argument is NULL. */
export function keepsNulls(fn: AggregateName): boolean {
  return isCollecting(fn) && fn !== 'string_agg';
}

/** The first or the last of the values in their order. */
export function picksValue(fn: AggregateName): fn is 'first_value' | 'last_value' {
  return fn === 'first_value' || fn === 'last_value';
}

/** Its argument stands in WITHIN GROUP (ORDER BY …). */
export function isOrderedSet(fn: AggregateName): fn is OrderedSetName {
  return Object.hasOwn(ORDERED_SET, fn);
}

export function isRegression(fn: AggregateName): fn is RegressionName {
  return Object.hasOwn(REGRESSIONS, fn);
}
