// The candidates of a name, read from the catalog text of PostgreSQL.

import { FUNCTIONS } from '../catalog/functions.ts';
import { OPERATORS } from '../catalog/operators.ts';
import type { Candidate } from './select.ts';

const functions = new Map<string, readonly Candidate[]>();
const operators = new Map<string, readonly Candidate[]>();

/** All overloads of a function; empty when the name is not known. */
export function functionCandidates(name: string): readonly Candidate[] {
  const text = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (text === undefined) return [];
  let found = functions.get(name);
  if (found === undefined) {
    found = text.split(/,\s/).map((signature) => {
      const words = signature.split(' ');
      return { params: words.slice(0, -1), result: words.at(-1)! };
    });
    functions.set(name, found);
  }
  return found;
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
