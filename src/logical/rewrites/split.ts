// Which conditions of a conjunction may move.

import { canFail } from '../../expr/properties.ts';
import type { BoundExpr } from '../../expr/bound.ts';

/**
 * Splits a conjunction into what may move below and what stays, both in order. Once a part stays, a later part that can fail
 * stays too: it was guarded by the one that stayed.
 */
export function split(
  parts: readonly BoundExpr[],
  mayMove: (part: BoundExpr) => boolean,
): readonly [below: readonly BoundExpr[], above: readonly BoundExpr[]] {
  const below: BoundExpr[] = [];
  const above: BoundExpr[] = [];
  for (const part of parts) {
    const guarded = above.length > 0 && canFail(part);
    (!guarded && mayMove(part) ? below : above).push(part);
  }
  return [below, above];
}
