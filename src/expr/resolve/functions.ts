// From a name and argument types to an entry of the function table, by PostgreSQL's rules over PostgreSQL's candidates.
// What PostgreSQL would choose and Millrace lacks is refused; a different choice is never made.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { SqlType, TypeKind } from '../../data/types.ts';
import { arrayOf, BOOLEAN, INTEGER, sameType, TEXT } from '../../data/types.ts';
import type { ScalarFunction } from '../functions/function.ts';
import { findFunction } from '../functions/table.ts';
import { candidatesFor, functionCandidates, operatorCandidates } from './candidates.ts';
import type { ArgType } from './pg-types.ts';
import { concrete, solveGenerics } from './generics.ts';
import { pgTypeOf, typeOfPg } from './pg-types.ts';
import {
  argTypeName,
  listTypes,
  pgTypeName,
  refused,
  refuseNotDeterministic,
  unknownFunction,
} from './refusals.ts';
import { overloadRefusal } from './refused-names.ts';
import type { Candidate, Selection } from './select.ts';
import { selectCandidate, selectOperator } from './select.ts';

export interface ResolvedFunction {
  readonly fn: ScalarFunction;
  /** What each argument is coerced to. */
  readonly params: readonly SqlType[];
  /** Arguments that the function takes as an array of the one value. */
  readonly wrapped?: readonly boolean[];
  readonly result: SqlType;
}

export function resolveFunction(name: string, args: readonly ArgType[], span?: TextSpan): ResolvedFunction {
  refuseNotDeterministic(name, span);
  const candidates = functionCandidates(name);
  if (candidates.length === 0) throw unknownFunction(name, args, span);
  const chosen = selectCandidate(args.map(pgTypeOf), candidatesFor(name, args.length));
  if (chosen === 'none') throw noSuchFunction(name, args, candidates, span);
  if (chosen === 'ambiguous')
    throw new MillraceError({
      code: 'AMBIGUOUS_FUNCTION',
      message: `function ${name}(${listTypes(args)}) is not unique`,
      hint: 'add explicit casts to say which types are meant',
      span,
    });
  refuseIndeterminate(name, chosen, args, span);
  const found = inTable(name, chosen, args);
  if (found !== undefined) return found;
  const refusal = overloadRefusal(name, chosen.params);
  if (refusal !== undefined) throw refused(spell(name, chosen), refusal, span);
  return unsupported('UNSUPPORTED_FUNCTION', `function ${spell(name, chosen)}`, span);
}

/** Untyped literals alone do not tell what anyelement or anyarray is, and there are no arrays of arrays. */
function refuseIndeterminate(
  name: string,
  chosen: Candidate,
  args: readonly ArgType[],
  span: TextSpan | undefined,
): void {
  const generics = solveGenerics(args.map(pgTypeOf), chosen.params)!;
  const types = [...chosen.params, chosen.result].map((pg) => concrete(pg, generics));
  const nested = types.find((type) => type?.startsWith('__') === true);
  if (nested !== undefined)
    throw new MillraceError({
      code: 'INDETERMINATE_TYPE',
      message: `could not find array type for data type ${pgTypeName(nested.slice(1))}`,
      hint: 'arrays have one dimension',
      span,
    });
  if (types.every((type) => type !== undefined)) return;
  throw new MillraceError({
    code: 'INDETERMINATE_TYPE',
    message: `could not determine the type of the arguments of ${name}`,
    hint: 'add an explicit cast',
    span,
  });
}

/** `left` is null for a prefix operator. */
export function resolveOperator(
  op: string,
  left: ArgType | null,
  right: ArgType,
  span?: TextSpan,
): ResolvedFunction {
  const args = left === null ? [right] : [left, right];
  const shown =
    left === null ? `${op} ${argTypeName(right)}` : `${argTypeName(left)} ${op} ${argTypeName(right)}`;
  const candidates = operatorCandidates(op)?.filter((c) => c.params.length === args.length);
  if (candidates === undefined) unsupported('UNSUPPORTED_OPERATOR', `operator ${op}`, span);
  const chosen: Selection = selectOperator(args.map(pgTypeOf), candidates);
  if (chosen === 'none')
    throw new MillraceError({
      code: 'UNDEFINED_OPERATOR',
      message: `operator does not exist: ${shown}`,
      hint: castHint(left, right, candidates) ?? operatorHint(op, candidates),
      span,
    });
  if (chosen === 'ambiguous')
    throw new MillraceError({
      code: 'AMBIGUOUS_OPERATOR',
      message: `operator is not unique: ${shown}`,
      hint: 'add explicit casts to say which types are meant',
      span,
    });
  return (
    inTable(op, chosen, args) ??
    unsupported('UNSUPPORTED_OPERATOR', `operator ${chosen.params.map(pgTypeName).join(` ${op} `)}`, span)
  );
}

