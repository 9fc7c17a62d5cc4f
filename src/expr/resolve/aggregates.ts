// Aggregate functions by name and argument types.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { SqlType } from '../../data/types.ts';
import { arrayOf, BIGINT, isTree, TEXT } from '../../data/types.ts';
import { functionCandidates } from './candidates.ts';
import type { ArgType, PgType } from './pg-types.ts';
import { pgTypeOf, typeOfPg } from './pg-types.ts';
import { concrete, solveGenerics } from './generics.ts';
import { listTypes, pgTypeName } from './refusals.ts';
import type { Candidate } from './select.ts';
import { selectCandidate } from './select.ts';

/** What the planner and the operators call them. */
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
  | 'string_agg'
  | 'array_agg'
  | 'jsonb_agg'
  | 'jsonb_agg_strict'
  | 'jsonb_object_agg'
  | 'jsonb_object_agg_strict'
  | 'stddev_pop'
  | 'stddev_samp'
  | 'var_pop'
  | 'var_samp';

export interface ResolvedAggregate {
  readonly fn: AggregateName;
  readonly params: readonly SqlType[];
  readonly result: SqlType;
  /** NULL over no rows, or over NULLs only; count never is. */
  readonly nullable: boolean;
}

/** SQL name → function; some have two names. */
const SUPPORTED: ReadonlyMap<string, AggregateName> = new Map<string, AggregateName>([
  ['count', 'count'],
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
  ['string_agg', 'string_agg'],
  ['array_agg', 'array_agg'],
  ['jsonb_agg', 'jsonb_agg'],
  ['jsonb_agg_strict', 'jsonb_agg_strict'],
  ['jsonb_object_agg', 'jsonb_object_agg'],
  ['jsonb_object_agg_strict', 'jsonb_object_agg_strict'],
  ['stddev', 'stddev_samp'],
  ['stddev_pop', 'stddev_pop'],
  ['stddev_samp', 'stddev_samp'],
  ['variance', 'var_samp'],
  ['var_pop', 'var_pop'],
  ['var_samp', 'var_samp'],
]);

const LACKING: ReadonlySet<string> = new Set(
  `corr covar_pop covar_samp json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique
json_object_agg_unique_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict percentile_cont percentile_disc mode
range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
xmlagg approx_count_distinct`.split(/\s+/),
);

/** Values put together: the result depends on the order of rows. */
const COLLECTING: ReadonlySet<AggregateName> = new Set<AggregateName>([
  'string_agg',
  'array_agg',
  'jsonb_agg',
  'jsonb_agg_strict',
  'jsonb_object_agg',
  'jsonb_object_agg_strict',
]);

export function isCollecting(fn: AggregateName): boolean {
  return COLLECTING.has(fn);
}

/** All others pass over rows whose argument is NULL. */
export function keepsNulls(fn: AggregateName): boolean {
  return isCollecting(fn) && fn !== 'string_agg';
}

/** What there is, as users write it. */
export function aggregateNames(): readonly string[] {
  return [...SUPPORTED.keys()];
}

/** Is this the name of an aggregate, supported or not? */
export function isAggregate(name: string): boolean {
  return SUPPORTED.has(name) || LACKING.has(name);
}

export function resolveAggregate(
  name: string,
  args: readonly ArgType[],
  star: boolean,
  span?: TextSpan,
): ResolvedAggregate {
  const fn = SUPPORTED.get(name);
  if (fn === undefined) throw unsupported(`aggregate ${name}`, span);
  if (fn === 'count') return count(args, star, span);
  const chosen = selectCandidate(
    args.map(pgTypeOf),
    functionCandidates(name).filter((c) => c.params.length === args.length),
  );
  if (star || chosen === 'none') throw noSuchAggregate(name, args, star, span);
  if (chosen === 'ambiguous')
    throw new MillraceError({
      code: 'AMBIGUOUS_FUNCTION',
      message: `function ${name}(${listTypes(args)}) is not unique`,
      hint: 'add explicit casts to say which types are meant',
      span,
    });
  const types = concreteTypes(chosen, args);
  if (types === 'indeterminate') throw indeterminate(name, span);
  if (types === undefined || isLacking(fn, types.params))
    throw unsupported(`aggregate ${name}(${chosen.params.map(pgTypeName).join(', ')})`, span);
  return { fn, ...types, nullable: true };
}

