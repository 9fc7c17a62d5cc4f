// A select that the binder makes itself: outputs over a relation, and nothing else.

import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { BoundColumn, BoundRelation, BoundSelect } from './bound.ts';

export function plainSelect(
  from: BoundRelation,
  columns: readonly BoundColumn[],
  outputs: readonly BoundExpr[],
  span: TextSpan,
): BoundSelect {
  return {
    kind: 'select',
    columns,
    from,
    where: null,
    whereNow: [],
    group: null,
    having: null,
    havingNow: [],
    numberings: [],
    overs: [],
    outputs,
    span,
  };
}
