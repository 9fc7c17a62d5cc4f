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

/** The same names as AggregateFunction of the physical graph. */
export type AggregateName = 'count_star' | 'count' | 'sum' | 'avg' | 'min' | 'max';

export interface ResolvedAggregate {
  readonly fn: AggregateName;
  readonly params: readonly SqlType[];
  readonly result: SqlType;
  /** NULL over no rows, or over NULLs only; count never is. */
  readonly nullable: boolean;
}

export interface AggregateForm {
  readonly star: boolean;
  readonly distinct: boolean;
  readonly filter: boolean;
  readonly orderBy: boolean;
}

const SUPPORTED: ReadonlySet<string> = new Set(['count', 'sum', 'avg', 'min', 'max']);

const LACKING: ReadonlySet<string> = new Set(
  `any_value array_agg bit_and bit_or bit_xor bool_and bool_or every corr covar_pop covar_samp json_agg json_object_agg
jsonb_agg jsonb_object_agg percentile_cont percentile_disc mode range_agg regr_avgx regr_avgy regr_count regr_intercept
regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg var_pop var_samp variance xmlagg
approx_count_distinct`.split(/\s+/),
);

/** Is this the name of an aggregate, supported or not? */
export function isAggregate(name: string): boolean {
  return SUPPORTED.has(name) || LACKING.has(name);
}

export function resolveAggregate(
  name: string,
  args: readonly ArgType[],
  form: AggregateForm,
  span?: TextSpan,
): ResolvedAggregate {
  if (!SUPPORTED.has(name)) throw unsupported(`aggregate ${name}`, span);
  if (form.distinct) throw unsupported(`${name}(DISTINCT …)`, span);
  if (form.filter) throw unsupported(`${name}(…) FILTER`, span);
  if (form.orderBy) throw unsupported(`${name}(… ORDER BY …)`, span);
  if (name === 'count') return count(args, form.star, span);
  const chosen = selectCandidate(
    args.map(pgTypeOf),
    functionCandidates(name).filter((c) => c.params.length === args.length),
  );
  if (form.star || chosen === 'none') throw noSuchAggregate(name, args, form.star, span);
  if (chosen === 'ambiguous')
    throw new MillraceError({
      code: 'AMBIGUOUS_FUNCTION',
      message: `function ${name}(${listTypes(args)}) is not unique`,
      hint: 'add explicit casts to say which types are meant',
      span,
    });
  const generics = solveGenerics(args.map(pgTypeOf), chosen.params)!;
  const param = typeOfPg(concrete(chosen.params[0]!, generics) ?? chosen.params[0]!);
  const result = typeOfPg(concrete(chosen.result, generics) ?? chosen.result);
  if (param === undefined || result === undefined || isLacking(name, param.kind))
    throw unsupported(`aggregate ${name}(${chosen.params.map(pgTypeName).join(', ')})`, span);
  return { fn: name as AggregateName, params: [param], result, nullable: true };
}

/** Sums of intervals and singles have no accumulator yet, nor have extremes of arrays and rows. */
function isLacking(name: string, param: TypeKind): boolean {
  if (param === 'array' || param === 'row' || (param === 'real' && name === 'sum')) return true;
  return param === 'interval' && (name === 'sum' || name === 'avg');
}

function count(args: readonly ArgType[], star: boolean, span: TextSpan | undefined): ResolvedAggregate {
  if (star) return { fn: 'count_star', params: [], result: BIGINT, nullable: false };
  if (args.length !== 1) throw noSuchAggregate('count', args, false, span);
  const arg = args[0]!;
  return { fn: 'count', params: [arg === 'unknown' ? TEXT : arg], result: BIGINT, nullable: false };
}

function unsupported(what: string, span: TextSpan | undefined): MillraceError {
  return new MillraceError({ code: 'UNSUPPORTED_AGGREGATE', message: `${what} is not supported yet`, span });
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
