// Columns of text have collation "C". An expression over literals alone has the database's collation in PostgreSQL, where
// letter case beyond ASCII is known; rather than give another answer such an expression is refused.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import type { BoundExpr } from '../bound.ts';
import { childrenOf } from '../tree.ts';

const CASE_FUNCTIONS: ReadonlySet<string> = new Set(['lower', 'upper', '~~*', '!~~*']);

export function refuseOtherCollation(
  name: string,
  args: readonly BoundExpr[],
  span: TextSpan | undefined,
): void {
  if (!CASE_FUNCTIONS.has(name) || args.some(readsTextColumn) || !args.some(hasForeignLetters)) return;
  throw new MillraceError({
    code: 'UNSUPPORTED_COLLATION',
    message: `letter case of constants beyond ASCII is not supported: columns have collation "C"`,
    hint: 'write the constant as it should be',
    span,
  });
}

function readsTextColumn(expr: BoundExpr): boolean {
  return expr.type.kind === 'text' && (expr.kind === 'column' || childrenOf(expr).some(readsTextColumn));
}

function hasForeignLetters(expr: BoundExpr): boolean {
  if (expr.kind === 'literal') return typeof expr.value === 'string' && /[^\0-\x7f]/.test(expr.value);
  return childrenOf(expr).some(hasForeignLetters);
}
