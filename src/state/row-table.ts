// A multiset of rows by key: for joins, ordered multisets, top-N. Rows are slots with a weight, found by their whole contents
// (for retractions), chained by key (row-chains.ts) and, where asked for, ordered within a key (key-order.ts). A row whose weight
// comes to 0 leaves at once; its slot stays readable until the end of the epoch. Weights may be negative in between, when a
// retraction overtakes its insertion; at the end of an epoch that is a defect, and it is told.

import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import type { Accumulator, AccumulatorKind } from './accumulator.ts';
import { copyAccumulator } from './accumulator.ts';
import { EpochChanges, rowsOfGroups, snapshotOf } from './epoch-changes.ts';
import type { KeyGroupRange } from './key-groups.ts';
import { Expiring } from './expiring.ts';
import type { OrderColumn } from './order-code.ts';
import { KeyOrder } from './key-order.ts';
import { RowChains } from './row-chains.ts';
import type { RowKernel } from './row-code.ts';
import { rowKernel } from './row-code.ts';
import type { TableDelta, TableRows } from './segment.ts';
import type { Slots } from './slots.ts';
import { DIRTY, insertSlot, KNOWN, LIVE, newSlots, slotsBytes } from './slots.ts';
import type { StateTable } from './state-table.ts';

export interface RowTableShape {
  readonly fingerprint: string;
  /** The row: key columns first. Nullability counts in hashes: sides that are to meet in one key group have the same. */
  readonly schema: RowSchema;
  /** The leading columns that give the key group. */
  readonly distribution: number;
  /** The leading columns that chain rows; `distribution` of them at least. */
  readonly key: number;
  /** What the operator keeps per row beside its weight; 0 or nothing for a new row. */
  readonly payload: readonly AccumulatorKind[];
  /** Orders of the rows within a key, by columns of the row. */
  readonly orders: readonly (readonly OrderColumn[])[];
  /** Rows with a NULL here are passed over by `apply`; their place in `touched` is −1. */
  readonly required?: number;
  /** A column of event time: rows at or before a watermark can be dropped together. */
  readonly time: number | null;
}

/** Rows taken back at a time: bounds the list of changes. */
const LOAD_ROWS = 16_384;
/** Rows that are looked at to tell what most are like. */
const SAMPLE = 64;

export class RowTable implements StateTable {
  readonly shape: RowTableShape;
  readonly slots: Slots;
  readonly chains = new RowChains();
  readonly orders: readonly KeyOrder[];
  readonly kernel: RowKernel;
  readonly weights: Extract<Accumulator, { kind: 'f64' }>;
  /** The operator's accumulators per row, in the order of the shape. A row whose payload changed is told by `touch`. */
  readonly payload: readonly Accumulator[];
  readonly changes: EpochChanges;
  private readonly expiring: Expiring;
  private negative = 0;

  constructor(shape: RowTableShape) {
    this.shape = shape;
    this.slots = newSlots(shape.schema, ['f64', ...shape.payload]);
    this.weights = weightsOf(this.slots);
    this.payload = this.slots.accumulators.slice(1);
    this.changes = new EpochChanges(this.slots);
    this.kernel = rowKernel(shape);
    this.orders = shape.orders.map((order) => new KeyOrder(this.slots, this.weights, order));
    this.expiring = new Expiring(this.slots, shape.time);
  }

  get fingerprint(): string {
    return this.shape.fingerprint;
  }

  /** Adds `diffs` (null: +1 each) to rows `from … to` of a batch whose columns are those of the shape; see RowKernel. */
  apply(
    columns: readonly Column[],
    diffs: Int32Array | null,
    from: number,
    to: number,
    touched: Int32Array,
  ): void {
    this.kernel.apply(this, columns, diffs, from, to, touched);
  }

  /** The chains of keys; see RowKernel. An entry is good until the next `apply`, `expire` or `load`. */
  find(keys: readonly Column[], from: number, to: number, entries: Int32Array): void {
    this.kernel.find(this, keys, from, to, entries);
  }

  insert(columns: readonly Column[], row: number, rowHash: number, keyHash: number, entry: number): number {
    const slot = insertSlot(this.slots, columns, row, rowHash);
    this.chains.link(slot, entry, keyHash, this.slots.capacity);
    this.expiring.add(slot);
    return slot;
  }

