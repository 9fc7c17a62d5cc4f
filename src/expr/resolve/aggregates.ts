// Aggregate functions by name and argument types.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { SqlType, TypeKind } from '../../data/types.ts';
import { BIGINT, TEXT } from '../../data/types.ts';
import { functionCandidates } from './candidates.ts';
import type { ArgType } from './pg-types.ts';
import { pgTypeOf, typeOfPg } from './pg-types.ts';
import { concrete, solveGenerics } from './generics.ts';
import { listTypes, pgTypeName } from './refusals.ts';
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
  | 'string_agg'
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
  ['bool_and', 'bool_and'],
  ['every', 'bool_and'],
  ['bool_or', 'bool_or'],
  ['string_agg', 'string_agg'],
  ['stddev', 'stddev_samp'],
  ['stddev_pop', 'stddev_pop'],
  ['stddev_samp', 'stddev_samp'],
  ['variance', 'var_samp'],
  ['var_pop', 'var_pop'],
  ['var_samp', 'var_samp'],
]);

const LACKING: ReadonlySet<string> = new Set(
  `any_value array_agg bit_and bit_or bit_xor corr covar_pop covar_samp json_agg json_object_agg
jsonb_agg jsonb_object_agg percentile_cont percentile_disc mode range_agg regr_avgx regr_avgy regr_count regr_intercept
regr_r2 regr_slope regr_sxx regr_sxy regr_syy xmlagg approx_count_distinct`.split(/\s+/),
);

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
  const generics = solveGenerics(args.map(pgTypeOf), chosen.params)!;
  const params = chosen.params.flatMap((param) => typeOfPg(concrete(param, generics) ?? param) ?? []);
  const result = typeOfPg(concrete(chosen.result, generics) ?? chosen.result);
  if (params.length < chosen.params.length || result === undefined || isLacking(fn, params[0]!.kind))
    throw unsupported(`aggregate ${name}(${chosen.params.map(pgTypeName).join(', ')})`, span);
  return { fn, params, result, nullable: true };
}

/** Sums of singles have no accumulator yet, nor have extremes of arrays and rows, and texts of bytes. */
function isLacking(fn: AggregateName, param: TypeKind): boolean {
  if (param === 'array' || param === 'row') return true;
  return (fn === 'sum' && param === 'real') || (fn === 'string_agg' && param === 'bytea');
}

function count(args: readonly ArgType[], star: boolean, span: TextSpan | undefined): ResolvedAggregate {
  if (star) return { fn: 'count_star', params: [], result: BIGINT, nullable: false };
  if (args.length !== 1) throw noSuchAggregate('count', args, false, span);
  const arg = args[0]!;
  return { fn: 'count', params: [arg === 'unknown' ? TEXT : arg], result: BIGINT, nullable: false };
}

function unsupported(what: string, span: TextSpan | undefined): MillraceError {
  return new MillraceError({
    code: 'UNSUPPORTED_AGGREGATE',
    message: `${what} is not supported yet`,
    hint: `there are ${aggregateNames().join(', ')}`,
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
    span,
  });
}
