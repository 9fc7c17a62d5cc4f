// The changes of one view in one epoch, consolidated: per key at most one row leaves and one enters. Rows are kept in the order
// in which they came; an open-addressing table finds the rows of a key, and rows of opposite sign that are the same in every
// bit cancel. The order within an epoch does not matter, as for every Z-set.

import type { Batch } from '../data/batch.ts';
import { sameRow } from './cell-equality.ts';
import { viewDefect } from './internal-error.ts';
import { KeyArena } from './key-bytes.ts';
import { rises, sortKeys } from './key-order.ts';
import { RowStore } from './row-store.ts';
import type { ViewLayout } from './view-layout.ts';

/** Row numbers of `rows`, each list sorted by key; the i-th update takes `updatesFrom[i]` to `updatesTo[i]`. */
export interface NetChanges {
  readonly rows: Batch;
  /** Key i is that of row i. */
  readonly keys: KeyArena;
  readonly deletes: Int32Array;
  readonly updatesFrom: Int32Array;
  readonly updatesTo: Int32Array;
  readonly inserts: Int32Array;
}

const NONE = -1;

/** Of a row, for finding it by key. */
const INDEX_BYTES = 20;
/** Once as parameters of statements, once as the change log. */
const ENCODED_COPIES = 2;
/** So much memory is kept for the next epoch, and so many times of what this one needed. */
const KEPT_BYTES = 4 * 1024 * 1024;
const KEPT_SHARE = 4;

/** Whose changes are collected, by which key. */
export type KeyedRows = Pick<ViewLayout, 'name' | 'schema' | 'key' | 'appendOnly'>;

export class ChangeCollector {
  readonly #layout: KeyedRows;
  #store: RowStore;
  #keys = new KeyArena();
  /** Per row: its weight; 0 once it has cancelled. */
  #weight = new Int32Array(256);
  /** Per row: an earlier row of the same key. */
  #previous = new Int32Array(256);
  #hashes = new Int32Array(256);
  /** Per slot: the newest row of a key, or NONE. A power of two long, at most half full. */
  #slots = freeSlots(512);
  #distinct = 0;

  constructor(layout: KeyedRows) {
    this.#layout = layout;
    this.#store = new RowStore(layout.schema);
  }

  get rows(): number {
    return this.#store.rows;
  }

  /** What the epoch has collected, in bytes. */
  epochBytes(): number {
    return this.#store.usedBytes() + this.#keys.used + this.#store.rows * INDEX_BYTES;
  }

  /** Memory held, in bytes, and what encoding the epoch will take. */
  bytes(): number {
    return this.#capacityBytes() + ENCODED_COPIES * this.epochBytes();
  }

  #capacityBytes(): number {
    const index =
      (this.#weight.length + this.#previous.length + this.#hashes.length + this.#slots.length) * 4;
    return this.#store.capacityBytes() + this.#keys.capacityBytes + index;
  }

