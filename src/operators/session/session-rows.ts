// The rows of SESSION in state: a multiset by partition, ordered by time, and walking from a row to the session around it. Rows are of one
// session when each is less than the gap after the one before it, or at the same time.

import type { Column } from '../../data/column.ts';
import { isInfiniteTimestamp } from '../../data/time.ts';
import type { RowSchema } from '../../data/types.ts';
import type { Accumulator, AccumulatorKind } from '../../state/accumulator.ts';
import { ascending, rowProbe } from '../../state/order-code.ts';
import type { RowProbe } from '../../state/order-code.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import { RowTable } from '../../state/row-table.ts';
import { LIVE } from '../../state/slots.ts';
import { SlotList } from '../slot-list.ts';

export interface SessionShape {
  readonly fingerprint: string;
  /** The columns of the partition, then the time, then the others. */
  readonly schema: RowSchema;
  readonly partition: number;
  readonly gap: bigint;
  readonly payload: readonly AccumulatorKind[];
}

export class SessionRows {
  readonly table: RowTable;
  /** The session that `around` found, in order of time. */
  readonly members = new SlotList();
  private readonly shape: SessionShape;
  private readonly probe: RowProbe;
  private readonly cursor = new OrderedCursor();
  private readonly entry = new Int32Array(1);

  constructor(shape: SessionShape) {
    this.shape = shape;
    const order = [ascending(shape.partition)];
    this.table = new RowTable({
      fingerprint: shape.fingerprint,
      schema: shape.schema,
      distribution: shape.partition,
      key: shape.partition,
      payload: shape.payload,
      orders: [order],
      time: null,
    });
    this.probe = rowProbe(this.table.slots, shape.schema, order, 1);
  }

  payload<K extends AccumulatorKind>(at: number, kind: K): Extract<Accumulator, { kind: K }> {
    const found = this.table.payload[at];
    if (found?.kind !== kind) throw new Error(`payload ${at} is ${found?.kind}`);
    return found as Extract<Accumulator, { kind: K }>;
  }

  isLive(slot: number): boolean {
    return (this.table.slots.flags[slot]! & LIVE) !== 0;
  }

  time(slot: number): bigint {
    return this.times().values[slot]!;
  }

  private times(): Extract<Column, { layout: 'i64' }> {
    const times = this.table.slots.keys[this.shape.partition]!;
    if (times.layout !== 'i64') throw new Error('sessions are over timestamps');
    return times;
  }

  /** When the session that ends with this row does. */
  endBehind(slot: number): bigint {
    const time = this.time(slot);
    return isInfiniteTimestamp(time) ? time : time + this.shape.gap;
  }

  private together(before: number, after: number): boolean {
    const time = this.time(after);
    return time === this.time(before) || time < this.endBehind(before);
  }

  /** The first row of the slot's partition that is at its time or later; −1: none. The slot may be one that has left. */
  atOrAfter(slot: number): number {
    const { table } = this;
    table.find(table.slots.keys.slice(0, this.shape.partition), slot, slot + 1, this.entry);
    this.probe.set([this.times()], slot);
    const order = table.orders[0]!;
    return order.index.seek(order.root(this.entry[0]!), this.probe, this.cursor);
  }

  /** The row before that one. */
  before(slot: number): number {
    this.atOrAfter(slot);
    return this.cursor.previous();
  }

  /** Is there no row behind that belongs to the same session? */
  isLast(slot: number): boolean {
    let at = this.atOrAfter(slot);
    while (at >= 0 && this.time(at) === this.time(slot)) at = this.cursor.next();
    return at < 0 || !this.together(slot, at);
  }

  /** Finds the session of a live row: `members`. */
  around(slot: number): void {
    const { cursor, members } = this;
    let at = this.atOrAfter(slot);
    let first = at;
    for (at = cursor.previous(); at >= 0 && this.together(at, first); at = cursor.previous()) first = at;
    this.members.clear();
    at = cursor.next();
    for (let last = at; at >= 0 && this.together(last, at); at = cursor.next()) {
      members.addOne(at);
      last = at;
    }
  }
}
