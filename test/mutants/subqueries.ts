// Mistakes in subqueries: what becomes of them in the plan, and what they are worth.

import type { Mutant } from './mutants.ts';

const FINAL = 'logical/unnest/dependent-join.ts';
const UNNESTED = 'logical/unnest/unnested.ts';
const VALUES = 'binder/subquery-values.ts';
const SUITE = 'pipeline/subqueries.test.ts';

export const SUBQUERIES: readonly Mutant[] = [
  {
    name: 'an outer row for which an aggregate finds nothing is lost',
    file: FINAL,
    from: "const joined = join('left', this.left, this.node, condition, false);",
    to: "const joined = join('inner', this.left, this.node, condition, false);",
    about: /\((SELECT count\(\*\)|SELECT min|SELECT max)/,
  },
  {
    name: 'the count over nothing is NULL in a subquery',
    file: UNNESTED,
    from: "return fn === 'count' || fn === 'count_star' ?",
    to: "return fn === 'counted' ?",
    about: /\(SELECT count\(\*\)/,
  },
  {
    name: 'the first rows of a subquery are those of all outer rows',
    file: 'logical/unnest/unnest.ts',
    from: 'partition: [...correlations.keys(), ...partition.map((column) => width + column)],\n    order',
    to: 'partition: partition.map((column) => width + column),\n    order',
    about: /LATERAL \(SELECT .* LIMIT/,
    late: true,
  },
  {
    name: 'NOT IN does not mind the NULLs that it looks through',
    file: 'binder/subqueries.ts',
    from: 'return unknown === null ? null : bindNot(unknown, span);',
    to: 'return null;',
    about: /NOT IN \(SELECT/,
  },
  {
    name: 'NULL is not among anything, for certain',
    file: VALUES,
    from: 'if (!operand.nullable) return lacking;',
    to: 'if (operand.nullable) return lacking;',
    about: / (IN|ANY|ALL) \(SELECT/,
    late: true,
  },
  {
    name: 'less than all is less than the greatest',
    file: VALUES,
    from: "return [all ? 'min' : 'max'];",
    to: "return ['max'];",
    about: /<=? ALL \(SELECT/,
  },
  {
    name: 'a subquery of two rows has a value',
    file: 'expr/functions/subqueries.ts',
    from: 'if (rows > 1n)',
    to: 'if (rows > 1000n)',
    suite: SUITE,
  },
];