  clear(): void {
    if (this.#capacityBytes() > KEPT_BYTES + KEPT_SHARE * this.epochBytes()) return this.#forget();
    // One large epoch must not make every small one after it pay for a large index.
    if (this.#slots.length > 8192 && this.#slots.length > 16 * this.#store.rows) this.#slots = freeSlots(512);
    else if (this.#distinct > 0) this.#slots.fill(NONE);
    this.#distinct = 0;
    this.#store.clear();
    this.#keys.clear();
  }

  /** Memory that one large epoch needed is given back. */
  #forget(): void {
    this.#store = new RowStore(this.#layout.schema);
    this.#keys = new KeyArena();
    this.#weight = new Int32Array(256);
    this.#previous = new Int32Array(256);
    this.#hashes = new Int32Array(256);
    this.#slots = freeSlots(512);
    this.#distinct = 0;
  }

  push(batch: Batch): void {
    if (batch.rows === 0) return;
    const first = this.#store.rows;
    this.#store.append(batch);
    this.#keys.append(batch, this.#layout.key);
    if (this.#layout.appendOnly) this.#checkAppendOnly(batch);
    else this.#index(first, batch);
  }

  #checkAppendOnly({ diffs, rows }: Batch): void {
    if (diffs === null) return;
    for (let i = 0; i < rows; i++)
      if (diffs[i] !== 1) throw this.#defect(`weight ${diffs[i]} in an append-only view`);
  }

  #index(first: number, { diffs, rows }: Batch): void {
    this.#reserve(first + rows);
    const columns = this.#store.batch.columns;
    for (let i = 0; i < rows; i++) {
      const row = first + i;
      const weight = diffs === null ? 1 : diffs[i]!;
      this.#weight[row] = weight;
      const slot = this.#find(row);
      const newest = this.#slots[slot]!;
      if (newest === NONE) this.#distinct++;
      else if (this.#cancel(columns, newest, row, weight)) continue;
      this.#previous[row] = newest;
      this.#slots[slot] = row;
    }
  }

  /** The slot of the row's key, or the free slot where it belongs. */
  #find(row: number): number {
    const hash = this.#keys.hash(row);
    this.#hashes[row] = hash;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const other = this.#slots[slot]!;
      if (other === NONE || (this.#hashes[other] === hash && this.#keys.equal(other, row))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Adds the weight to an equal row of the key; false when there is none. */
  #cancel(columns: Batch['columns'], newest: number, row: number, weight: number): boolean {
    for (let other = newest; other !== NONE; other = this.#previous[other]!) {
      if (this.#weight[other] === 0 || !sameRow(columns, other, row)) continue;
      this.#weight[other]! += weight;
      this.#weight[row] = 0;
      return true;
    }
    return false;
  }

  #reserve(rows: number): void {
    if (this.#weight.length < rows) {
      this.#weight = widen(this.#weight, rows);
      this.#previous = widen(this.#previous, rows);
      this.#hashes = widen(this.#hashes, rows);
    }
    if (this.#slots.length >= 2 * rows) return;
    let size = this.#slots.length;
    while (size < 2 * rows) size *= 2;
    const old = this.#slots;
    this.#slots = freeSlots(size);
    const mask = size - 1;
    for (let s = 0; s < old.length; s++) {
      if (old[s] === NONE) continue;
      let slot = this.#hashes[old[s]!]! & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = old[s]!;
    }
  }

  /** What remains. Valid until the next push or clear. */
  finish(): NetChanges {
    return this.#layout.appendOnly ? this.#finishAppendOnly() : this.#finishKeyed();
  }

  #finishAppendOnly(): NetChanges {
    const n = this.#store.rows;
    let inserts: Int32Array = Int32Array.from({ length: n }, (_, i) => i);
    if (!rises(this.#keys)) {
      inserts = sortKeys(this.#keys, inserts);
      for (let i = 1; i < n; i++)
        if (this.#keys.equal(inserts[i - 1]!, inserts[i]!))
          throw this.#defect('two rows for one key in an epoch');
    }
    const empty = new Int32Array(0);
    return {
      rows: this.#store.batch,
      keys: this.#keys,
      deletes: empty,
      updatesFrom: empty,
      updatesTo: empty,
      inserts,
    };
  }

  #finishKeyed(): NetChanges {
    const deletes = new Int32Array(this.#distinct);
    const inserts = new Int32Array(this.#distinct);
    const to = new Int32Array(this.#distinct);
    const before = new Int32Array(this.#store.rows);
    let [d, i, u] = [0, 0, 0];
    for (let s = 0; s < this.#slots.length; s++) {
      if (this.#slots[s] === NONE) continue;
      const enters = this.#only(this.#slots[s]!, 1);
      const leaves = this.#only(this.#slots[s]!, -1);
      if (enters !== NONE && leaves !== NONE) {
        before[enters] = leaves;
        to[u++] = enters;
      } else if (enters !== NONE) inserts[i++] = enters;
      else if (leaves !== NONE) deletes[d++] = leaves;
    }
    const updatesTo = sortKeys(this.#keys, to.subarray(0, u));
    return {
      rows: this.#store.batch,
      keys: this.#keys,
      deletes: sortKeys(this.#keys, deletes.subarray(0, d)),
      updatesFrom: updatesTo.map((row) => before[row]!),
      updatesTo,
      inserts: sortKeys(this.#keys, inserts.subarray(0, i)),
    };
  }

  /** The one row of this key with the given sign, or NONE. */
  #only(newest: number, sign: 1 | -1): number {
    let found = NONE;
    for (let row = newest; row !== NONE; row = this.#previous[row]!) {
      const weight = this.#weight[row]! * sign;
      if (weight <= 0) continue;
      if (weight > 1 || found !== NONE)
        throw this.#defect(
          `${sign > 0 ? 'several rows enter' : 'several rows leave'} for one key in an epoch`,
        );
      found = row;
    }
    return found;
  }

  #defect(what: string): Error {
    return viewDefect(this.#layout.name, what);
  }
}

function freeSlots(size: number): Int32Array<ArrayBuffer> {
  return new Int32Array(size).fill(NONE);
}

function widen(values: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(least, values.length * 2));
  wider.set(values);
  return wider;
}
