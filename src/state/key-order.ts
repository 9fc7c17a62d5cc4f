// The rows of each key of a row table in one order: a tree per chain, kept with every change of a weight.

import type { Accumulator } from './accumulator.ts';
import { grownInt32s, nextCapacity } from './growing.ts';
import type { OrderColumn } from './order-code.ts';
import { slotComparison } from './order-code.ts';
import { EMPTY } from './ordered-nodes.ts';
import { OrderedIndex } from './ordered-index.ts';
import type { Slots } from './slots.ts';

export class KeyOrder {
  readonly index: OrderedIndex;
  readonly columns: readonly OrderColumn[];
  /** By entry of the chains; see `root`. */
  private roots: Int32Array = new Int32Array(64);

  constructor(slots: Slots, weights: Extract<Accumulator, { kind: 'f64' }>, columns: readonly OrderColumn[]) {
    this.columns = columns;
    this.index = new OrderedIndex(slotComparison(slots, slots.keySchema, columns), weights);
  }

  /** The tree of a key, for the functions of `index`; EMPTY for an entry of −1. */
  root(entry: number): number {
    return entry >= 0 && entry < this.roots.length ? this.roots[entry]! : EMPTY;
  }

  /** The weight of a row of `entry` went from one value to another; 0 is not being there. */
  weighed(entry: number, slot: number, before: number, after: number): void {
    if (entry >= this.roots.length) this.grow(entry);
    const root = this.roots[entry]!;
    if (before === 0 && after !== 0) this.roots[entry] = this.index.insert(root, slot);
    else if (before !== 0 && after === 0) this.roots[entry] = this.index.remove(root, slot, before);
    else this.index.adjust(root, slot, after - before);
  }

  private grow(entry: number): void {
    this.roots = grownInt32s(this.roots, Math.max(entry + 1, nextCapacity(this.roots.length)));
  }

  bytes(): number {
    return this.roots.byteLength + this.index.bytes();
  }
}