/** The internal function by its exact name and parameter types. */
export function tableFunction(
  name: string,
  params: readonly SqlType[],
  result: SqlType = BOOLEAN,
): ResolvedFunction {
  const kinds = params.map((type) => type.kind);
  const fn = findFunction(name, kinds);
  if (fn === undefined) throw new Error(`no function ${name}(${kinds.join(',')}) in the table`);
  return { fn, params, result };
}

function inTable(name: string, chosen: Candidate, args: readonly ArgType[]): ResolvedFunction | undefined {
  const found = concreteTypes(name, chosen, args);
  if (found === undefined) return undefined;
  const wrapped = computedParams(name, chosen).map((param) => ITEM_PARAMS.has(param));
  const params = found.params.map((type, i) => (wrapped[i]! ? arrayOf(type) : type));
  const kinds = params.map((type) => type.kind);
  const exact = findFunction(name, kinds);
  const wide = widest(kinds);
  const fn =
    chosen.fixed === undefined ? (exact ?? findFunction(name, wide)) : repeated(name, params, chosen.fixed);
  if (fn === undefined || fn.result !== found.result.kind) return undefined;
  const used =
    exact === undefined && chosen.fixed === undefined
      ? wide.map((kind) => ({ kind }) as SqlType)
      : found.params;
  return { fn, params: used, wrapped, result: found.result };
}

/** Parameters of any type, which functions over arrays take as arrays of one item. */
const ITEM_PARAMS: ReadonlySet<string> = new Set(['anyelement', 'anycompatible']);

function rowOf(arg: ArgType | undefined): SqlType | undefined {
  return arg !== undefined && arg !== 'unknown' && arg.kind === 'row' ? arg : undefined;
}

interface ConcreteTypes {
  readonly params: readonly SqlType[];
  readonly result: SqlType;
}

/** What the candidate takes and gives for these arguments; undefined when a type is lacking. */
function concreteTypes(name: string, chosen: Candidate, args: readonly ArgType[]): ConcreteTypes | undefined {
  const generics = solveGenerics(args.map(pgTypeOf), chosen.params)!;
  const typeOf = (pg: string, arg: ArgType | undefined): SqlType | undefined => {
    if (pg === 'record')
      return arg !== undefined && arg !== 'unknown' && arg.kind === 'row' ? arg : undefined;
    if (pg === 'any') return arg === undefined || arg === 'unknown' ? TEXT : arg;
    const solved = concrete(pg, generics);
    if (solved === 'record') return rowOf(arg);
    return solved === undefined ? undefined : typeOfPg(solved);
  };
  const params = computedParams(name, chosen).map((pg, i) => typeOf(pg, args[i]));
  const result = typeOf(chosen.result, undefined);
  if (result === undefined || params.some((type) => type === undefined)) return undefined;
  const rows = params.filter((type) => type?.kind === 'row');
  if (rows.some((type) => !sameType(type!, rows[0]!))) return undefined;
  return { params: params as readonly SqlType[], result };
}

/** `text || anynonarray` is text || its cast to text. */
function isTextConcatenation(chosen: Candidate): boolean {
  const [left, right] = chosen.params;
  return (left === 'text' && right === 'anynonarray') || (left === 'anynonarray' && right === 'text');
}

const QUOTING: ReadonlySet<string> = new Set(['quote_literal', 'quote_nullable']);

/**
 * The parameters that are computed with. Some functions are PostgreSQL's own rewritings: `||` with a value, date_part of a
 * date, quotes around a value.
 */
function computedParams(name: string, chosen: Candidate): readonly string[] {
  if (name === '||' && isTextConcatenation(chosen)) return ['text', 'text'];
  if (name === 'date_part' && chosen.params[1] === 'date') return ['text', 'timestamp'];
  if (QUOTING.has(name) && chosen.params[0] === 'anyelement') return ['text'];
  return chosen.params.map((param) => (param === 'name' || param === 'jsonpath' ? 'text' : param));
}

