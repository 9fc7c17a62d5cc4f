// The rows of each key, as doubly linked chains over slots: an entry per key with its first row, found by key hash. Walking all
// rows of a key is `for (let s = heads[entry]; s >= 0; s = next[s])`, without allocation.

import { grownDoubles, grownInt32s, nextCapacity } from './growing.ts';
import type { KeyIndex } from './key-index.ts';
import { addSlot, indexBytes, newKeyIndex, removeSlot } from './key-index.ts';

export class RowChains {
  readonly index: KeyIndex = newKeyIndex();
  /** By entry: the first row; −1 for an entry that is free. */
  heads: Int32Array = new Int32Array(64).fill(-1);
  /** By entry: how many rows, and the sum of their weights. */
  rows: Int32Array = new Int32Array(64);
  weights: Float64Array = new Float64Array(64);
  /** By row: its neighbours (−1: none) and its entry. */
  next: Int32Array = new Int32Array(64);
  previous: Int32Array = new Int32Array(64);
  entryOf: Int32Array = new Int32Array(64);
  private hashes: Int32Array = new Int32Array(64);
  private used = 0;
  private readonly free: number[] = [];

  /** How many keys there are. */
  get keys(): number {
    return this.used - this.free.length;
  }

  /** Entries in use are below this. */
  get capacity(): number {
    return this.heads.length;
  }

  /** Puts a row in front of the chain of `entry`; −1 makes a new one. Gives the entry. */
  link(slot: number, entry: number, keyHash: number, slots: number): number {
    if (this.next.length < slots) this.growRows(slots);
    const at = entry < 0 ? this.newEntry(keyHash) : entry;
    const head = this.heads[at]!;
    this.next[slot] = head;
    this.previous[slot] = -1;
    this.entryOf[slot] = at;
    if (head >= 0) this.previous[head] = slot;
    this.heads[at] = slot;
    this.rows[at] = this.rows[at]! + 1;
    return at;
  }

  /** Takes a row out; an entry without rows goes. What the row pointed to stays until its slot is used again. */
  unlink(slot: number): void {
    const entry = this.entryOf[slot]!;
    const next = this.next[slot]!;
    const previous = this.previous[slot]!;
    if (next >= 0) this.previous[next] = previous;
    if (previous >= 0) this.next[previous] = next;
    else this.heads[entry] = next;
    this.rows[entry] = this.rows[entry]! - 1;
    if (this.rows[entry] === 0) this.dropEntry(entry);
  }

  private newEntry(keyHash: number): number {
    let entry = this.free.pop();
    if (entry === undefined) {
      if (this.used === this.heads.length) this.growEntries();
      entry = this.used++;
    }
    this.hashes[entry] = keyHash;
    this.heads[entry] = -1;
    this.rows[entry] = 0;
    this.weights[entry] = 0;
    addSlot(this.index, this.hashes, entry);
    return entry;
  }

  private dropEntry(entry: number): void {
    removeSlot(this.index, this.hashes, entry);
    this.heads[entry] = -1;
    this.free.push(entry);
  }

  private growEntries(): void {
    const capacity = nextCapacity(this.heads.length);
    this.heads = grownInt32s(this.heads, capacity);
    this.rows = grownInt32s(this.rows, capacity);
    this.hashes = grownInt32s(this.hashes, capacity);
    this.weights = grownDoubles(this.weights, capacity);
  }

  private growRows(capacity: number): void {
    this.next = grownInt32s(this.next, capacity);
    this.previous = grownInt32s(this.previous, capacity);
    this.entryOf = grownInt32s(this.entryOf, capacity);
  }

  bytes(): number {
    return indexBytes(this.index) + this.heads.length * 20 + this.next.length * 12;
  }
}
