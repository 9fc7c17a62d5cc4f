// A type's name called as a function is a cast: date(x), text(x), int4(x) (func_get_detail of PostgreSQL).

import type { SqlType } from '../../data/types.ts';
import { resolveCast } from './casts.ts';
import type { ArgType } from './pg-types.ts';
import { typeOfPg } from './pg-types.ts';

/** The type that a call of this name casts its one argument to; undefined when it is no such call. */
export function typeOfCall(name: string, args: readonly ArgType[]): SqlType | undefined {
  const type = name.startsWith('_') ? undefined : typeOfPg(name);
  const [arg] = args;
  if (type === undefined || args.length !== 1 || arg === undefined) return undefined;
  if (arg === 'unknown') return type;
  return arg.kind === 'row' || resolveCast(arg, type, 'explicit') === undefined ? undefined : type;
}

/** The same of a function in PostgreSQL's catalog. */
export function isTypeFunction(name: string, params: readonly string[]): boolean {
  const types = params.map(typeOfPg);
  return types.every((type) => type !== undefined) && typeOfCall(name, types) !== undefined;
}
