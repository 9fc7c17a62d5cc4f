// One call as its translation sees it, and the ways in which most functions are translated.

import type { TextSpan } from '../../../errors.ts';
import { unsupported } from '../../fail.ts';
import type { Rules } from '../dialect.ts';
import type { Kind, Term } from '../term.ts';
import { commonKind, term, wholeConstant } from '../term.ts';

export interface Call {
  readonly name: string;
  readonly args: readonly Term[];
  readonly star: boolean;
  readonly distinct: boolean;
  /** ` ORDER BY …` within the brackets, or ''. */
  readonly orderBy: string;
  /** ` FILTER (…)`, or ''. */
  readonly filter: string;
  /** ` OVER (…)` */
  readonly over: string | undefined;
  readonly rules: Rules;
  readonly span: TextSpan;
}

export type Translation = (call: Call) => Term;

export function refuseCall({ name, rules, span }: Call, why: string, hint: string): Error {
  return unsupported(`${name.toUpperCase()} of ${rules.title} ${why}`.trim(), span, hint);
}

/** Throws unless the call has that many arguments and none of what only aggregates have. */
export function scalarArguments(call: Call, least: number, most = least): readonly Term[] {
  const { args, star, distinct, orderBy, filter } = call;
  if (star || distinct || orderBy !== '' || filter !== '')
    throw refuseCall(call, 'over rows', 'it is no aggregate');
  if (args.length < least || args.length > most)
    throw refuseCall(
      call,
      `with ${args.length} arguments`,
      `it takes ${least === most ? least : `${least} to ${most}`}`,
    );
  return args;
}

/** The kind of the result: fixed, or that of all arguments. */
type ResultKind = Kind | 'arguments';

function kindOf(result: ResultKind, args: readonly Term[]): Kind {
  if (result !== 'arguments') return result;
  return args
    .map(({ kind }) => kind)
    .reduce((a, b) => (a === b ? a : commonKind(a, b)), args[0]?.kind ?? 'unknown');
}

/** A scalar function of the same meaning; the name there is the same unless one is given. */
export function same(least: number, most: number, result: ResultKind, name?: string): Translation {
  return (call) => {
    const args = scalarArguments(call, least, most);
    const list = args.map(({ sql }) => sql).join(', ');
    return term(`${name ?? call.name}(${list})`, kindOf(result, args), call.span);
  };
}

/** A scalar function as an expression over the texts of its arguments. */
export function written(count: number, result: ResultKind, text: (...args: string[]) => string): Translation {
  return (call) => {
    const args = scalarArguments(call, count);
    return term(text(...args.map(({ sql }) => sql)), kindOf(result, args), call.span);
  };
}

/** A function of another name under conditions on its arguments that the text must tell. */
export function when(
  holds: (args: readonly Term[]) => boolean,
  why: string,
  hint: string,
  translation: Translation,
): Translation {
  return (call) => {
    if (!holds(call.args)) throw refuseCall(call, why, hint);
    return translation(call);
  };
}

export function refused(why: string, hint: string): Translation {
  return (call) => {
    throw refuseCall(call, why, hint);
  };
}

/** The argument with this number is a whole number from `least` that is written as one. */
export function isWhole(args: readonly Term[], index: number, least: number): boolean {
  const arg = args[index];
  if (arg === undefined) return true;
  const value = wholeConstant(arg);
  return value !== undefined && value >= least;
}
