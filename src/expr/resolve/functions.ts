// From a name and argument types to an entry of the function table, by PostgreSQL's rules over PostgreSQL's candidates.
// What PostgreSQL would choose and Millrace lacks is refused; a different choice is never made.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { SqlType, TypeKind } from '../../data/types.ts';
import { TEXT } from '../../data/types.ts';
import type { ScalarFunction } from '../functions/function.ts';
import { findFunction } from '../functions/table.ts';
import { functionCandidates, operatorCandidates } from './candidates.ts';
import type { ArgType } from './pg-types.ts';
import { kindOf, pgTypeOf } from './pg-types.ts';
import { argTypeName, listTypes, pgTypeName, refuseNotDeterministic, unknownFunction } from './refusals.ts';
import type { Candidate, Selection } from './select.ts';
import { selectCandidate, selectOperator } from './select.ts';

export interface ResolvedFunction {
  readonly fn: ScalarFunction;
  /** What each argument is coerced to. */
  readonly params: readonly SqlType[];
  readonly result: SqlType;
}

export function resolveFunction(name: string, args: readonly ArgType[], span?: TextSpan): ResolvedFunction {
  refuseNotDeterministic(name, span);
  if (name === 'concat' && args.length > 0) return concat(args);
  const candidates = functionCandidates(name);
  if (candidates.length === 0) throw unknownFunction(name, args, span);
  const chosen = selectCandidate(
    args.map(pgTypeOf),
    candidates.filter((c) => c.params.length === args.length),
  );
  if (chosen === 'none') throw noSuchFunction(name, args, candidates, span);
  if (chosen === 'ambiguous')
    throw new MillraceError({
      code: 'AMBIGUOUS_FUNCTION',
      message: `function ${name}(${listTypes(args)}) is not unique`,
      hint: 'add explicit casts to say which types are meant',
      span,
    });
  return inTable(name, chosen) ?? unsupported('FUNCTION', `function ${spell(name, chosen)}`, span);
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
  if (candidates === undefined || candidates.length === 0) unsupported('OPERATOR', `operator ${op}`, span);
  const chosen: Selection = selectOperator(args.map(pgTypeOf), candidates);
  if (chosen === 'none')
    throw new MillraceError({
      code: 'UNDEFINED_OPERATOR',
      message: `operator does not exist: ${shown}`,
      hint: operatorHint(op, candidates),
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
    inTable(op, chosen) ??
    unsupported('OPERATOR', `operator ${chosen.params.map(pgTypeName).join(` ${op} `)}`, span)
  );
}

/** The internal function by its exact name and parameter kinds. */
export function tableFunction(name: string, kinds: readonly TypeKind[]): ResolvedFunction {
  const fn = findFunction(name, kinds);
  if (fn === undefined) throw new Error(`no function ${name}(${kinds.join(',')}) in the table`);
  return resolved(fn);
}

function resolved(fn: ScalarFunction): ResolvedFunction {
  return { fn, params: fn.params.map((kind) => ({ kind })), result: { kind: fn.result } };
}

function inTable(name: string, chosen: Candidate): ResolvedFunction | undefined {
  const kinds = kindsOf(name, chosen);
  if (kinds === undefined) return undefined;
  const fn = findFunction(name, kinds) ?? findFunction(name, widest(kinds));
  return fn === undefined || fn.result !== kindOf(chosen.result) ? undefined : resolved(fn);
}

/** `text || anynonarray` is text || its cast to text. */
function isTextConcatenation(chosen: Candidate): boolean {
  const [left, right] = chosen.params;
  return (left === 'text' && right === 'anynonarray') || (left === 'anynonarray' && right === 'text');
}

/** The parameters that are computed with. Two functions are PostgreSQL's own rewritings: `||` with a value, date_part of a date. */
function kindsOf(name: string, chosen: Candidate): readonly TypeKind[] | undefined {
  if (name === '||' && isTextConcatenation(chosen)) return ['text', 'text'];
  const kinds = chosen.params.map(kindOf);
  if (name === 'date_part' && kinds[1] === 'date') return ['text', 'timestamp'];
  return kinds.every((kind) => kind !== undefined) ? kinds : undefined;
}

const INTEGER_RANK: readonly TypeKind[] = ['smallint', 'integer', 'bigint'];

/** Operators over two integer types compute in the wider one, as PostgreSQL's own do. */
function widest(kinds: readonly TypeKind[]): readonly TypeKind[] {
  const ranks = kinds.map((kind) => INTEGER_RANK.indexOf(kind));
  if (kinds.length !== 2 || ranks.includes(-1)) return kinds;
  const wide = INTEGER_RANK[Math.max(...ranks)]!;
  return [wide, wide];
}

/** concat takes arguments of any type, in their text form. */
function concat(args: readonly ArgType[]): ResolvedFunction {
  const fn = findFunction('concat', ['text'])!;
  return { fn, params: args.map((arg) => (arg === 'unknown' ? TEXT : arg)), result: TEXT };
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
  const known = candidates.filter((c) => inTable(name, c) !== undefined).map((c) => spell(name, c));
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${name}(${listTypes(args)}) does not exist`,
    hint:
      known.length === 0 ? undefined : `there is ${known.slice(0, 8).join(', ')}; explicit casts may help`,
    span,
  });
}

function operatorHint(op: string, candidates: readonly Candidate[]): string {
  const known = candidates.filter((c) => inTable(op, c) !== undefined);
  const shown = known.slice(0, 6).map((c) => c.params.map(pgTypeName).join(` ${op} `));
  return `there is ${shown.join(', ')}${known.length > 6 ? ', …' : ''}; explicit casts may help`;
}

function unsupported(what: 'FUNCTION' | 'OPERATOR', shown: string, span: TextSpan | undefined): never {
  throw new MillraceError({ code: `UNSUPPORTED_${what}`, message: `${shown} is not supported yet`, span });
}
