// The rows of one partition in their order, as slots by place, with their peers: rows that are equal in the order. Places are looked up
// in the tree a page at a time, as they are asked for; what nobody looks at costs nothing.

import type { CompareSlots, Probe } from '../../state/order-code.ts';
import type { KeyOrder } from '../../state/key-order.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { Cover } from '../../state/ordered-cover.ts';
import { cover, freshen } from '../../state/ordered-cover.ts';

const PAGE_BITS = 5;
const PAGE = 1 << PAGE_BITS;

export class OrderedRows {
  /** Rows of the partition. */
  total = 0;
  private readonly order: KeyOrder;
  private root = 0;
  private slots = new Int32Array(PAGE);
  /** By page: which partition is on it, as they are counted by `open`. */
  private pages = new Int32Array(1);
  private opened = 0;
  /** The peers that were asked for last. */
  private first = 0;
  private behind = 0;
  private readonly compare: CompareSlots;
  private readonly cursor = new OrderedCursor();

  /** `compare` is 0 for peers. */
  constructor(order: KeyOrder, compare: CompareSlots) {
    this.order = order;
    this.compare = compare;
  }

  open(root: number): void {
    this.root = root;
    this.total = this.order.index.total(root);
    this.first = 0;
    this.behind = 0;
    this.opened++;
    if (this.slots.length >= this.total) return;
    const pages = Math.max(Math.ceil(this.total / PAGE), this.pages.length * 2);
    this.slots = new Int32Array(pages * PAGE);
    this.pages = new Int32Array(pages);
  }

  slot(place: number): number {
    const page = place >> PAGE_BITS;
    if (this.pages[page] !== this.opened) this.load(page);
    return this.slots[place]!;
  }

  private load(page: number): void {
    const from = page << PAGE_BITS;
    const to = Math.min(this.total, from + PAGE);
    let slot = this.order.index.select(this.root, from, this.cursor);
    for (let place = from; place < to; place++, slot = this.cursor.next()) this.slots[place] = slot;
    this.pages[page] = this.opened;
  }

  /** Where a slot stands, or would stand. */
  placeOf(slot: number): number {
    return this.total === 0 ? 0 : this.order.index.rank(this.root, slot);
  }

  /** The first place whose row is not before the probe. */
  seek(probe: Probe): number {
    const slot = this.order.index.seek(this.root, probe, this.cursor);
    return slot < 0 ? this.total : this.order.index.rank(this.root, slot);
  }

  /** Where the peers of a slot begin, or would. */
  firstPeer(slot: number): number {
    return this.seek({ compare: (other) => this.compare(other, slot) });
  }

  /** The place behind them. */
  behindPeers(slot: number): number {
    return this.seek({ compare: (other) => (this.compare(other, slot) <= 0 ? -1 : 0) });
  }

  peersStart(place: number): number {
    if (place < this.first || place >= this.behind) this.findPeers(place);
    return this.first;
  }

  peersEnd(place: number): number {
    if (place < this.first || place >= this.behind) this.findPeers(place);
    return this.behind;
  }

  private findPeers(place: number): void {
    // Whoever goes along the places comes from the peers before.
    this.first = place === this.behind ? place : this.groupStart(place);
    this.behind = this.groupEnd(place);
  }

  /** As peersStart, of any place: in steps that double, then by halves. */
  groupStart(place: number): number {
    let from = place;
    let step = 1;
    while (from - step >= 0 && this.arePeers(from - step, place)) {
      from -= step;
      step *= 2;
    }
    for (; step >= 1; step /= 2) if (from - step >= 0 && this.arePeers(from - step, place)) from -= step;
    return from;
  }

  groupEnd(place: number): number {
    let last = place;
    let step = 1;
    while (last + step < this.total && this.arePeers(last + step, place)) {
      last += step;
      step *= 2;
    }
    for (; step >= 1; step /= 2)
      if (last + step < this.total && this.arePeers(last + step, place)) last += step;
    return last + 1;
  }

  private arePeers(a: number, b: number): boolean {
    return this.compare(this.slot(a), this.slot(b)) === 0;
  }

  /** Places `from … to`, as nodes of the tree and slots. */
  cover(from: number, to: number, by: Cover): void {
    cover(this.order.index, this.root, from, to, by);
  }

  /** What is kept by nodes of the tree is brought up to date. */
  freshen(fresh: (ref: number) => void): void {
    freshen(this.order.index, this.root, fresh);
  }
}
