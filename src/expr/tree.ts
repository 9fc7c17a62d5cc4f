// Walking and rebuilding bound expressions.

import type { BoundExpr } from './bound.ts';

export function childrenOf(expr: BoundExpr): readonly BoundExpr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'call':
    case 'and':
    case 'or':
    case 'coalesce':
      return expr.args;
    case 'cast':
    case 'not':
    case 'isNull':
      return [expr.arg];
    case 'case': {
      const arms = expr.arms.flatMap((arm) => [arm.when, arm.then]);
      return expr.otherwise === null ? arms : [...arms, expr.otherwise];
    }
  }
}

/** The same expression over other children. */
export function mapChildren(expr: BoundExpr, change: (child: BoundExpr) => BoundExpr): BoundExpr {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return expr;
    case 'call':
    case 'and':
    case 'or':
    case 'coalesce':
      return { ...expr, args: expr.args.map(change) };
    case 'cast':
    case 'not':
    case 'isNull':
      return { ...expr, arg: change(expr.arg) };
    case 'case':
      return {
        ...expr,
        arms: expr.arms.map((arm) => ({ when: change(arm.when), then: change(arm.then) })),
        otherwise: expr.otherwise === null ? null : change(expr.otherwise),
      };
  }
}
