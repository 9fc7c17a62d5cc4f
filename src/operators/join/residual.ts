// Conditions of a pair, one after the other: WHERE may have joined what ON says, and is for the pairs alone of which that is true. AND
// would look further where it is unknown, and meet what fails.

import type { BoundExpr } from '../../expr/bound.ts';
import { canFail } from '../../expr/properties.ts';

export function inOrder(condition: BoundExpr): BoundExpr {
  if (condition.kind !== 'and' || !canFail(condition)) return condition;
  return condition.args.reduceRight((then, when) => ({
    kind: 'case',
    arms: [{ when, then }],
    otherwise: null,
    type: condition.type,
    nullable: true,
  }));
}