  weigh(slot: number, diff: number): void {
    const { chains, weights } = this;
    const before = weights.values[slot]!;
    const after = before + diff;
    const entry = chains.entryOf[slot]!;
    if (before < 0 !== after < 0) this.negative += after < 0 ? 1 : -1;
    weights.values[slot] = after;
    chains.weights[entry] = chains.weights[entry]! + diff;
    for (const order of this.orders) order.weighed(entry, slot, before, after);
    if (after === 0) this.drop(slot);
    else this.touch(slot);
  }

  private drop(slot: number): void {
    this.chains.unlink(slot);
    this.changes.remove(slot);
  }

  /** How many rows the key of a row has, on average over a sample of the rows. */
  rowsOfKey(): number {
    const { used, flags } = this.slots;
    const step = Math.max(1, Math.floor(used / SAMPLE));
    let [found, sum] = [0, 0];
    for (let slot = 0; slot < used; slot += step) {
      if ((flags[slot]! & LIVE) === 0) continue;
      found++;
      sum += this.chains.rows[this.chains.entryOf[slot]!]!;
    }
    return found === 0 ? 0 : sum / found;
  }

  /** What the operator keeps for a row changed. */
  touch(slot: number): void {
    const { flags } = this.slots;
    if ((flags[slot]! & DIRTY) !== 0) return;
    flags[slot] = flags[slot]! | DIRTY;
    this.changes.mark(slot);
  }

  /** Live rows whose time is at or before `through`; `expire` must follow. */
  expired(through: bigint): number[] {
    return this.expiring.due(through);
  }

  /** At or before the earliest time of a row; null: no row has one. */
  nextExpiry(): bigint | null {
    return this.expiring.next();
  }

  /** Drops what `expired(through)` found; the segment of this epoch says so with one tombstone. */
  expire(rows: readonly number[], through: bigint): void {
    for (const slot of rows) this.forget(slot);
    this.expiring.freed(rows.length, through);
  }

  /** Without a tombstone of its own. */
  private forget(slot: number): void {
    const entry = this.chains.entryOf[slot]!;
    const weight = this.weights.values[slot]!;
    if (weight < 0) this.negative--;
    this.chains.weights[entry] = this.chains.weights[entry]! - weight;
    for (const order of this.orders) order.weighed(entry, slot, weight, 0);
    this.slots.flags[slot] = this.slots.flags[slot]! & ~KNOWN;
    this.drop(slot);
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
    if (this.negative !== 0)
      throw new Error(`${this.fingerprint}: ${this.negative} rows were retracted more often than they came`);
    this.changes.end();
    this.expiring.through = null;
  }

  load(rows: TableRows): void {
    if (rows.replaces !== null) {
      for (const slot of rowsOfGroups(this.slots, rows.replaces).rows) this.forget(slot);
      this.endEpoch();
    }
    this.loadRows(rows.goneKeys, rows.goneRows, () => 0);
    const weights = rows.accumulators[0]!.values as Float64Array;
    this.loadRows(rows.keys, rows.rows, (slot, i) => {
      for (let a = 1; a < rows.accumulators.length; a++)
        copyAccumulator(rows.accumulators[a]!, i, this.slots.accumulators[a]!, slot);
      return weights[i]!;
    });
    if (rows.expiredThrough !== null) for (const slot of this.expired(rows.expiredThrough)) this.forget(slot);
    this.endEpoch();
  }

  /** Makes the weight of each row what is stored; they are all different. */
  private loadRows(columns: readonly Column[], n: number, weight: (slot: number, i: number) => number): void {
    const touched = new Int32Array(Math.min(n, LOAD_ROWS));
    for (let from = 0; from < n; from += LOAD_ROWS) {
      const to = Math.min(n, from + LOAD_ROWS);
      this.apply(columns, null, from, to, touched);
      for (let i = from; i < to; i++) {
        const slot = touched[i - from]!;
        this.weigh(slot, weight(slot, i) - this.weights.values[slot]!);
      }
      this.endEpoch();
    }
  }

  bytes(): number {
    const orders = this.orders.reduce((sum, order) => sum + order.bytes(), 0);
    const { slots, chains, changes, expiring } = this;
    return slotsBytes(slots) + chains.bytes() + changes.bytes() + orders + expiring.bytes();
  }
}

function weightsOf(slots: Slots): Extract<Accumulator, { kind: 'f64' }> {
  const [weights] = slots.accumulators;
  if (weights?.kind !== 'f64') throw new Error('weights are doubles');
  return weights;
}
