// Finds the scalar subqueries of an expression, whatever stands around them; what lies inside their queries is not looked at.

import type { Expression, ScalarSubquery } from './ast.ts';

export function scalarSubqueriesIn(expression: Expression): readonly ScalarSubquery[] {
  const found: ScalarSubquery[] = [];
  visit(expression, found);
  return found;
}

function visit(value: unknown, found: ScalarSubquery[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found);
  } else if (isScalarSubquery(value)) {
    found.push(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, child] of Object.entries(value)) if (name !== 'query') visit(child, found);
  }
}

function isScalarSubquery(value: unknown): value is ScalarSubquery {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'ScalarSubquery';
}
