// A keyed state table with the memory of one epoch: which slots changed, what they held before, and which windows expired. It
// turns itself into segments and back; the operator above it only inserts, touches and frees.

import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import type { Accumulator, AccumulatorKind } from './accumulator.ts';
import { copyAccumulator, growAccumulator, newAccumulator } from './accumulator.ts';
import type { TableDelta, TableRows } from './segment.ts';
import type { Slots } from './slots.ts';
import {
  compactKeys,
  DIRTY,
  freeSlot,
  insertSlot,
  KNOWN,
  LIVE,
  liveSlots,
  newSlots,
  slotsBytes,
} from './slots.ts';

/** Finds or makes the slot of the key in row `i` of key columns. */
export type Locate = (table: KeyedTable, keys: readonly Column[], i: number) => number;

export interface KeyedTableShape {
  /** Identity across restarts; see AggregateNode. */
  readonly fingerprint: string;
  readonly keySchema: RowSchema;
  readonly accumulators: readonly AccumulatorKind[];
  /** Key column with the exclusive window end (microseconds), when windows expire. */
  readonly windowEnd: number | null;
  /** Keep what a changed slot held at the start of the epoch. */
  readonly keepOld: boolean;
}

const MAX_TIME = 2n ** 63n - 1n;

export class KeyedTable {
  readonly shape: KeyedTableShape;
  readonly slots: Slots;
  /** Slots changed in this epoch, `changed` of them; entry d of `old` is what slot `dirty[d]` held before (when it was KNOWN). */
  dirty = new Int32Array(64);
  changed = 0;
  readonly old: Accumulator[];
  private readonly locate: Locate;
  private expiredThrough: bigint | null = null;
  private earliestEnd = MAX_TIME;

  constructor(shape: KeyedTableShape, locate: Locate) {
    this.shape = shape;
    this.locate = locate;
    this.slots = newSlots(shape.keySchema, shape.accumulators);
    this.old = shape.keepOld ? shape.accumulators.map((kind) => newAccumulator(kind, 64)) : [];
  }

  insert(keys: readonly Column[], row: number, hash: number): number {
    const slot = insertSlot(this.slots, keys, row, hash);
    const end = this.windowEnd(slot);
    if (end < this.earliestEnd) this.earliestEnd = end;
    return slot;
  }

  /** Lists a slot as changed in this epoch and gives its place; the caller sets DIRTY and copies what `old` is to hold. */
  mark(slot: number): number {
    if (this.changed === this.dirty.length) this.growDirty();
    this.dirty[this.changed] = slot;
    return this.changed++;
  }

  private growDirty(): void {
    const wider = new Int32Array(this.dirty.length * 2);
    wider.set(this.dirty);
    this.dirty = wider;
    for (const acc of this.old) growAccumulator(acc, wider.length);
  }

  /** Window end of a slot; +∞ where there is none, or it is NULL. */
  private windowEnd(slot: number): bigint {
    if (this.shape.windowEnd === null) return MAX_TIME;
    const column = this.slots.keys[this.shape.windowEnd]!;
    if (column.layout !== 'i64' || column.nulls?.[slot] === 1) return MAX_TIME;
    return column.values[slot]!;
  }

  /** Live slots whose window ends at or before `through`. */
  expired(through: bigint): number[] {
    const found: number[] = [];
    if (this.earliestEnd > through) return found;
    let earliest = MAX_TIME;
    for (let s = 0; s < this.slots.used; s++) {
      if ((this.slots.flags[s]! & LIVE) === 0) continue;
      const end = this.windowEnd(s);
      if (end <= through) found.push(s);
      else if (end < earliest) earliest = end;
    }
    this.earliestEnd = earliest;
    return found;
  }

  /** Frees what `expired(through)` found; the segment of this epoch says so with one tombstone. */
  expire(slots: readonly number[], through: bigint): void {
    for (const slot of slots) freeSlot(this.slots, slot);
    if (slots.length > 0) {
      this.expiredThrough = through;
      compactKeys(this.slots);
    }
  }

  hasChanges(): boolean {
    return this.changed > 0 || this.expiredThrough !== null;
  }

  delta(): TableDelta {
    const rows = new Int32Array(this.changed);
    let n = 0;
    for (let d = 0; d < this.changed; d++) {
      const slot = this.dirty[d]!;
      if ((this.slots.flags[slot]! & (LIVE | DIRTY)) === (LIVE | DIRTY)) rows[n++] = slot;
    }
    return { ...this.identity(), rows, n, expiredThrough: this.expiredThrough };
  }

  snapshot(): TableDelta {
    const rows = new Int32Array(liveSlots(this.slots));
    let n = 0;
    for (let s = 0; s < this.slots.used; s++) if ((this.slots.flags[s]! & LIVE) !== 0) rows[n++] = s;
    return { ...this.identity(), rows, n, expiredThrough: null };
  }

  private identity(): { fingerprint: string; slots: Slots } {
    return { fingerprint: this.shape.fingerprint, slots: this.slots };
  }

  /** Forgets the epoch: what changed is known from now on. */
  endEpoch(): void {
    for (let d = 0; d < this.changed; d++) {
      const slot = this.dirty[d]!;
      const flags = this.slots.flags[slot]!;
      if ((flags & LIVE) !== 0) this.slots.flags[slot] = (flags & ~DIRTY) | KNOWN;
    }
    this.changed = 0;
    this.expiredThrough = null;
  }

  /** Applies a part of a segment, in the order of epochs. */
  load(rows: TableRows): void {
    for (let i = 0; i < rows.rows; i++) {
      const slot = this.locate(this, rows.keys, i);
      for (let a = 0; a < rows.accumulators.length; a++)
        copyAccumulator(rows.accumulators[a]!, i, this.slots.accumulators[a]!, slot);
      this.slots.flags[slot] = LIVE | KNOWN;
    }
    if (rows.expiredThrough !== null) {
      for (const slot of this.expired(rows.expiredThrough)) freeSlot(this.slots, slot);
      compactKeys(this.slots);
    }
  }

  bytes(): number {
    return slotsBytes(this.slots) + this.dirty.byteLength;
  }
}
