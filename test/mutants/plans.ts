// Mistakes in plans: what moves where, what is asked of whom, what is taken for constant.

import type { Mutant } from './mutants.ts';

const JOIN_FILTERS = 'logical/rewrites/push-join-filters.ts';
const FILTERS = 'logical/rewrites/push-filters.ts';
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
];
