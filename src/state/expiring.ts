// The slots of a table that end when event time reaches a column of theirs, and how far they were freed in this epoch: what tables of
// groups and tables of rows have in common.

import { allRows } from './epoch-changes.ts';
import type { ExpiringSlots } from './expiry.ts';
import { Expiry, NO_END } from './expiry.ts';
import { words } from './key-functions.ts';
import type { Slots } from './slots.ts';
import { LIVE, liveSlots } from './slots.ts';

export class Expiring {
  /** The segment of this epoch has one tombstone for all that ended up to here; null: nothing did. */
  through: bigint | null = null;
  private readonly slots: Slots;
  private readonly expiry: Expiry | null;

  /** `column`: of the keys, with the exclusive end (microseconds); null: nothing ever ends. */
  constructor(slots: Slots, column: number | null) {
    this.slots = slots;
    this.expiry = column === null ? null : new Expiry(new Ends(slots, column));
  }

  add(slot: number): void {
    if (this.expiry !== null) this.expiry.add(slot, liveSlots(this.slots));
  }

  /** Live slots that end at or before `through`; they are to be freed, and that is to be told by `freed`. */
  due(through: bigint): number[] {
    if (this.expiry === null) return [];
    // At the end of input every time is over, also an infinite one.
    return through === NO_END ? [...allRows(this.slots).rows] : this.expiry.take(through);
  }

  freed(slots: number, through: bigint): void {
    if (slots > 0) this.through = through;
  }

  /** At or before the earliest end; null: there is none. */
  next(): bigint | null {
    return this.expiry?.next() ?? null;
  }

  bytes(): number {
    return this.expiry?.bytes() ?? 0;
  }
}

/** High words of times that are exact as doubles. */
const NEAR = 1 << 20;

class Ends implements ExpiringSlots {
  private readonly slots: Slots;
  private readonly column: number;
  private values: BigInt64Array | null = null;
  private halves: Int32Array = new Int32Array(0);

  constructor(slots: Slots, column: number) {
    this.slots = slots;
    this.column = column;
  }

  private has(slot: number): boolean {
    return (this.slots.flags[slot]! & LIVE) !== 0 && this.slots.keys[this.column]!.nulls?.[slot] !== 1;
  }

  endOf(slot: number): bigint {
    const ends = this.slots.keys[this.column]!;
    return ends.layout === 'i64' && this.has(slot) ? ends.values[slot]! : NO_END;
  }

  roughEnd(slot: number): number | null {
    const ends = this.slots.keys[this.column]!;
    if (ends.layout !== 'i64' || !this.has(slot)) return null;
    if (this.values !== ends.values) this.halves = words((this.values = ends.values));
    const high = this.halves[2 * slot + 1]!;
    return high >= -NEAR && high < NEAR ? high * 2 ** 32 + (this.halves[2 * slot]! >>> 0) : null;
  }
}
