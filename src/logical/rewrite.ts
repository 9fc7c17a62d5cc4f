// The rewrites in their order. Each is plan → plan and keeps what every root computes; `optimize: false` leaves them all out,
// and metamorphic tests compare.

import type { LogicalPlan } from './node.ts';
import { foldConstants } from './rewrites/fold-constants.ts';
import { mergeNeighbours } from './rewrites/merge.ts';
import { pruneColumns } from './rewrites/prune-columns.ts';
import { pushFilters } from './rewrites/push-filters.ts';

export function rewrite(plan: LogicalPlan): LogicalPlan {
  const each = (f: typeof foldConstants) => (p: LogicalPlan) => ({
    roots: p.roots.map((root) => ({ ...root, input: f(root.input) })),
  });
  const steps = [
    each(foldConstants),
    each(pushFilters),
    each(mergeNeighbours),
    pruneColumns,
    each(mergeNeighbours),
  ];
  return steps.reduce((current, step) => step(current), plan);
}
