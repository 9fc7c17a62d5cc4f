// The slots of a table that end when event time reaches a column of theirs, and how far they were freed in this epoch: what tables of
// groups and tables of rows have in common.

import { allRows } from './epoch-changes.ts';
import { Expiry, NO_END } from './expiry.ts';
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
    this.expiry = column === null ? null : new Expiry({ endOf: (slot) => endOf(slots, slot, column) });
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

function endOf(slots: Slots, slot: number, column: number): bigint {
  const ends = slots.keys[column]!;
  if (ends.layout !== 'i64' || (slots.flags[slot]! & LIVE) === 0) return NO_END;
  return ends.nulls?.[slot] === 1 ? NO_END : ends.values[slot]!;
}
