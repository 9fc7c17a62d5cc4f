// Mistakes in plans: what moves where, what is asked of whom, what is taken for constant.

import type { Mutant } from './mutants.ts';

const JOIN_FILTERS = 'logical/rewrites/push-join-filters.ts';
const DISTRIBUTION = 'physical/distribution.ts';

export const PLANS: readonly Mutant[] = [
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
    late: true,
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
];
