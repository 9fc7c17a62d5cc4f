// The function table: every scalar function and operator that Millrace computes, by name and parameter types.

import type { TypeKind } from '../../data/types.ts';
import { ARRAYS } from './arrays.ts';
import { ARRAYS_FILLED } from './arrays-filled.ts';
import { BOOLEANS } from './booleans.ts';
import { BYTES } from './bytes.ts';
import { COMPARISONS } from './comparisons.ts';
import { DOUBLES } from './doubles.ts';
import type { ScalarFunction } from './function.ts';
import { functionKey } from './function.ts';
import { INTEGERS } from './integers.ts';
import { INTERVALS } from './intervals.ts';
import { JSON_PATHS } from './json-paths.ts';
import { JSONBS } from './jsonbs.ts';
import { JSONBS_MADE } from './jsonbs-made.ts';
import { MATHS } from './maths.ts';
import { NUMBERS_SHOWN } from './numbers-shown.ts';
import { NUMERICS } from './numerics.ts';
import { quantifiedFunction } from './quantified.ts';
import { REALS } from './reals.ts';
import { REGEXES } from './regexes.ts';
import { ROWS } from './rows.ts';
import { SCRIPTS } from './scripts.ts';
import { SERIES } from './series.ts';
import { SUBQUERIES } from './subqueries.ts';
import { STRINGS } from './strings.ts';
import { TEXTS } from './texts.ts';
import { TIMES_OF_DAY } from './times-of-day.ts';
import { TIMES_SHOWN } from './times-shown.ts';
import { TIMES_MADE } from './times-made.ts';
import { TIMES_ZONED } from './times-zoned.ts';
import { TIMES } from './times.ts';

const TABLE: ReadonlyMap<string, ScalarFunction> = new Map(
  [
    BOOLEANS,
    COMPARISONS,
    INTEGERS,
    REALS,
    DOUBLES,
    NUMERICS,
    NUMBERS_SHOWN,
    MATHS,
    TEXTS,
    STRINGS,
    SCRIPTS,
    REGEXES,
    BYTES,
    TIMES,
    TIMES_OF_DAY,
    TIMES_MADE,
    TIMES_ZONED,
    TIMES_SHOWN,
    INTERVALS,
    ARRAYS,
    ARRAYS_FILLED,
    ROWS,
    JSONBS,
    JSONBS_MADE,
    JSON_PATHS,
    SERIES,
    SUBQUERIES,
  ]
    .flat()
    .map((fn) => [functionKey(fn.name, fn.params), fn]),
);

export function findFunction(name: string, params: readonly TypeKind[]): ScalarFunction | undefined {
  return TABLE.get(functionKey(name, params));
}

/** By the key that a bound call carries. Unknown keys cannot come out of the binder. */
export function functionByKey(key: string): ScalarFunction {
  const found = TABLE.get(key) ?? quantified(key);
  if (found === undefined) throw new Error(`no function ${key} in the table`);
  return found;
}

const quantifiedByKey = new Map<string, ScalarFunction>();

function quantified(key: string): ScalarFunction | undefined {
  const known = quantifiedByKey.get(key);
  if (known !== undefined) return known;
  const made = quantifiedFunction(key, (operator) => TABLE.get(operator));
  if (made !== undefined) quantifiedByKey.set(key, made);
  return made;
}

export function allFunctions(): readonly ScalarFunction[] {
  return [...TABLE.values()];
}
