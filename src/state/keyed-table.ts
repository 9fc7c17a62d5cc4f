// A keyed state table with the memory of one epoch: which slots changed, what they held before, and which windows expired. It
// turns itself into segments and back; the operator above it only inserts, touches, removes and frees.

import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import type { Accumulator, AccumulatorKind } from './accumulator.ts';
import { growAccumulator, scatterAccumulator, newAccumulator } from './accumulator.ts';
import type { TableDelta, TableRows } from './segment.ts';
import type { Slots } from './slots.ts';
import { compactKeys, freeSlot, insertSlot, KNOWN, LIVE, newSlots, slotsBytes } from './slots.ts';
import { EpochChanges, rowsOfGroups, snapshotOf } from './epoch-changes.ts';
import type { KeyGroupRange } from './key-groups.ts';
import { Expiring } from './expiring.ts';
import type { StateTable } from './state-table.ts';

/**
 * `found[i - from]` becomes the slot of the key in row i of key columns; an absent key is given one with `make`, otherwise −1.
 */
export type Locate = (
  table: KeyedTable,
  keys: readonly Column[],
  from: number,
  to: number,
  make: boolean,
  found: Int32Array,
) => void;

export interface KeyedTableShape {
  /** Identity across restarts; see StateTable. */
  readonly fingerprint: string;
  readonly keySchema: RowSchema;
  readonly accumulators: readonly AccumulatorKind[];
  /** Key column with the exclusive window end (microseconds), when windows expire. */
  readonly windowEnd: number | null;
  /** Keep what a changed slot held at the start of the epoch. */
  readonly keepOld: boolean;
}

export class KeyedTable implements StateTable {
  readonly shape: KeyedTableShape;
  readonly slots: Slots;
  /** Entry d is what slot `changes.dirty[d]` held before this epoch (when it was KNOWN). */
  readonly old: Accumulator[];
  readonly changes: EpochChanges;
  private readonly finder: Locate;
  private readonly one = new Int32Array(1);
  private readonly expiring: Expiring;

  constructor(shape: KeyedTableShape, locate: Locate) {
    this.shape = shape;
    this.finder = locate;
    this.slots = newSlots(shape.keySchema, shape.accumulators);
    this.changes = new EpochChanges(this.slots);
    this.old = shape.keepOld ? shape.accumulators.map((kind) => newAccumulator(kind, 64)) : [];
    this.expiring = new Expiring(this.slots, shape.windowEnd);
  }

  get fingerprint(): string {
    return this.shape.fingerprint;
  }

  /** The slot of the key in row `i` of key columns; when absent it is made, or −1 without `make`. */
  locate(keys: readonly Column[], i: number, make: boolean): number {
    this.finder(this, keys, i, i + 1, make, this.one);
    return this.one[0]!;
  }

  insert(keys: readonly Column[], row: number, hash: number): number {
    const slot = insertSlot(this.slots, keys, row, hash);
    this.expiring.add(slot);
    return slot;
  }

  /** Lists a slot as changed in this epoch and gives its place; the caller sets DIRTY and copies what `old` is to hold. */
  mark(slot: number): number {
    const place = this.changes.mark(slot);
    const room = this.changes.dirty.length;
    if (place * 2 === room) for (const acc of this.old) growAccumulator(acc, room);
    return place;
  }

  /** Deletes one key. Its slot stays readable until the end of the epoch. */
  remove(slot: number): void {
    this.changes.remove(slot);
  }

  /** Live slots whose window ends at or before `through`; `expire` must follow. */
  expired(through: bigint): number[] {
    return this.expiring.due(through);
  }

  /** Frees what `expired(through)` found; the segment of this epoch says so with one tombstone. */
  expire(slots: readonly number[], through: bigint): void {
    this.freeAll(slots);
    this.expiring.freed(slots.length, through);
  }

  private freeAll(slots: readonly number[]): void {
    for (const slot of slots) freeSlot(this.slots, slot);
    if (slots.length > 0) compactKeys(this.slots);
  }

  /** At or before the earliest end of a window; null: none is open. */
  nextExpiry(): bigint | null {
    return this.expiring.next();
  }

  hasChanges(): boolean {
    return this.changes.any() || this.expiring.through !== null;
  }

  delta(): TableDelta {
    return this.changes.delta(this.fingerprint, this.expiring.through);
  }

  snapshot(groups?: KeyGroupRange): TableDelta {
    return snapshotOf(this.fingerprint, this.slots, groups);
  }

  endEpoch(): void {
    this.changes.end();
    this.expiring.through = null;
  }

  load(rows: TableRows): void {
    if (rows.replaces !== null) this.freeAll([...rowsOfGroups(this.slots, rows.replaces).rows]);
    if (rows.goneRows > 0) {
      const gone = new Int32Array(rows.goneRows);
      this.finder(this, rows.goneKeys, 0, rows.goneRows, false, gone);
      this.freeAll([...gone.filter((slot) => slot >= 0)]);
    }
    const slots = new Int32Array(rows.rows);
    if (rows.rows > 0) this.finder(this, rows.keys, 0, rows.rows, true, slots);
    rows.accumulators.forEach((acc, a) => scatterAccumulator(acc, this.slots.accumulators[a]!, slots));
    for (const slot of slots) this.slots.flags[slot] = LIVE | KNOWN;
    if (rows.expiredThrough !== null) this.freeAll(this.expired(rows.expiredThrough));
  }

  bytes(): number {
    return slotsBytes(this.slots) + this.changes.bytes() + this.expiring.bytes();
  }
}
