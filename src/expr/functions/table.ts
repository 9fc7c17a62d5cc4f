// The function table: every scalar function and operator that Millrace computes, by name and parameter types.

import type { TypeKind } from '../../data/types.ts';
import { BOOLEANS } from './booleans.ts';
import { COMPARISONS } from './comparisons.ts';
import { DOUBLES } from './doubles.ts';
import type { ScalarFunction } from './function.ts';
import { functionKey } from './function.ts';
import { INTEGERS } from './integers.ts';
import { INTERVALS } from './intervals.ts';
import { NUMERICS } from './numerics.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';

const TABLE: ReadonlyMap<string, ScalarFunction> = new Map(
  [BOOLEANS, COMPARISONS, INTEGERS, DOUBLES, NUMERICS, TEXTS, TIMES, INTERVALS]
    .flat()
    .map((fn) => [functionKey(fn.name, fn.params), fn]),
);

export function findFunction(name: string, params: readonly TypeKind[]): ScalarFunction | undefined {
  return TABLE.get(functionKey(name, params));
}

/** By the key that a bound call carries. Unknown keys cannot come out of the binder. */
export function functionByKey(key: string): ScalarFunction {
  const found = TABLE.get(key);
  if (found === undefined) throw new Error(`no function ${key} in the table`);
  return found;
}

export function allFunctions(): readonly ScalarFunction[] {
  return [...TABLE.values()];
}
