// Slots: the rows of a keyed state table. A slot holds a key (columns as in a batch) and accumulators, all in typed arrays
// indexed by slot; `key-index.ts` finds it by hash. Freed slots are used again. Key text lies in one arena per column,
// compacted when half of it is dead; bytes, never ids, so that state outlives every batch.

import type { Column } from '../data/column.ts';
import { newColumn } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import { layoutOf } from '../data/types.ts';
import type { Accumulator, AccumulatorKind } from './accumulator.ts';
import { accumulatorBytes, clearAccumulator, growAccumulator, newAccumulator } from './accumulator.ts';
import { grownBytes, grownInt32s, nextCapacity } from './growing.ts';
import type { KeyIndex } from './key-index.ts';
import { addSlot, indexBytes, newKeyIndex, removeSlot } from './key-index.ts';
import { columnBytes, copyCell, growColumn, newArena, compactArena } from './cells.ts';

export const LIVE = 1;
export const DIRTY = 2;
/** The group was known (and its row emitted) before this epoch. */
export const KNOWN = 4;

export interface Slots {
  readonly keySchema: RowSchema;
  readonly keys: Column[];
  readonly accumulators: Accumulator[];
  hashes: Int32Array;
  flags: Uint8Array;
  /** Slots ever used; those in `free` among them are dead, and `unindexed` more wait for the end of the epoch. */
  used: number;
  readonly free: number[];
  unindexed: number;
  index: KeyIndex;
  /** Bytes of dead key text, per key column. */
  readonly dead: number[];
  capacity: number;
}

export function newSlots(keySchema: RowSchema, kinds: readonly AccumulatorKind[], capacity = 64): Slots {
  return {
    keySchema,
    keys: keySchema.map((field) => newArena(newColumn(layoutOf(field.type), capacity, true))),
    accumulators: kinds.map((kind) => newAccumulator(kind, capacity)),
    hashes: new Int32Array(capacity),
    flags: new Uint8Array(capacity),
    used: 0,
    free: [],
    unindexed: 0,
    index: newKeyIndex(),
    dead: keySchema.map(() => 0),
    capacity,
  };
}

export function liveSlots(slots: Slots): number {
  return slots.used - slots.free.length - slots.unindexed;
}

/** A new slot for the key in row `row` of `keys`, which must be absent; its accumulators are zero. */
export function insertSlot(slots: Slots, keys: readonly Column[], row: number, hash: number): number {
  let slot = slots.free.pop();
  if (slot === undefined) {
    if (slots.used === slots.capacity) growSlots(slots);
    slot = slots.used++;
  }
  for (let c = 0; c < keys.length; c++) copyCell(keys[c]!, row, slots.keys[c]!, slot);
  slots.hashes[slot] = hash;
  slots.flags[slot] = LIVE;
  addSlot(slots.index, slots.hashes, slot);
  return slot;
}

/** Never rehashes, and copies nothing that is large. */
function growSlots(slots: Slots): void {
  const capacity = nextCapacity(slots.capacity);
  for (const column of slots.keys) growColumn(column, capacity);
  for (const acc of slots.accumulators) growAccumulator(acc, capacity);
  slots.hashes = grownInt32s(slots.hashes, capacity);
  slots.flags = grownBytes(slots.flags, capacity);
  slots.capacity = capacity;
}

/** Takes a slot out of the index at once; what it holds stays readable until `recycleSlot`. */
export function unindexSlot(slots: Slots, slot: number): void {
  removeSlot(slots.index, slots.hashes, slot);
  slots.flags[slot] = slots.flags[slot]! & ~LIVE;
  slots.unindexed++;
}

/** Makes a slot that was taken out of the index free for another key. */
export function recycleSlot(slots: Slots, slot: number): void {
  slots.flags[slot] = 0;
  slots.unindexed--;
  for (const acc of slots.accumulators) clearAccumulator(acc, slot);
  for (let c = 0; c < slots.keys.length; c++) {
    const column = slots.keys[c]!;
    if (column.layout === 'text') {
      slots.dead[c] = slots.dead[c]! + column.end[slot]! - column.start[slot]!;
      column.start[slot] = 0;
      column.end[slot] = 0;
    }
  }
  slots.free.push(slot);
}

export function freeSlot(slots: Slots, slot: number): void {
  unindexSlot(slots, slot);
  recycleSlot(slots, slot);
}

/** Gives back dead key text where it is more than half of an arena. */
export function compactKeys(slots: Slots): void {
  for (let c = 0; c < slots.keys.length; c++) {
    const column = slots.keys[c]!;
    if (column.layout === 'text' && compactArena(column, slots.dead[c]!, slots.used)) slots.dead[c] = 0;
  }
}

export function slotsBytes(slots: Slots): number {
  let bytes = slots.hashes.byteLength + slots.flags.byteLength + indexBytes(slots.index);
  for (const column of slots.keys) bytes += columnBytes(column);
  for (const acc of slots.accumulators) bytes += accumulatorBytes(acc);
  return bytes;
}
