// Mistakes in plans: what moves where, what is asked of whom, what is taken for constant.

import type { Mutant } from './mutants.ts';

const JOIN_FILTERS = 'logical/rewrites/push-join-filters.ts';
const FILTERS = 'logical/rewrites/push-filters.ts';
const DISTRIBUTION = 'physical/distribution.ts';

export const PLANS: readonly Mutant[] = [
  {
    name: 'WHERE moves to the side of a join that may be missing',
    file: JOIN_FILTERS,
    from: "const rightStays = node.type === 'inner' || node.type === 'right';",
    to: "const rightStays = node.type !== 'full';",
    about: /LEFT JOIN .* WHERE /,
  },
  {
    name: 'WHERE moves to both sides of a full join',
    file: JOIN_FILTERS,
    from: "const leftStays = node.type !== 'right' && node.type !== 'full';",
    to: "const leftStays = node.type !== 'right';",
    about: /FULL JOIN .* WHERE /,
  },
  {
    name: 'ON of a left join filters its left side',
    file: JOIN_FILTERS,
    from: "const onLeft = node.type === 'inner' || node.type === 'right' || node.type === 'semi';",
    to: 'const onLeft = true;',
  },
  {
    name: 'ON of a right join filters its right side',
    file: JOIN_FILTERS,
    from: "const onRight = node.type !== 'right' && node.type !== 'full';",
    to: "const onRight = node.type !== 'full';",
    about: / RIGHT JOIN /,
  },
  {
    name: 'what can fail moves below a join',
    file: JOIN_FILTERS,
    from: 'leftStays && sides.onlyLeft(part) && !canFail(part)',
    to: 'leftStays && sides.onlyLeft(part)',
    about: / JOIN .* WHERE /,
  },
  {
    name: 'conditions of a row move below its place in a partition',
    file: FILTERS,
    from: 'return reads.length > 0 && reads.every((column) => node.partition.includes(column)) && !canFail(part);',
    to: 'return !canFail(part) && !reads.some((column) => column >= node.input.columns.length);',
    about: /(DISTINCT ON|LIMIT|OVER \().*\) AS d\d+ WHERE /,
  },
  {
    name: 'HAVING without keys moves below its aggregate',
    file: FILTERS,
    from: 'return reads.length > 0 && reads.every((column) => column < node.keys.length) && !canFail(overKeys(part));',
    to: 'return reads.every((column) => column < node.keys.length) && !canFail(overKeys(part));',
    about: /HAVING|\) AS \w+ WHERE /,
  },
  {
    name: 'rows of a session are left out before it is made',
    file: FILTERS,
    from: "shape.kind === 'session' ? shape.partition.includes(column) : column < width;",
    to: 'column < width;',
    about: /SESSION\(.* WHERE /,
  },
  {
    name: 'place < n is place <= n',
    file: 'logical/rewrites/limit-by-number.ts',
    from: 'return { least: 1, most: bound - 1 };',
    to: 'return { least: 1, most: bound };',
    about: /place < |> place/,
  },
  {
    name: 'of two bounds of a number the wider one counts',
    file: 'logical/rewrites/limit-by-number.ts',
    from: 'most = Math.min(most, bounds.most);',
    to: 'most = bounds.most;',
    about: /place .* AND .*place/,
  },
  {
    name: 'the first task is as good as any',
    file: DISTRIBUTION,
    from: "return alone || need.kind !== 'by hash';",
    to: 'return true;',
  },
  {
    name: 'least and greatest of changing input forget what was second',
    file: 'physical/multisets.ts',
    from: 'if (call.distinct || (extreme && context.retracts)) {',
    to: 'if (call.distinct) {',
  },
  {
    name: 'count of what fails counts it',
    file: 'physical/multisets.ts',
    from: '!call.distinct && !canFail(arg)',
    to: '!call.distinct',
  },
  {
    name: 'the keys of a full join tell where its rows are',
    file: DISTRIBUTION,
    from: "if (node.type === 'full') return { kind: 'hash', told: null };",
    to: '',
    about: / FULL JOIN /,
  },
  {
    name: 'rows of a view may lie anywhere',
    file: DISTRIBUTION,
    from: "if (need.kind !== 'together' || have.told === null) return false;",
    to: "if (need.kind !== 'together') return false;\n  if (have.told === null) return true;",
    about: / FULL JOIN |SESSION\(/,
  },
  {
    name: 'the result of a temporal filter only grows',
    file: 'physical/lower-temporal.ts',
    from: "input.node.appendOnly && conditions.every(({ kind }) => kind === 'enters')",
    to: 'input.node.appendOnly',
    about: /now\(\)/,
  },
];
