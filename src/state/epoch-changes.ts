// Which slots of a state table an epoch changed, and which it removed: a removed slot stays readable until the epoch is
// over, for its tombstone and for whoever still emits its row.

import { grownInt32s } from './growing.ts';
import type { KeyGroupRange } from './key-groups.ts';
import type { TableDelta } from './segment.ts';
import type { Slots } from './slots.ts';
import { compactKeys, DIRTY, KNOWN, LIVE, liveSlots, recycleSlot, unindexSlot } from './slots.ts';

export class EpochChanges {
  /** Slots changed in this epoch, `changed` of them, each once. */
  dirty: Int32Array = new Int32Array(64);
  changed = 0;
  private readonly removed: number[] = [];
  private readonly slots: Slots;

  constructor(slots: Slots) {
    this.slots = slots;
  }

  /** Lists a slot as changed and gives its place; the caller sets DIRTY. */
  mark(slot: number): number {
    if (this.changed === this.dirty.length) this.dirty = grownInt32s(this.dirty, this.dirty.length * 2);
    this.dirty[this.changed] = slot;
    return this.changed++;
  }

  /** Takes a slot out of the index. */
  remove(slot: number): void {
    unindexSlot(this.slots, slot);
    this.removed.push(slot);
  }

  any(): boolean {
    return this.changed > 0 || this.removed.length > 0;
  }

  /** Changed slots that are still there. */
  rows(): { rows: Int32Array; n: number } {
    const rows = new Int32Array(this.changed);
    let n = 0;
    for (let d = 0; d < this.changed; d++) {
      const slot = this.dirty[d]!;
      if ((this.slots.flags[slot]! & (LIVE | DIRTY)) === (LIVE | DIRTY)) rows[n++] = slot;
    }
    return { rows, n };
  }

  /** Slots that were there before the epoch and are not now, then those that are there now and were not. */
  moves(): { gone: readonly number[]; come: readonly number[] } {
    const { rows, n } = this.rows();
    const come: number[] = [];
    for (let i = 0; i < n; i++) if ((this.slots.flags[rows[i]!]! & KNOWN) === 0) come.push(rows[i]!);
    return { gone: this.gone(), come };
  }

  /** Removed slots that stored state may hold. */
  gone(): number[] {
    return this.removed.filter((slot) => (this.slots.flags[slot]! & KNOWN) !== 0);
  }

  /** What a segment of the epoch tells of the table. */
  delta(fingerprint: string, expiredThrough: bigint | null): TableDelta {
    return {
      fingerprint,
      slots: this.slots,
      ...this.rows(),
      gone: this.gone(),
      expiredThrough,
      replaces: null,
    };
  }

  /** What changed is known from now on; what was removed is free. */
  end(): void {
    const { flags } = this.slots;
    for (let d = 0; d < this.changed; d++) {
      const slot = this.dirty[d]!;
      if ((flags[slot]! & LIVE) !== 0) flags[slot] = (flags[slot]! & ~DIRTY) | KNOWN;
    }
    for (const slot of this.removed) recycleSlot(this.slots, slot);
    if (this.removed.length > 0) compactKeys(this.slots);
    this.removed.length = 0;
    this.changed = 0;
  }

  bytes(): number {
    return this.dirty.byteLength;
  }
}

/** The whole of a table, or of some of its key groups. */
export function snapshotOf(fingerprint: string, slots: Slots, groups: KeyGroupRange | undefined): TableDelta {
  const rows = groups === undefined ? allRows(slots) : rowsOfGroups(slots, groups);
  return { fingerprint, slots, ...rows, gone: [], expiredThrough: null, replaces: groups ?? null };
}

/** Everything that is live in some key groups. */
export function rowsOfGroups(slots: Slots, { from, to }: KeyGroupRange): { rows: Int32Array; n: number } {
  const { groups, used } = slots.index;
  const rows = new Int32Array(used.subarray(from, to).reduce((sum, count) => sum + count, 0));
  let n = 0;
  for (let g = from; g < to; g++) {
    const table = groups[g]!;
    for (let p = 0; p < table.length; p += 2) if (table[p] !== 0) rows[n++] = table[p]! - 1;
  }
  // In the order of memory, which encoding follows column after column.
  return { rows: rows.sort(), n };
}

/** Everything that is live. */
export function allRows(slots: Slots): { rows: Int32Array; n: number } {
  const rows = new Int32Array(liveSlots(slots));
  let n = 0;
  for (let s = 0; s < slots.used; s++) if ((slots.flags[s]! & LIVE) !== 0) rows[n++] = s;
  return { rows, n };
}
