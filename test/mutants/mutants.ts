// Mistakes planted one at a time: a text of a source file that is replaced when the file is loaded. Every one must be caught: by the
// random queries, or, where these cannot see it (idleness, lateness as such, bytes of state), by the suite that it names.

import { AGGREGATES } from './aggregates.ts';
import { NEAREST } from './nearest.ts';
import { OPERATORS } from './operators.ts';
import { PLANS } from './plans.ts';
import { SERVING } from './serving.ts';
import { STATE } from './state.ts';
import { SUBQUERIES } from './subqueries.ts';
import { TIME } from './time.ts';

export interface Mutant {
  readonly name: string;
  /** Below src. */
  readonly file: string;
  /** There exactly once. */
  readonly from: string;
  readonly to: string;
  /** Below test: what catches it; the random queries when not given. */
  readonly suite?: string;
  /** In the text of the queries that can see it; the others are passed over. */
  readonly about?: RegExp;
  /** Only after many queries: `npm run test:mutants` alone has the time. */
  readonly late?: true;
}

export const MUTANTS: readonly Mutant[] = [
  ...OPERATORS,
  ...AGGREGATES,
  ...STATE,
  ...TIME,
  ...PLANS,
  ...NEAREST,
  ...SERVING,
  ...SUBQUERIES,
];
