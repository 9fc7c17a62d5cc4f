// One entry of the function table, and the short forms in which the tables of this folder are written.

import type { SqlType, TypeKind } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';

/** The types that a call has: for functions over arrays and rows the kinds alone do not say enough. */
export interface CallTypes {
  readonly params: readonly SqlType[];
  readonly result: SqlType;
}

interface Entry {
  readonly name: string;
  readonly params: readonly TypeKind[];
  readonly result: TypeKind;
  /** Can it raise an error for some arguments? */
  readonly fails: boolean;
}

/** NULL when an argument is NULL, otherwise what `code` computes. */
export interface StrictFunction extends Entry {
  readonly kind: 'strict';
  /** NULL for some arguments that are not NULL; told by the register `isNull` of data/registers.ts. */
  readonly nullResult: boolean;
  /**
   * A JavaScript expression. For numeric, text and interval results it yields what data/registers.ts says and the
   * rest is in the registers.
   */
  readonly code: (code: Code, args: readonly Slot[], types: CallTypes) => string;
  /** The display scale of a numeric result, where it follows from the arguments. */
  readonly scale?: (args: readonly Slot[]) => number | undefined;
  /** A text result is always a slice of this argument. */
  readonly sliceOf?: number;
}

/** Has rules of its own for NULL. `params` repeats its last type when `variadic`. */
export interface SpecialFunction extends Entry {
  readonly kind: 'special';
  readonly variadic: boolean;
  /** When the result can be NULL: never, when any argument is, when all are, or whatever they are. */
  readonly nullable: 'never' | 'any' | 'all' | 'sometimes';
  readonly emit: (code: Code, args: readonly Slot[], types: CallTypes) => Slot;
}

export type ScalarFunction = StrictFunction | SpecialFunction;

export function functionKey(name: string, params: readonly TypeKind[]): string {
  return `${name}(${params.join(',')})`;
}

type Options = Partial<Pick<StrictFunction, 'nullResult' | 'scale' | 'sliceOf'>>;

/** `strict('+(integer,integer) integer', code)` */
function entry(signature: string): Pick<Entry, 'name' | 'params' | 'result'> {
  const match = /^(.+?)\((.*)\) (.+)$/.exec(signature)!;
  const params = match[2] === '' ? [] : (match[2]!.split(',') as TypeKind[]);
  return { name: match[1]!, params, result: match[3] as TypeKind };
}

/** An entry whose code is an expression over the parts of its arguments, in order; it cannot fail. */
export function inline(signature: string, template: (...parts: string[]) => string): StrictFunction {
  return {
    ...entry(signature),
    kind: 'strict',
    fails: false,
    nullResult: false,
    code: (_code, args) => template(...args.flatMap((arg) => arg.parts)),
  };
}

type Runtime = (...args: never[]) => unknown;

/** An entry that calls a runtime function with the parts of its arguments. */
export function calls(signature: string, runtime: Runtime, options: Options = {}): StrictFunction {
  return {
    ...entry(signature),
    kind: 'strict',
    fails: false,
    nullResult: false,
    code: (code, args) => `${code.use(runtime)}(${args.flatMap((arg) => arg.parts).join(', ')})`,
    ...options,
  };
}

/** The same for a runtime function that raises errors. */
export function mayFail(signature: string, runtime: Runtime, options: Options = {}): StrictFunction {
  return { ...calls(signature, runtime, options), fails: true };
}

export function strict(
  signature: string,
  fails: boolean,
  code: StrictFunction['code'],
  options: Options = {},
): StrictFunction {
  return { ...entry(signature), kind: 'strict', fails, nullResult: false, code, ...options };
}

export function special(
  signature: string,
  nullable: SpecialFunction['nullable'],
  emit: SpecialFunction['emit'],
  options: { readonly variadic?: boolean; readonly fails?: boolean } = {},
): SpecialFunction {
  const { variadic = false, fails = false } = options;
  return { ...entry(signature), kind: 'special', nullable, emit, variadic, fails };
}
