// Slots in order, with order statistics: a counted B+ tree (Bayer & McCreight 1972, with summed weights per child). Many trees, one
// per key, share the arrays of one index; a tree is its root reference, which every change returns anew.
//
// An entry is a slot; its weight is `weights.values[slot]` and counts in ranks, so that a row of weight 3 takes three places. The
// comparison must tell any two entries apart, and what it reads of a slot must not change while the slot is in a tree. Whoever
// changes a weight says so at once (`adjust`, with the weight changed already); `insert` and `remove` likewise.

import type { CompareSlots, Probe } from './order-code.ts';
import type { OrderedCursor } from './ordered-cursor.ts';
import {
  EMPTY,
  FAN,
  Inners,
  innerRef,
  isInner,
  leafRef,
  Leaves,
  nodeOf,
  single,
  slotOf,
} from './ordered-nodes.ts';

/** A node with fewer entries is merged with a neighbour, or filled from it. */
const MIN = FAN / 2;
const MAX_DEPTH = 16;

export interface EntryWeights {
  readonly values: Float64Array;
}

export class OrderedIndex {
  readonly leaves = new Leaves();
  readonly inners = new Inners();
  /** The order of entries. */
  readonly entries: CompareSlots;
  private readonly weights: EntryWeights;
  /** The inner nodes from the root to the leaf at hand, and which child was taken. */
  private readonly path = new Int32Array(MAX_DEPTH);
  private readonly taken = new Int32Array(MAX_DEPTH);
  private depth = 0;

  constructor(compare: CompareSlots, weights: EntryWeights) {
    this.entries = compare;
    this.weights = weights;
  }

  insert(root: number, slot: number): number {
    if (root === EMPTY) return single(slot);
    if (root < 0) return this.firstLeaf(slotOf(root), slot);
    const weight = this.weights.values[slot]!;
    const leaf = this.descend(root, slot, weight);
    const at = this.placeIn(leaf, slot);
    if (at === 0) this.setFirst(slot);
    if (this.leaves.counts[leaf]! < FAN) {
      this.leaves.insertAt(leaf, at, slot);
      return root;
    }
    return this.splitLeaf(root, leaf, at, slot);
  }

  /** `weight`: what the entry weighed. */
  remove(root: number, slot: number, weight: number): number {
    if (root < 0 && slotOf(root) === slot) return EMPTY;
    const leaf = root > 0 ? this.descend(root, slot, -weight) : -1;
    const at = leaf < 0 ? -1 : this.placeIn(leaf, slot);
    if (at < 0 || this.leaves.slots[leaf * FAN + at] !== slot)
      throw new Error(`slot ${slot} is not in its ordered index`);
    this.leaves.removeAt(leaf, at);
    if (this.depth === 0) return this.shrunkLeaf(leaf);
    if (at === 0 && this.leaves.counts[leaf]! > 0) this.setFirst(this.leaves.slots[leaf * FAN]!);
    if (this.leaves.counts[leaf]! < MIN) this.fillLeaf(leaf);
    return this.shrunkRoot(root);
  }

  /** The weight of an entry has changed by `by`. */
  adjust(root: number, slot: number, by: number): void {
    if (root > 0) this.descend(root, slot, by);
  }

  /** The weight of all entries. */
  total(root: number): number {
    if (root === EMPTY) return 0;
    if (root < 0) return this.weights.values[slotOf(root)]!;
    return isInner(root) ? this.inners.total(nodeOf(root)) : this.leafWeight(nodeOf(root), 0);
  }

  /** The weight of what is before an entry, or would be. */
  rank(root: number, slot: number): number {
    if (root === EMPTY) return 0;
    if (root < 0) return this.entries(slotOf(root), slot) < 0 ? this.total(root) : 0;
    const leaf = this.descend(root, slot, 0);
    let sum = 0;
    for (let d = 0; d < this.depth; d++) {
      const base = this.path[d]! * FAN;
      for (let i = 0; i < this.taken[d]!; i++) sum += this.inners.weights[base + i]!;
    }
    const at = this.placeIn(leaf, slot);
    for (let i = 0; i < at; i++) sum += this.weights.values[this.leaves.slots[leaf * FAN + i]!]!;
    return sum;
  }