const RANKS: readonly (readonly TypeKind[])[] = [
  ['smallint', 'integer', 'bigint'],
  ['real', 'double'],
];

/** Operators over two integer or two floating types compute in the wider one, as PostgreSQL's own do. */
function widest(kinds: readonly TypeKind[]): readonly TypeKind[] {
  if (kinds.length !== 2) return kinds;
  for (const rank of RANKS) {
    const places = kinds.map((kind) => rank.indexOf(kind));
    if (places.includes(-1)) continue;
    const wide = rank[Math.max(...places)]!;
    return [wide, wide];
  }
  return kinds;
}

/** A variadic function is in the table under its fixed parameters and one of the others; `any` is text there. */
function repeated(name: string, params: readonly SqlType[], fixed: number): ScalarFunction | undefined {
  const kinds = params.map((type) => type.kind);
  return (
    findFunction(name, kinds.slice(0, fixed + 1)) ?? findFunction(name, [...kinds.slice(0, fixed), 'text'])
  );
}

function spell(name: string, candidate: Candidate): string {
  return `${name}(${candidate.params.map(pgTypeName).join(', ')})`;
}

function noSuchFunction(
  name: string,
  args: readonly ArgType[],
  candidates: readonly Candidate[],
  span: TextSpan | undefined,
): MillraceError {
  const known = candidates.filter((c) => isSupported(name, c)).map((c) => spell(name, c));
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${name}(${listTypes(args)}) does not exist`,
    hint:
      known.length === 0 ? undefined : `there is ${known.slice(0, 8).join(', ')}; explicit casts may help`,
    span,
  });
}

/** Over its own parameter types, those of pseudo-types left out. */
function isSupported(name: string, candidate: Candidate): boolean {
  const args = candidate.params.map(typeOfPg);
  return args.every((type) => type !== undefined) && inTable(name, candidate, args) !== undefined;
}

/** What the table has of a name, spelled with PostgreSQL's types: for the reference and for hints. */
export function supportedCandidates(name: string, kind: 'function' | 'operator'): readonly Candidate[] {
  const all = kind === 'operator' ? (operatorCandidates(name) ?? []) : functionCandidates(name);
  return all.filter((candidate) => {
    const args = candidate.params.map((pg) => SAMPLES[pg] ?? typeOfPg(pg));
    if (args.some((type) => type === undefined)) return false;
    const known = args as readonly SqlType[];
    const [expanded] =
      candidate.variadic === true ? candidatesFor(name, known.length).filter((c) => c.variadic) : [candidate];
    return expanded !== undefined && inTable(name, expanded, known) !== undefined;
  });
}

/** A type for each pseudo-type. */
const SAMPLES: Readonly<Record<string, SqlType>> = {
  any: INTEGER,
  name: TEXT,
  jsonpath: TEXT,
  anyelement: INTEGER,
  anynonarray: INTEGER,
  anycompatible: INTEGER,
  anycompatiblenonarray: INTEGER,
  anyarray: arrayOf(INTEGER),
  anycompatiblearray: arrayOf(INTEGER),
  record: { kind: 'row', fields: [] },
};

/** Of two types that differ where the operator is there for two of the same: which casts help. */
function castHint(
  left: ArgType | null,
  right: ArgType,
  candidates: readonly Candidate[],
): string | undefined {
  if (left === null || left === 'unknown' || right === 'unknown') return undefined;
  const sides = [left, right].map(pgTypeOf).filter((side) => {
    const both = candidates.find((candidate) => candidate.params.every((param) => param === side));
    return both !== undefined;
  });
  if (sides.length === 0) return undefined;
  const casts = [...new Set(sides)].map((side) => `::${pgTypeName(side)}`);
  return `cast one side to the type of the other, with ${casts.join(' or ')}`;
}

function operatorHint(op: string, candidates: readonly Candidate[]): string {
  const known = candidates.filter((c) => isSupported(op, c));
  const shown = known.slice(0, 6).map((c) => c.params.map(pgTypeName).join(` ${op} `));
  return `there is ${shown.join(', ')}${known.length > 6 ? ', …' : ''}; explicit casts may help`;
}

function unsupported(
  code: 'UNSUPPORTED_FUNCTION' | 'UNSUPPORTED_OPERATOR',
  shown: string,
  span: TextSpan | undefined,
): never {
  const hint = 'docs/sql-reference.md lists what there is';
  throw new MillraceError({ code, message: `${shown} is not supported yet`, hint, span });
}
