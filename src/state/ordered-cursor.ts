// A place in a tree of an ordered index, to walk from it both ways. Good until the tree changes; made once and used again.

import type { Leaves } from './ordered-nodes.ts';
import { FAN } from './ordered-nodes.ts';

export class OrderedCursor {
  /** After `select`: the weight of the entries before this one. */
  before = 0;
  private leaves: Leaves | null = null;
  private leaf = -1;
  /** In the leaf; its count is the place behind it. */
  private at = 0;
  /** The only entry of a tree without nodes; `at` is then 0 on it, −1 before it, 1 behind it. */
  private only = -1;

  /** The entry here; −1 at either end. */
  get slot(): number {
    if (this.leaves === null) return this.at === 0 ? this.only : -1;
    if (this.at < 0 || this.at >= this.leaves.counts[this.leaf]!) return -1;
    return this.leaves.slots[this.leaf * FAN + this.at]!;
  }

  next(): number {
    if (this.leaves === null) {
      if (this.at < 1) this.at++;
      return this.slot;
    }
    const count = this.leaves.counts[this.leaf]!;
    if (this.at < count) this.at++;
    const after = this.leaves.next[this.leaf]!;
    if (this.at === count && after >= 0) {
      this.leaf = after;
      this.at = 0;
    }
    return this.slot;
  }

  previous(): number {
    if (this.leaves === null) {
      if (this.at > -1) this.at--;
      return this.slot;
    }
    if (this.at > 0) {
      this.at--;
      return this.slot;
    }
    const before = this.leaves.previous[this.leaf]!;
    if (before >= 0) {
      this.leaf = before;
      this.at = this.leaves.counts[before]! - 1;
    } else {
      this.at = -1;
    }
    return this.slot;
  }

  /** For the index: nowhere. */
  none(): number {
    this.leaves = null;
    this.only = -1;
    this.at = 0;
    return -1;
  }

  onSingle(slot: number): number {
    this.leaves = null;
    this.only = slot;
    this.at = 0;
    return slot;
  }

  behindSingle(slot: number): number {
    this.onSingle(slot);
    this.at = 1;
    return -1;
  }

  /** `at` may be the place behind a leaf: the entry is then the first of the next one. */
  on(leaves: Leaves, leaf: number, at: number): number {
    this.leaves = leaves;
    this.only = -1;
    this.leaf = leaf;
    this.at = at;
    const after = leaves.next[leaf]!;
    if (at === leaves.counts[leaf] && after >= 0) {
      this.leaf = after;
      this.at = 0;
    }
    return this.slot;
  }
}