  /** The entry in which place `k` (from 0) lies; `cursor.before` is the weight before it. −1: there are not so many. */
  select(root: number, k: number, cursor: OrderedCursor): number {
    if (k < 0 || k >= this.total(root)) return cursor.none();
    let rest = k;
    let ref = root;
    while (isInner(ref)) {
      let i = nodeOf(ref) * FAN;
      while (rest >= this.inners.weights[i]!) rest -= this.inners.weights[i++]!;
      ref = this.inners.children[i]!;
    }
    cursor.before = k - rest;
    if (ref < 0) return cursor.onSingle(slotOf(ref));
    const leaf = nodeOf(ref);
    for (let at = 0; ; at++) {
      const weight = this.weights.values[this.leaves.slots[leaf * FAN + at]!]!;
      if (rest < weight) return cursor.on(this.leaves, leaf, at);
      rest -= weight;
      cursor.before += weight;
    }
  }

  /** −1 when empty, as with the others. */
  first(root: number, cursor: OrderedCursor): number {
    if (root === EMPTY) return cursor.none();
    let ref = root;
    while (isInner(ref)) ref = this.inners.children[nodeOf(ref) * FAN]!;
    return ref < 0 ? cursor.onSingle(slotOf(ref)) : cursor.on(this.leaves, nodeOf(ref), 0);
  }

  last(root: number, cursor: OrderedCursor): number {
    if (root === EMPTY) return cursor.none();
    let ref = root;
    while (isInner(ref)) {
      const inner = nodeOf(ref);
      ref = this.inners.children[inner * FAN + this.inners.counts[inner]! - 1]!;
    }
    if (ref < 0) return cursor.onSingle(slotOf(ref));
    return cursor.on(this.leaves, nodeOf(ref), this.leaves.counts[nodeOf(ref)]! - 1);
  }