/** The signatures of an aggregate that there are, as PostgreSQL spells them. */
export function supportedAggregates(name: string): readonly Candidate[] {
  const fn = SUPPORTED.get(name)!;
  if (fn === 'count')
    return [
      { params: [], result: 'int8' },
      { params: ['any'], result: 'int8' },
    ];
  const isKnown = (pg: PgType): boolean =>
    /^(any|anyelement|anyarray|anynonarray|record)$/.test(pg) || typeOfPg(pg) !== undefined;
  return functionCandidates(name).filter(({ params, result }) => {
    if (![...params, result].every(isKnown)) return false;
    return !(fn === 'array_agg' && params[0] === 'anyarray');
  });
}

interface Types {
  readonly params: readonly SqlType[];
  readonly result: SqlType;
}

/** What stands for pseudo-types: the types of the arguments. Undefined where Millrace lacks one. */
function concreteTypes(
  { params, result }: Candidate,
  args: readonly ArgType[],
): Types | 'indeterminate' | undefined {
  const generics = solveGenerics(args.map(pgTypeOf), params)!;
  if (params.some((param) => concrete(param, generics) === undefined)) return 'indeterminate';
  const row = args.find((arg): arg is SqlType => arg !== 'unknown' && arg.kind === 'row');
  const typeOf = (pg: PgType): SqlType | undefined => {
    const real = concrete(pg, generics)!;
    if (row === undefined || !real.endsWith('record')) return typeOfPg(real);
    return real === 'record' ? row : arrayOf(row);
  };
  const found = params.flatMap((param, i) => {
    if (param !== 'any') return typeOf(param) ?? [];
    const arg = args[i]!;
    return arg === 'unknown' ? TEXT : arg;
  });
  const gives = typeOf(result);
  return gives === undefined || found.length < params.length ? undefined : { params: found, result: gives };
}

/** Arrays have one dimension; names of members are scalars. */
function isLacking(fn: AggregateName, [param]: readonly SqlType[]): boolean {
  if (fn === 'array_agg') return param!.kind === 'array';
  return fn.startsWith('jsonb_object_agg') && isTree(param!);
}

function count(args: readonly ArgType[], star: boolean, span: TextSpan | undefined): ResolvedAggregate {
  const count = { result: BIGINT, nullable: false };
  if (star) return { ...count, fn: 'count_star', params: [] };
  if (args.length !== 1) throw noSuchAggregate('count', args, false, span);
  const arg = args[0]!;
  return { ...count, fn: 'count', params: [arg === 'unknown' ? TEXT : arg] };
}

function indeterminate(name: string, span: TextSpan | undefined): MillraceError {
  return new MillraceError({
    code: 'INDETERMINATE_TYPE',
    message: `could not determine the type of the arguments of ${name}`,
    hint: 'add an explicit cast',
    span,
  });
}

function unsupported(what: string, span: TextSpan | undefined): MillraceError {
  return new MillraceError({
    code: 'UNSUPPORTED_AGGREGATE',
    message: `${what} is not supported yet`,
    hint: / json_/.test(what)
      ? 'json is no type here: jsonb_agg and jsonb_object_agg are there'
      : `there are ${aggregateNames().join(', ')}`,
    span,
  });
}

function noSuchAggregate(
  name: string,
  args: readonly ArgType[],
  star: boolean,
  span: TextSpan | undefined,
): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${name}(${star ? '*' : listTypes(args)}) does not exist`,
    hint: 'cast the argument to a type that it takes; docs/sql-reference.md lists them',
    span,
  });
}
