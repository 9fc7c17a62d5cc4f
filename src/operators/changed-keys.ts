// Which keys of a row table changed in an epoch, by how many rows, and which rows those are.

import { grownInt32s } from '../state/growing.ts';
import type { RowTable } from '../state/row-table.ts';

export class ChangedKeys {
  private readonly table: RowTable;
  private entries: Int32Array = new Int32Array(64);
  private keys = 0;
  private rows: Int32Array = new Int32Array(64);
  private changed = 0;
  /** By entry: changes of its rows in this epoch. */
  private counts: Int32Array = new Int32Array(64);

  constructor(table: RowTable) {
    this.table = table;
  }

  /** A row was added or taken away. */
  note(slot: number): void {
    const { chains } = this.table;
    if (this.counts.length < chains.capacity) this.counts = grownInt32s(this.counts, chains.capacity);
    if (this.changed === this.rows.length) this.rows = grownInt32s(this.rows, this.changed * 2);
    this.rows[this.changed++] = slot;
    const entry = chains.entryOf[slot]!;
    if (this.counts[entry] === 0) {
      if (this.keys === this.entries.length) this.entries = grownInt32s(this.entries, this.keys * 2);
      this.entries[this.keys++] = entry;
    }
    this.counts[entry] = this.counts[entry]! + 1;
  }

  /** Rows that were noted; one can be there several times. */
  slots(): Int32Array {
    return this.rows.subarray(0, this.changed);
  }

  forEach(take: (entry: number, changes: number) => void): void {
    for (let k = 0; k < this.keys; k++) take(this.entries[k]!, this.counts[this.entries[k]!]!);
  }

  clear(): void {
    for (let k = 0; k < this.keys; k++) this.counts[this.entries[k]!] = 0;
    this.keys = 0;
    this.changed = 0;
  }
}
