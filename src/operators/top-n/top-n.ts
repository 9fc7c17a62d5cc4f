// The first rows of each partition in an order: row_number() … <= n, DISTINCT ON, LIMIT and OFFSET. Partitions are kept whole, in a
// counted tree, so that a row that leaves is replaced by the next one; over input that only grows, what lies behind the last place
// never comes back and is dropped: at once where it comes behind a row that has that place already, as nearly all do.
//
// With ties, and by ranks, the peers of a row are out with it.
//
// At the end of an epoch a partition that changed is looked at from its first place to its last, and as far around them as rows can
// have been moved by the changes: by one place for each, and whoever was out beside them.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import { gatherBatch } from '../../data/gather.ts';
import type { RowSchema } from '../../data/types.ts';
import type { TopNNode } from '../../physical/graph.ts';
import type { CompareSlots, RowProbe } from '../../state/order-code.ts';
import { orderComparison, rowProbe } from '../../state/order-code.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { RowTable } from '../../state/row-table.ts';
import { LIVE } from '../../state/slots.ts';
import { ChangedKeys } from '../changed-keys.ts';
import { KeptRows } from '../kept-rows.ts';
import type { Operator, Output } from '../operator.ts';
import { SlotBuffer } from '../slot-buffer.ts';

const CHUNK = 1024;
/** Where rows behind the last place are passed over it is looked at again so often: many rows of one partition may come together. */
const FEW = 64;

export class TopNOperator implements Operator {
  readonly table: RowTable;
  private readonly node: TopNNode;
  private readonly rows: KeptRows;
  private readonly changed: ChangedKeys;
  private readonly results: SlotBuffer;
  private readonly touched = new Int32Array(CHUNK);
  private readonly entries = new Int32Array(CHUNK);
  private readonly chosen = new Int32Array(CHUNK);
  /** Rows of a chunk that may have a place. */
  private readonly candidates: Batch;
  private readonly probe: RowProbe;
  private readonly cursor = new OrderedCursor();
  private readonly end: number;
  /** Where it is not one row after the other that counts. */
  private readonly ties: CompareSlots | null;

  constructor(node: TopNNode, input: RowSchema) {
    this.node = node;
    this.end = node.limit === null ? Infinity : node.offset + node.limit;
    // Per row the place at which it is out, from 1; 0: it is not.
    this.rows = new KeptRows({
      fingerprint: node.fingerprint,
      schema: input,
      keys: node.partition,
      payload: ['f64'],
      order: node.order,
    });
    this.table = this.rows.table;
    this.candidates = newBatch(input, 0);
    this.probe = rowProbe(this.table.slots, this.table.shape.schema, this.table.orders[0]!.columns);
    this.changed = new ChangedKeys(this.table);
    this.ties = node.counts === undefined ? null : this.peers();
    this.results = new SlotBuffer(node.schema, (column) => this.rows.column(column), node.numbered);
  }

  /** 0 for rows that are equal in the order. */
  private peers(): CompareSlots {
    const { slots, shape } = this.table;
    const order = this.node.order.map((by) => ({ ...by, column: this.rows.placeOf(by.column) }));
    return orderComparison(slots, shape.schema, order);
  }

  push(batch: Batch): void {
    const { forgets, counts } = this.node;
    // How many different values are before a row, its place does not say.
    const chooses = forgets && counts !== 'dense ranks';
    const step = chooses ? FEW : CHUNK;
    for (let from = 0; from < batch.rows; from += step) {
      const to = Math.min(batch.rows, from + step);
      const n = chooses ? this.choose(batch, from, to) : to - from;
      if (n === to - from) this.add(batch, from, to);
      else if (n > 0) {
        gatherBatch(batch, this.chosen, n, this.candidates);
        this.add(this.candidates, 0, n);
      }
    }
  }

  private add(batch: Batch, from: number, to: number): void {
    this.rows.add(batch, from, to, this.touched);
    for (let j = 0; j < to - from; j++) this.changed.note(this.touched[j]!);
  }

  /** Lists the rows that are not behind the last place of their partition as it is; how many they are. */
  private choose(batch: Batch, from: number, to: number): number {
    const { chosen, entries, cursor, probe, end } = this;
    const order = this.table.orders[0]!;
    const columns = this.node.order.map(({ column }) => batch.columns[column]!);
    this.table.find(this.rows.keysOf(batch), from, to, entries);
    let n = 0;
    for (let i = from; i < to; i++) {
      const last = order.index.select(order.root(entries[i - from]!), end - 1, cursor);
      if (last >= 0) {
        probe.set(columns, i);
        if (probe.compare(last) < 0) continue;
      }
      chosen[n++] = i;
    }
    return n;
  }

