// The rows of one partition in their order, or a stretch of them, as slots by place, with their peers: rows that are equal in the
// order.

import type { CompareSlots } from '../../state/order-code.ts';
import type { KeyOrder } from '../../state/key-order.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';

export class OrderedRows {
  /** Rows of the whole partition. */
  total = 0;
  /** Places of the stretch: from `start` (from 0) up to and without `end`. */
  start = 0;
  end = 0;
  private slots = new Int32Array(64);
  private readonly compare: CompareSlots;
  private readonly cursor = new OrderedCursor();

  /** `compare` is 0 for peers. */
  constructor(compare: CompareSlots) {
    this.compare = compare;
  }

  /** Takes places `start … end` (as far as they are there) of a partition. */
  fill(order: KeyOrder, root: number, start: number, end: number): void {
    this.total = order.index.total(root);
    this.start = Math.max(0, start);
    this.end = Math.max(this.start, Math.min(this.total, end));
    if (this.slots.length < this.end - this.start)
      this.slots = new Int32Array(Math.max(this.end - this.start, this.slots.length * 2));
    let slot = order.index.select(root, this.start, this.cursor);
    for (let place = this.start; place < this.end; place++, slot = this.cursor.next())
      this.slots[place - this.start] = slot;
  }

  slot(place: number): number {
    return this.slots[place - this.start]!;
  }

  has(place: number): boolean {
    return place >= this.start && place < this.end;
  }

  arePeers(a: number, b: number): boolean {
    return this.compare(this.slot(a), this.slot(b)) === 0;
  }

  /** The first place of the peers of `place` within the stretch, and the one behind the last. */
  peersStart(place: number): number {
    let first = place;
    while (first > this.start && this.arePeers(first - 1, place)) first--;
    return first;
  }

  peersEnd(place: number): number {
    let behind = place + 1;
    while (behind < this.end && this.arePeers(behind, place)) behind++;
    return behind;
  }
}
