// The rows of SESSION in state: a multiset by partition, ordered by time, and walking from a row to the session around it. Rows are of one
// session when each is less than the gap after the one before it, or at the same time. A partition is an entry of the table's chains.

import type { Column } from '../../data/column.ts';
import { isInfiniteTimestamp } from '../../data/time.ts';
import type { RowSchema } from '../../data/types.ts';
import type { Accumulator, AccumulatorKind } from '../../state/accumulator.ts';
import { words } from '../../state/key-functions.ts';
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

/** High words of times whose differences are told in doubles: those of some 1,100 years around 1970, exact to the microsecond. */
const NEAR = 1 << 23;
const WORD = 2 ** 32;

export class SessionRows {
  readonly table: RowTable;
  /** The session that was found, in order of time. */
  readonly members = new SlotList();
  private readonly shape: SessionShape;
  /** The gap as a double; 0 when it is not exact. */
  private readonly gap: number;
  private readonly probe: RowProbe;
  private readonly cursor = new OrderedCursor();
  private readonly entry = new Int32Array(1);
  /** The times and their words. */
  private values: BigInt64Array | null = null;
  private halves: Int32Array = new Int32Array(0);

  constructor(shape: SessionShape) {
    this.shape = shape;
    this.gap = shape.gap < Number.MAX_SAFE_INTEGER ? Number(shape.gap) : 0;
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

  /** The partition of a row, or of one that has left in this epoch. */
  partitionOf(slot: number): number {
    return this.table.chains.entryOf[slot]!;
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

  /** Is a row of the same session as the one before it? */
  private together(before: number, after: number): boolean {
    const { values } = this.times();
    if (this.values !== values) this.halves = words((this.values = values));
    const [b, a] = [this.halves[2 * before + 1]!, this.halves[2 * after + 1]!];
    if (this.gap === 0 || b < -NEAR || b >= NEAR || a < -NEAR || a >= NEAR)
      return this.areTogether(before, after);
    const apart = (a - b) * WORD + ((this.halves[2 * after]! >>> 0) - (this.halves[2 * before]! >>> 0));
    return apart < this.gap;
  }

  /** The same for times of any size, infinite ones among them. */
  private areTogether(before: number, after: number): boolean {
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

  /** The first row of a partition; −1: it has none. */
  first(partition: number): number {
    const order = this.table.orders[0]!;
    return order.index.first(order.root(partition), this.cursor);
  }

  /** The last row of the session of a live row. */
  lastFrom(slot: number): number {
    this.find(slot);
    let last = slot;
    for (let at = this.cursor.next(); at >= 0 && this.together(last, at); at = this.cursor.next()) last = at;
    return last;
  }

  /** Finds the session of a live row: `members`. */
  around(slot: number): void {
    const { cursor } = this;
    this.find(slot);
    let first = slot;
    for (let at = cursor.previous(); at >= 0 && this.together(at, first); at = cursor.previous()) first = at;
    cursor.next();
    this.collect(first);
  }

  /** Finds the session that starts with a row, on which the cursor is: `members`. */
  collect(first: number): void {
    const { cursor, members } = this;
    members.clear();
    members.addOne(first);
    let last = first;
    for (let at = cursor.next(); at >= 0 && this.together(last, at); at = cursor.next()) {
      members.addOne(at);
      last = at;
    }
  }

  private find(slot: number): void {
    const order = this.table.orders[0]!;
    order.index.at(order.root(this.partitionOf(slot)), slot, this.cursor);
  }
}