  endEpoch(out: Output): void {
    this.takeBackRemoved(out);
    this.changed.forEach((entry, changes) => this.refresh(entry, changes, out));
    this.changed.clear();
    this.results.flush(out);
  }

  /** Rows that left are readable until the epoch is over. */
  private takeBackRemoved(out: Output): void {
    const { flags } = this.table.slots;
    const places = this.rows.values;
    for (const slot of this.changed.slots()) {
      if ((flags[slot]! & LIVE) !== 0 || places[slot] === 0) continue;
      this.results.add(slot, places[slot]!, -1, out);
      places[slot] = 0;
    }
  }

  private refresh(entry: number, changes: number, out: Output): void {
    const root = this.table.orders[0]!.root(entry);
    const { offset } = this.node;
    const end = this.ties === null ? this.giveRows(root, out) : this.giveTies(root, this.ties, out);
    this.takeBackBehind(root, end, changes, out);
    if (offset > 0) this.takeBackBefore(root, offset, changes, out);
    if (this.node.forgets) this.forget(root, end);
  }

  /** Rows from place `offset` on; the place behind the last one. */
  private giveRows(root: number, out: Output): number {
    const { index } = this.table.orders[0]!;
    const { cursor } = this;
    const { offset, numbered } = this.node;
    let place = offset;
    let slot = place < this.end ? index.select(root, offset, cursor) : -1;
    for (; slot >= 0 && place < this.end; slot = cursor.next())
      this.put(slot, numbered ? ++place : (place++, 1), out);
    return place;
  }

  /** The same with the peers of the last row, or of ranks. */
  private giveTies(root: number, arePeers: CompareSlots, out: Output): number {
    const { index } = this.table.orders[0]!;
    const { cursor } = this;
    const { offset, numbered, counts } = this.node;
    let place = offset;
    let rank = 0;
    let groups = 0;
    let last = -1;
    let slot = place < this.end ? index.select(root, offset, cursor) : -1;
    for (; slot >= 0; last = slot, slot = cursor.next(), place++) {
      if (last < 0 || arePeers(last, slot) !== 0) {
        if ((counts === 'dense ranks' ? groups : place) >= this.end) break;
        rank = counts === 'dense ranks' ? ++groups : place + 1;
      }
      this.put(slot, numbered ? rank : 1, out);
    }
    return place;
  }

  /** What was out is side by side but for what has come between: beyond so many rows that are not out there are none. */
  private takeBackBehind(root: number, end: number, changes: number, out: Output): void {
    const { cursor } = this;
    const places = this.rows.values;
    let others = 0;
    let slot = this.table.orders[0]!.index.select(root, end, cursor);
    for (; slot >= 0 && others <= changes; slot = cursor.next()) {
      if (places[slot] === 0) others++;
      this.put(slot, 0, out);
    }
  }

  private takeBackBefore(root: number, offset: number, changes: number, out: Output): void {
    const { index } = this.table.orders[0]!;
    const { cursor } = this;
    const last = Math.min(offset, index.total(root)) - 1;
    let slot = index.select(root, last, cursor);
    for (let n = 0; slot >= 0 && n < changes; n++, slot = cursor.previous()) this.put(slot, 0, out);
  }

  /** The row is out at `place` from now on; 0: not at all. */
  private put(slot: number, place: number, out: Output): void {
    const places = this.rows.values;
    const before = places[slot]!;
    if (before === place) return;
    if (before > 0) this.results.add(slot, before, -1, out);
    if (place > 0) this.results.add(slot, place, 1, out);
    places[slot] = place;
    this.table.touch(slot);
  }

  /** Nothing that is behind the last place can come forward any more; what is emitted of it is readable until the epoch is over. */
  private forget(root: number, end: number): void {
    const { index } = this.table.orders[0]!;
    const surplus: number[] = [];
    for (let slot = index.select(root, end, this.cursor); slot >= 0; slot = this.cursor.next())
      surplus.push(slot);
    for (const slot of surplus) this.table.weigh(slot, -this.table.weights.values[slot]!);
  }
}
