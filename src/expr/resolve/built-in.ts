// Names that PostgreSQL gives to functions of its own, whether Millrace has them or not.

import { isAggregate } from './aggregate-names.ts';
import { functionCandidates } from './candidates.ts';
import { isRefusedName } from './refused-names.ts';

/** What stands in FROM. */
const WINDOW_TABLES: readonly string[] = ['tumble', 'hop', 'cumulate', 'session'];

export function isBuiltIn(name: string): boolean {
  if (WINDOW_TABLES.includes(name) || isAggregate(name)) return true;
  return functionCandidates(name).length > 0 || isRefusedName(name);
}
