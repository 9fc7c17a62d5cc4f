// Reading accumulators of a group whose kinds are known to the reader.

import type { Column } from '../../data/column.ts';
import type { Accumulator } from '../../state/accumulator.ts';

/** Writes the value of entry `i` of the accumulators to row `row` of `out`, whose text columns are owned arenas. */
export type ResultWriter = (accs: readonly Accumulator[], i: number, out: Column, row: number) => void;

/** Sets entry `s` of a call's accumulators from the tree of a group's ordered rows. */
export type OrderedResult = (root: number, accs: readonly Accumulator[], s: number) => void;

export function number(acc: Accumulator, i: number): number {
  const value = acc.values[i];
  return typeof value === 'number' ? value : 0;
}

/** What was never written is 0. */
export function big(acc: Accumulator, i: number): bigint {
  const value = acc.values[i];
  return typeof value === 'bigint' ? value : 0n;
}
