// The candidates of a name, read from the catalog text of PostgreSQL.

import { FUNCTIONS } from '../catalog/functions.ts';
import { OPERATORS } from '../catalog/operators.ts';
import type { PgType } from './pg-types.ts';
import type { Candidate } from './select.ts';

const functions = new Map<string, readonly Candidate[]>();
const operators = new Map<string, readonly Candidate[]>();

/** All overloads of a function; empty when the name is not known. */
export function functionCandidates(name: string): readonly Candidate[] {
  const text = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (text === undefined) return [];
  let found = functions.get(name);
  if (found === undefined) {
    found = text.split(/,\s/).flatMap((signature) => {
      const words = signature.split(' ');
      return withoutOptional(words.slice(0, -1), words.at(-1)!);
    });
    functions.set(name, found);
  }
  return found;
}

/** `int4?` can be left out, with all behind it; `any*` is given as often as one likes. */
function withoutOptional(words: readonly PgType[], result: PgType): Candidate[] {
  const first = words.findIndex((word) => word.endsWith('?'));
  const least = first < 0 ? words.length : first;
  const params = words.map((word) => word.replace(/[?*]$/, ''));
  if (words.at(-1)?.endsWith('*') === true) return [{ params, result, variadic: true }];
  return Array.from({ length: words.length - least + 1 }, (_, i) => ({
    params: params.slice(0, least + i),
    result,
  }));
}

/** The candidates for a number of arguments; a variadic one repeats the items of its last parameter. */
export function candidatesFor(name: string, count: number): readonly Candidate[] {
  return functionCandidates(name).flatMap((candidate) => {
    if (candidate.variadic !== true) return candidate.params.length === count ? [candidate] : [];
    const fixed = candidate.params.length - 1;
    if (count <= fixed) return [];
    const last = candidate.params[fixed]!;
    const item = last === 'any' ? 'any' : last.slice(1);
    const params = [...candidate.params.slice(0, fixed), ...Array<PgType>(count - fixed).fill(item)];
    return [{ ...candidate, params, fixed }];
  });
}

export function functionNames(): readonly string[] {
  return Object.keys(FUNCTIONS);
}

/** All operators of a name, prefix ones (one parameter) included; undefined when there is no such operator. */
export function operatorCandidates(name: string): readonly Candidate[] | undefined {
  const text = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (text === undefined) return undefined;
  let found = operators.get(name);
  if (found === undefined) {
    found = text
      .trim()
      .replaceAll(/,\n {2}/g, ', ')
      .split('\n')
      .flatMap((line) => {
        const [left, rights] = line.split(': ') as [string, string];
        return rights.split(', ').map((pair) => {
          const [right, result] = pair.split(' ') as [string, string];
          return { params: left === '-' ? [right] : [left, right], result };
        });
      });
    operators.set(name, found);
  }
  return found;
}
