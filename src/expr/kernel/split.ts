// Cuts a projection into kernels that are small enough for V8 to optimise (it gives up on functions above 60 KB of bytecode,
// and its optimiser's time grows faster than the function).

import type { RowSchema } from '../../data/types.ts';
import type { BoundExpr } from '../bound.ts';
import { childrenOf } from '../tree.ts';
import type { KernelForm, KernelSpec, KernelTarget } from './build.ts';

/** Expression nodes per kernel; about 15 bytes of bytecode each, up to 60 for text and numeric. */
const MAX_NODES = 600;

export interface MapPlan {
  readonly schema: RowSchema;
  readonly filter: BoundExpr | null;
  readonly exprs: readonly BoundExpr[];
  readonly form: KernelForm;
}

export interface KernelPlan {
  specs(form: KernelForm, noNulls: boolean): readonly KernelSpec[];
}

/** One fused kernel, or a filter kernel that lists rows and then one kernel per group of expressions. */
export function planKernels(plan: MapPlan): KernelPlan {
  const targets = plan.exprs
    .map((expr, index) => ({ index, expr }))
    .filter(({ expr }) => plan.form !== 'dense' || expr.kind !== 'column');
  const groups = inGroups(targets, plan.filter === null ? 0 : size(plan.filter));
  return {
    specs(form, noNulls) {
      if (form === 'dense' && targets.length === 0) return [];
      const base = { schema: plan.schema, noNulls, select: false };
      if (groups.length <= 1) return [{ ...base, form, filter: plan.filter, targets }];
      if (form !== 'filter') return groups.map((group) => ({ ...base, form, filter: null, targets: group }));
      const filtering: KernelSpec = { ...base, form, filter: plan.filter, targets: [], select: true };
      return [
        filtering,
        ...groups.map((group) => ({ ...base, form: 'select' as const, filter: null, targets: group })),
      ];
    },
  };
}

function inGroups(
  targets: readonly KernelTarget[],
  filterSize: number,
): readonly (readonly KernelTarget[])[] {
  const groups: KernelTarget[][] = [];
  let room = MAX_NODES - filterSize;
  let group: KernelTarget[] = [];
  for (const target of targets) {
    const nodes = size(target.expr);
    if (nodes > room && group.length > 0) {
      groups.push(group);
      group = [];
      room = MAX_NODES;
    }
    group.push(target);
    room -= nodes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function size(expr: BoundExpr): number {
  return 1 + childrenOf(expr).reduce((sum, child) => sum + size(child), 0);
}
