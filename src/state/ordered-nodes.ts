// The nodes of ordered indexes, in typed arrays: leaves hold slots, inner nodes hold children with the first slot and the summed
// weight below each. A reference to a subtree is one integer, so that the many keys with one row need no node at all:
//
//   0            empty
//   −(slot + 1)  one slot
//   2·(n + 1)    leaf n
//   2·(n + 1)+1  inner node n
//
// A node is stale when what is below it has changed since somebody who keeps a value per node (a sum, say) made it fresh: the nodes
// above a stale one are stale, too. Nodes are stale to begin with.

import { grownBytes, grownDoubles, grownInt32s, nextCapacity } from './growing.ts';

export const FAN = 16;

export const EMPTY = 0;

export function single(slot: number): number {
  return -(slot + 1);
}

export function slotOf(ref: number): number {
  return -ref - 1;
}

export function leafRef(leaf: number): number {
  return 2 * (leaf + 1);
}

export function innerRef(inner: number): number {
  return 2 * (inner + 1) + 1;
}

export function isInner(ref: number): boolean {
  return ref > 0 && (ref & 1) === 1;
}

/** The number of the node that a positive reference names. */
export function nodeOf(ref: number): number {
  return (ref >> 1) - 1;
}

export class Leaves {
  slots: Int32Array = new Int32Array(FAN * 8);
  counts: Uint8Array = new Uint8Array(8);
  /** Neighbours in the order of the whole tree; −1: none. */
  next: Int32Array = new Int32Array(8);
  previous: Int32Array = new Int32Array(8);
  /** 1: its value is outdated. */
  stale: Uint8Array = new Uint8Array(8);
  private used = 0;
  private readonly free: number[] = [];

  take(): number {
    const leaf = this.free.pop() ?? this.used++;
    if (leaf === this.counts.length) this.grow();
    this.counts[leaf] = 0;
    this.stale[leaf] = 1;
    this.next[leaf] = -1;
    this.previous[leaf] = -1;
    return leaf;
  }

  /** Puts `leaf` behind `before` in the chain. */
  linkAfter(before: number, leaf: number): void {
    const after = this.next[before]!;
    this.next[leaf] = after;
    this.previous[leaf] = before;
    this.next[before] = leaf;
    if (after >= 0) this.previous[after] = leaf;
  }

  /** Takes a leaf out of the chain and gives it back. */
  drop(leaf: number): void {
    const next = this.next[leaf]!;
    const previous = this.previous[leaf]!;
    if (next >= 0) this.previous[next] = previous;
    if (previous >= 0) this.next[previous] = next;
    this.free.push(leaf);
  }

  insertAt(leaf: number, at: number, slot: number): void {
    const base = leaf * FAN;
    for (let i = base + this.counts[leaf]!; i > base + at; i--) this.slots[i] = this.slots[i - 1]!;
    this.slots[base + at] = slot;
    this.counts[leaf] = this.counts[leaf]! + 1;
    this.stale[leaf] = 1;
  }

  removeAt(leaf: number, at: number): void {
    const base = leaf * FAN;
    const count = this.counts[leaf]! - 1;
    for (let i = base + at; i < base + count; i++) this.slots[i] = this.slots[i + 1]!;
    this.counts[leaf] = count;
    this.stale[leaf] = 1;
  }

  private grow(): void {
    const capacity = nextCapacity(this.counts.length);
    this.slots = grownInt32s(this.slots, capacity * FAN);
    this.counts = grownBytes(this.counts, capacity);
    this.next = grownInt32s(this.next, capacity);
    this.previous = grownInt32s(this.previous, capacity);
    this.stale = grownBytes(this.stale, capacity);
  }

  bytes(): number {
    return this.slots.byteLength + this.counts.byteLength * 10;
  }
}

export class Inners {
  children: Int32Array = new Int32Array(FAN * 4);
  /** The first slot below each child. */
  firsts: Int32Array = new Int32Array(FAN * 4);
  /** The weight below each child. */
  weights: Float64Array = new Float64Array(FAN * 4);
  counts: Uint8Array = new Uint8Array(4);
  /** 1: its value is outdated. */
  stale: Uint8Array = new Uint8Array(4);
  private used = 0;
  private readonly free: number[] = [];

  take(): number {
    const inner = this.free.pop() ?? this.used++;
    if (inner === this.counts.length) this.grow();
    this.counts[inner] = 0;
    this.stale[inner] = 1;
    return inner;
  }

  drop(inner: number): void {
    this.free.push(inner);
  }

  insertAt(inner: number, at: number, child: number, first: number, weight: number): void {
    const base = inner * FAN;
    for (let i = base + this.counts[inner]!; i > base + at; i--) this.move(i - 1, i);
    this.set(base + at, child, first, weight);
    this.counts[inner] = this.counts[inner]! + 1;
    this.stale[inner] = 1;
  }

  removeAt(inner: number, at: number): void {
    const base = inner * FAN;
    const count = this.counts[inner]! - 1;
    for (let i = base + at; i < base + count; i++) this.move(i + 1, i);
    this.counts[inner] = count;
    this.stale[inner] = 1;
  }

  /** Copies `n` children behind those of another node. */
  append(from: number, start: number, n: number, to: number): void {
    const target = to * FAN + this.counts[to]!;
    for (let i = 0; i < n; i++) this.move(from * FAN + start + i, target + i);
    this.counts[to] = this.counts[to]! + n;
    this.stale[to] = 1;
  }

  total(inner: number): number {
    let sum = 0;
    for (let i = inner * FAN, end = i + this.counts[inner]!; i < end; i++) sum += this.weights[i]!;
    return sum;
  }

  private set(at: number, child: number, first: number, weight: number): void {
    this.children[at] = child;
    this.firsts[at] = first;
    this.weights[at] = weight;
  }

  private move(from: number, to: number): void {
    this.set(to, this.children[from]!, this.firsts[from]!, this.weights[from]!);
  }

  private grow(): void {
    const capacity = nextCapacity(this.counts.length);
    this.children = grownInt32s(this.children, capacity * FAN);
    this.firsts = grownInt32s(this.firsts, capacity * FAN);
    this.weights = grownDoubles(this.weights, capacity * FAN);
    this.counts = grownBytes(this.counts, capacity);
    this.stale = grownBytes(this.stale, capacity);
  }

  bytes(): number {
    return this.counts.byteLength * (2 + FAN * 16);
  }
}
