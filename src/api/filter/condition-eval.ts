// A condition evaluated in this process: true, false, or null (unknown), as SQL's WHERE would have it.

import { ilike, like } from '../../expr/runtime/like.ts';
import type { ViewRow } from '../../views/row-change.ts';
import { compareValues } from './compare-values.ts';
import type { Comparison, Condition, NotNull } from './condition.ts';

type Truth = boolean | null;
type Test = (row: ViewRow) => Truth;

/** Does a row belong to the result? Unknown does not. */
export function rowFilter(condition: Condition): (row: ViewRow) => boolean {
  const test = compile(condition);
  return (row) => test(row) === true;
}

function compile(condition: Condition): Test {
  switch (condition.kind) {
    case 'compare':
      return comparison(condition.column, condition.op, condition.value);
    case 'in':
      return membership(condition.column, condition.values);
    case 'like':
      return pattern(condition.column, condition.pattern, condition.fold);
    case 'isNull': {
      const { column } = condition;
      return (row) => row[column] === null;
    }
    case 'and':
      return conjunction(condition.args.map(compile));
    case 'or':
      return disjunction(condition.args.map(compile));
    case 'not': {
      const test = compile(condition.arg);
      return (row) => {
        const truth = test(row);
        return truth === null ? null : !truth;
      };
    }
  }
}

function comparison(column: number, op: Comparison, value: NotNull): Test {
  const holds = HOLDS[op];
  return (row) => {
    const own = row[column]!;
    return own === null ? null : holds(compareValues(own, value));
  };
}

const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function membership(column: number, values: readonly NotNull[]): Test {
  return (row) => {
    const own = row[column]!;
    if (own === null) return values.length === 0 ? false : null;
    return values.some((value) => compareValues(own, value) === 0);
  };
}

function pattern(column: number, text: string, fold: boolean): Test {
  const bytes = Buffer.from(text);
  const matches = fold ? ilike : like;
  return (row) => {
    const own = row[column]!;
    if (own === null) return null;
    const value = Buffer.from(own as string);
    return matches(value, 0, value.length, bytes, 0, bytes.length);
  };
}

function conjunction(tests: readonly Test[]): Test {
  return (row) => {
    let truth: Truth = true;
    for (const test of tests) {
      const one = test(row);
      if (one === false) return false;
      if (one === null) truth = null;
    }
    return truth;
  };
}

function disjunction(tests: readonly Test[]): Test {
  return (row) => {
    let truth: Truth = false;
    for (const test of tests) {
      const one = test(row);
      if (one === true) return true;
      if (one === null) truth = null;
    }
    return truth;
  };
}
