// min and max over frames: the slot of the best row, of the frame and of each node of the tree of the rows. When it leaves, the frame
// is gathered anew.

import type { Column } from '../../data/column.ts';
import { setValue } from '../../data/value.ts';
import { copyCell } from '../../state/cells.ts';
import { grownInt32s } from '../../state/growing.ts';
import type { CompareSlots } from '../../state/order-code.ts';
import type { OrderedIndex } from '../../state/ordered-index.ts';
import { FAN, isInner, nodeOf } from '../../state/ordered-nodes.ts';
import type { FrameState } from './frame-aggregate.ts';
import type { SlotColumn } from './neighbours.ts';

export class FrameExtreme implements FrameState {
  private readonly value: SlotColumn;
  private readonly compare: CompareSlots;
  private readonly sign: number;
  private readonly index: OrderedIndex;
  private column: Column;
  private best = -1;
  /** By number; −1: no row has a value. */
  private ofLeaves: Int32Array = new Int32Array(8);
  private ofInners: Int32Array = new Int32Array(4);

  /** `sign` is 1 for the least and −1 for the greatest; `compare` orders slots by the argument, NULLs last. */
  constructor(value: SlotColumn, compare: CompareSlots, sign: number, index: OrderedIndex) {
    this.value = value;
    this.compare = compare;
    this.sign = sign;
    this.index = index;
    this.column = value();
  }

  open(): void {
    this.column = this.value();
  }

  clear(): void {
    this.best = -1;
  }

  slot(slot: number): void {
    if (this.column.nulls?.[slot] !== 1) this.best = this.better(this.best, slot);
  }

  /** Of rows that are equal it is the first one: equal values can print differently. */
  private better(best: number, slot: number): number {
    if (best < 0) return slot;
    const order = this.compare(slot, best) * this.sign;
    return order < 0 || (order === 0 && this.index.entries(slot, best) < 0) ? slot : best;
  }

  remove(slot: number): boolean {
    return slot !== this.best;
  }

  node(ref: number): void {
    const slot = this.bestOf(ref);
    if (slot >= 0) this.best = this.better(this.best, slot);
  }

  private bestOf(ref: number): number {
    return (isInner(ref) ? this.ofInners : this.ofLeaves)[nodeOf(ref)]!;
  }

  write(to: Column, at: number): void {
    if (this.best < 0) setValue(to, at, null);
    else copyCell(this.column, this.best, to, at);
  }

  freshen(): void {
    const { leaves, inners } = this.index;
    if (leaves.counts.length > this.ofLeaves.length)
      this.ofLeaves = grownInt32s(this.ofLeaves, leaves.counts.length);
    if (inners.counts.length > this.ofInners.length)
      this.ofInners = grownInt32s(this.ofInners, inners.counts.length);
    this.open();
  }

  fresh(ref: number): void {
    const { leaves, inners } = this.index;
    const node = nodeOf(ref);
    this.clear();
    if (isInner(ref)) {
      for (let i = node * FAN; i < node * FAN + inners.counts[node]!; i++) this.node(inners.children[i]!);
      this.ofInners[node] = this.best;
    } else {
      for (let i = node * FAN; i < node * FAN + leaves.counts[node]!; i++) this.slot(leaves.slots[i]!);
      this.ofLeaves[node] = this.best;
    }
  }

  bytes(): number {
    return this.ofLeaves.byteLength + this.ofInners.byteLength;
  }
}
