// What subqueries as values are made of; no functions of PostgreSQL.

import { fail } from '../../data/failure.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

export const SUBQUERIES: readonly ScalarFunction[] = [mayFail('single_row(bigint) boolean', isSingle)];

/** Is there a row, and no other? */
function isSingle(rows: bigint): boolean {
  if (rows > 1n) fail('21000', 'more than one row returned by a subquery used as an expression');
  return rows === 1n;
}
