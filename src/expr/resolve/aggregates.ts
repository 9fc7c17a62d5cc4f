// Aggregate functions by name and argument types.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { SqlType } from '../../data/types.ts';
import { arrayOf, BIGINT, isTree, TEXT } from '../../data/types.ts';
import type { AggregateName } from './aggregate-names.ts';
import { AGGREGATES, aggregateNames, picksValue } from './aggregate-names.ts';
import { functionCandidates } from './candidates.ts';
import type { ArgType, PgType } from './pg-types.ts';
import { pgTypeOf, typeOfPg } from './pg-types.ts';
import { concrete, solveGenerics } from './generics.ts';
import { listTypes, pgTypeName } from './refusals.ts';
import type { Candidate } from './select.ts';
import { selectCandidate } from './select.ts';

export interface ResolvedAggregate {
  readonly fn: AggregateName;
  readonly params: readonly SqlType[];
  readonly result: SqlType;
  /** NULL over no rows, or over NULLs only; count never is. */
  readonly nullable: boolean;
}

export function resolveAggregate(
  name: string,
  args: readonly ArgType[],
  star: boolean,
  span?: TextSpan,
): ResolvedAggregate {
  const fn = AGGREGATES.get(name);
  if (fn === undefined) throw unsupported(`aggregate ${name}`, span);
  if (fn === 'count') return count(name, args, star, span);
  const chosen = selectCandidate(
    args.map(pgTypeOf),
    candidatesOf(name).filter((c) => c.params.length === args.length),
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

/** PostgreSQL has first_value and last_value as window functions only. */
function candidatesOf(name: string): readonly Candidate[] {
  if (!picksValue(AGGREGATES.get(name)!)) return functionCandidates(name);
  return [{ params: ['anyelement'], result: 'anyelement' }];
}

/** The signatures of an aggregate that there are, as PostgreSQL spells them. An ordered-set one has its sorted argument last. */
export function supportedAggregates(name: string): readonly Candidate[] {
  const fn = AGGREGATES.get(name)!;
  if (fn === 'count') {
    const ofValues = { params: ['any'], result: 'int8' };
    return name === 'count' ? [{ params: [], result: 'int8' }, ofValues] : [ofValues];
  }
  const isKnown = (pg: PgType): boolean =>
    /^(any|anyelement|anyarray|anynonarray|record)$/.test(pg) || typeOfPg(pg) !== undefined;
  return candidatesOf(name).filter(({ params, result }) => {
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

function count(
  name: string,
  args: readonly ArgType[],
  star: boolean,
  span: TextSpan | undefined,
): ResolvedAggregate {
  const count = { result: BIGINT, nullable: false };
  if (star && name === 'count') return { ...count, fn: 'count_star', params: [] };
  if (star || args.length !== 1) throw noSuchAggregate(name, args, star, span);
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
    hint: hintFor(what),
    span,
  });
}

function hintFor(what: string): string {
  if (/ json_/.test(what)) return 'json is no type here: jsonb_agg and jsonb_object_agg are there';
  if (/_unique/.test(what)) return 'jsonb_object_agg is there: of members with one name the last one stays';
  if (/array_agg/.test(what)) return 'arrays have one dimension: unite their items, or take jsonb_agg';
  return `there are ${aggregateNames().slice(0, 6).join(', ')} and many more: docs/sql-reference.md has them all`;
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
