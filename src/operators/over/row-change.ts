// A row that came to its partition or went: where, among the rows as they are now.

import type { OrderedRows } from './ordered-rows.ts';

export class RowChange {
  /** What went can still be read. */
  slot = -1;
  /** Its place, up to and without `to`, which is the same where it went. */
  from = 0;
  to = 0;
  private peersFrom = -1;
  private peersTo = -1;
  private readonly rows: OrderedRows;

  constructor(rows: OrderedRows) {
    this.rows = rows;
  }

  set(slot: number, there: boolean): void {
    this.slot = slot;
    this.from = this.rows.placeOf(slot);
    this.to = there ? this.from + 1 : this.from;
    this.peersFrom = -1;
    this.peersTo = -1;
  }

  /** The first of its peers, and the place behind them; one place where it has none. */
  get first(): number {
    if (this.peersFrom < 0) this.peersFrom = this.rows.firstPeer(this.slot);
    return this.peersFrom;
  }

  get behind(): number {
    if (this.peersTo < 0) this.peersTo = this.rows.behindPeers(this.slot);
    return this.peersTo;
  }
}