  /** The first entry that is not before the probe; when all are, −1, and `previous` gives the last one. */
  seek(root: number, probe: Probe, cursor: OrderedCursor): number {
    if (root === EMPTY) return cursor.none();
    if (root < 0) {
      const slot = slotOf(root);
      return probe.compare(slot) < 0 ? cursor.behindSingle(slot) : cursor.onSingle(slot);
    }
    let ref = root;
    while (isInner(ref)) {
      const base = nodeOf(ref) * FAN;
      let low = 0;
      let high = this.inners.counts[nodeOf(ref)]! - 1;
      // The last child whose first entry is before the probe holds the place, or ends right before it.
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (probe.compare(this.inners.firsts[base + middle]!) < 0) low = middle;
        else high = middle - 1;
      }
      ref = this.inners.children[base + low]!;
    }
    const leaf = nodeOf(ref);
    const base = leaf * FAN;
    let low = 0;
    let high = this.leaves.counts[leaf]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (probe.compare(this.leaves.slots[base + middle]!) < 0) low = middle + 1;
      else high = middle;
    }
    return cursor.on(this.leaves, leaf, low);
  }

  /** An entry that is in the tree. */
  at(root: number, slot: number, cursor: OrderedCursor): number {
    if (root < 0) return cursor.onSingle(slotOf(root));
    const leaf = this.descend(root, slot, 0);
    return cursor.on(this.leaves, leaf, this.placeIn(leaf, slot));
  }

  /** Gives all nodes of a tree back. */
  clear(root: number): void {
    if (root <= 0) return;
    const node = nodeOf(root);
    if (!isInner(root)) return this.leaves.drop(node);
    for (let i = 0; i < this.inners.counts[node]!; i++) this.clear(this.inners.children[node * FAN + i]!);
    this.inners.drop(node);
  }

  bytes(): number {
    return this.leaves.bytes() + this.inners.bytes();
  }

  private firstLeaf(a: number, b: number): number {
    const leaf = this.leaves.take();
    const [low, high] = this.entries(a, b) < 0 ? [a, b] : [b, a];
    this.leaves.insertAt(leaf, 0, low);
    this.leaves.insertAt(leaf, 1, high);
    return leafRef(leaf);
  }

  /** The leaf where a slot belongs; adds to the weights on the way, which makes what is there stale. */
  private descend(root: number, slot: number, weight: number): number {
    let ref = root;
    this.depth = 0;
    while (isInner(ref)) {
      const inner = nodeOf(ref);
      const base = inner * FAN;
      let low = 0;
      let high = this.inners.counts[inner]! - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.entries(this.inners.firsts[base + middle]!, slot) <= 0) low = middle;
        else high = middle - 1;
      }
      this.path[this.depth] = inner;
      this.taken[this.depth++] = low;
      if (weight !== 0) {
        this.inners.weights[base + low] = this.inners.weights[base + low]! + weight;
        this.inners.stale[inner] = 1;
      }
      ref = this.inners.children[base + low]!;
    }
    if (weight !== 0) this.leaves.stale[nodeOf(ref)] = 1;
    return nodeOf(ref);
  }

  /** Where a slot is in a leaf, or would be. */
  private placeIn(leaf: number, slot: number): number {
    const base = leaf * FAN;
    let low = 0;
    let high = this.leaves.counts[leaf]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries(this.leaves.slots[base + middle]!, slot) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The leaf at the end of the path starts with `slot` now. */
  private setFirst(slot: number): void {
    for (let d = this.depth - 1; d >= 0; d--) {
      this.inners.firsts[this.path[d]! * FAN + this.taken[d]!] = slot;
      if (this.taken[d] !== 0) return;
    }
  }

  private leafWeight(leaf: number, from: number): number {
    let sum = 0;
    for (let i = leaf * FAN + from, end = leaf * FAN + this.leaves.counts[leaf]!; i < end; i++)
      sum += this.weights.values[this.leaves.slots[i]!]!;
    return sum;
  }

  private splitLeaf(root: number, leaf: number, at: number, slot: number): number {
    const { leaves } = this;
    const right = leaves.take();
    leaves.linkAfter(leaf, right);
    // A row behind all others usually comes in order: then the left leaf stays full.
    const keep = at === FAN && leaves.next[right]! < 0 ? FAN : MIN;
    for (let i = keep; i < FAN; i++) leaves.insertAt(right, i - keep, leaves.slots[leaf * FAN + i]!);
    leaves.counts[leaf] = keep;
    if (at <= keep && keep < FAN) leaves.insertAt(leaf, at, slot);
    else leaves.insertAt(right, at - keep, slot);
    const first = leaves.slots[right * FAN]!;
    return this.addSibling(root, leafRef(right), first, this.leafWeight(right, 0));
  }

  /** Hangs a new node behind the one at the end of the path, whose weight so far was that of both. */
  private addSibling(root: number, sibling: number, first: number, weight: number): number {
    const { inners } = this;
    let child = sibling;
    let childFirst = first;
    let childWeight = weight;
    for (let d = this.depth - 1; d >= 0; d--) {
      const inner = this.path[d]!;
      const at = this.taken[d]!;
      inners.weights[inner * FAN + at] = inners.weights[inner * FAN + at]! - childWeight;
      if (inners.counts[inner]! < FAN) {
        inners.insertAt(inner, at + 1, child, childFirst, childWeight);
        return root;
      }
      const right = inners.take();
      inners.append(inner, MIN, FAN - MIN, right);
      inners.counts[inner] = MIN;
      if (at + 1 <= MIN) inners.insertAt(inner, at + 1, child, childFirst, childWeight);
      else inners.insertAt(right, at + 1 - MIN, child, childFirst, childWeight);
      child = innerRef(right);
      childFirst = inners.firsts[right * FAN]!;
      childWeight = inners.total(right);
    }
    return this.newRoot(root, child, childFirst, childWeight);
  }

  private newRoot(left: number, right: number, rightFirst: number, rightWeight: number): number {
    const { inners, leaves } = this;
    const node = nodeOf(left);
    const leftFirst = isInner(left) ? inners.firsts[node * FAN]! : leaves.slots[node * FAN]!;
    const leftWeight = isInner(left) ? inners.total(node) : this.leafWeight(node, 0);
    const root = inners.take();
    inners.insertAt(root, 0, left, leftFirst, leftWeight);
    inners.insertAt(root, 1, right, rightFirst, rightWeight);
    return innerRef(root);
  }

  /** A leaf that is the whole tree. */
  private shrunkLeaf(leaf: number): number {
    const count = this.leaves.counts[leaf]!;
    if (count > 1) return leafRef(leaf);
    const slot = this.leaves.slots[leaf * FAN]!;
    this.leaves.drop(leaf);
    return count === 1 ? single(slot) : EMPTY;
  }

  private shrunkRoot(root: number): number {
    let ref = root;
    while (isInner(ref) && this.inners.counts[nodeOf(ref)] === 1) {
      const inner = nodeOf(ref);
      ref = this.inners.children[inner * FAN]!;
      this.inners.drop(inner);
    }
    return isInner(ref) || this.leaves.counts[nodeOf(ref)]! > 1 ? ref : this.shrunkLeaf(nodeOf(ref));
  }

  /** A leaf below the path has few entries: it takes some of a neighbour, or the two become one. */
  private fillLeaf(leaf: number): void {
    const { inners, leaves } = this;
    const parent = this.path[this.depth - 1]!;
    const taken = this.taken[this.depth - 1]!;
    const at = taken > 0 ? taken - 1 : 0;
    const left = taken > 0 ? nodeOf(inners.children[parent * FAN + at]!) : leaf;
    const right = taken > 0 ? leaf : nodeOf(inners.children[parent * FAN + 1]!);
    const both = leaves.counts[left]! + leaves.counts[right]!;
    const weight = inners.weights[parent * FAN + at]! + inners.weights[parent * FAN + at + 1]!;
    if (both <= FAN) {
      while (leaves.counts[right]! > 0) this.leafToLeft(left, right);
      leaves.drop(right);
      this.merged(at, weight);
      return;
    }
    while (leaves.counts[left]! < both >> 1) this.leafToLeft(left, right);
    while (leaves.counts[left]! > both >> 1) this.leafToRight(left, right);
    const rightWeight = this.leafWeight(right, 0);
    this.shared(parent, at, leaves.slots[right * FAN]!, rightWeight, weight - rightWeight);
    this.firstOf(parent, at, leaves.slots[left * FAN]!);
  }

  private leafToLeft(left: number, right: number): void {
    this.leaves.insertAt(left, this.leaves.counts[left]!, this.leaves.slots[right * FAN]!);
    this.leaves.removeAt(right, 0);
  }

  private leafToRight(left: number, right: number): void {
    const last = this.leaves.counts[left]! - 1;
    this.leaves.insertAt(right, 0, this.leaves.slots[left * FAN + last]!);
    this.leaves.removeAt(left, last);
  }

  /** Child `at + 1` of the last node of the path has gone into child `at`. */
  private merged(at: number, weight: number): void {
    const parent = this.path[this.depth - 1]!;
    this.inners.weights[parent * FAN + at] = weight;
    this.inners.removeAt(parent, at + 1);
    const left = this.inners.children[parent * FAN + at]!;
    const first = isInner(left)
      ? this.inners.firsts[nodeOf(left) * FAN]!
      : this.leaves.slots[nodeOf(left) * FAN]!;
    this.firstOf(parent, at, first);
    this.depth--;
    if (this.depth > 0 && this.inners.counts[parent]! < MIN) this.fillInner(parent);
  }

  /** Child `at` of the last node of the path starts with `slot`. */
  private firstOf(parent: number, at: number, slot: number): void {
    this.inners.firsts[parent * FAN + at] = slot;
    if (at !== 0) return;
    for (let d = this.depth - 2; d >= 0; d--) {
      this.inners.firsts[this.path[d]! * FAN + this.taken[d]!] = slot;
      if (this.taken[d] !== 0) return;
    }
  }

  private shared(parent: number, at: number, first: number, rightWeight: number, leftWeight: number): void {
    this.inners.weights[parent * FAN + at] = leftWeight;
    this.inners.weights[parent * FAN + at + 1] = rightWeight;
    this.inners.firsts[parent * FAN + at + 1] = first;
  }

  private fillInner(inner: number): void {
    const { inners } = this;
    const parent = this.path[this.depth - 1]!;
    const taken = this.taken[this.depth - 1]!;
    const at = taken > 0 ? taken - 1 : 0;
    const left = taken > 0 ? nodeOf(inners.children[parent * FAN + at]!) : inner;
    const right = taken > 0 ? inner : nodeOf(inners.children[parent * FAN + 1]!);
    const both = inners.counts[left]! + inners.counts[right]!;
    const weight = inners.weights[parent * FAN + at]! + inners.weights[parent * FAN + at + 1]!;
    if (both <= FAN) {
      inners.append(right, 0, inners.counts[right]!, left);
      inners.drop(right);
      this.merged(at, weight);
      return;
    }
    while (inners.counts[left]! < both >> 1) this.innerToLeft(left, right);
    while (inners.counts[left]! > both >> 1) this.innerToRight(left, right);
    const rightWeight = inners.total(right);
    this.shared(parent, at, inners.firsts[right * FAN]!, rightWeight, weight - rightWeight);
    this.firstOf(parent, at, inners.firsts[left * FAN]!);
  }

  private innerToLeft(left: number, right: number): void {
    this.inners.append(right, 0, 1, left);
    this.inners.removeAt(right, 0);
  }

  private innerToRight(left: number, right: number): void {
    const { inners } = this;
    const last = left * FAN + inners.counts[left]! - 1;
    inners.insertAt(right, 0, inners.children[last]!, inners.firsts[last]!, inners.weights[last]!);
    inners.removeAt(left, inners.counts[left]! - 1);
  }
}
