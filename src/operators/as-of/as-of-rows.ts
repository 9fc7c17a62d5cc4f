// The two sides of an as-of join in state, each ordered by time within a key, and the way from one to the other. Orders are turned
// where the partner is the row that follows: then, too, the partner is the last right row that is not behind the left one.

import type { RowSchema } from '../../data/types.ts';
import type { AsOfNode } from '../../physical/graph.ts';
import type { OrderColumn, Probe, RowProbe } from '../../state/order-code.ts';
import { rowProbe } from '../../state/order-code.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import { KeptRows } from '../kept-rows.ts';

export class AsOfRows {
  readonly left: KeptRows;
  readonly right: KeptRows;
  private readonly node: AsOfNode;
  private readonly cursor = new OrderedCursor();
  /** Walks while partners are looked for. */
  private readonly walk = new OrderedCursor();
  private readonly entry = new Int32Array(1);
  /** A place among the right rows: at a left row's time; at a right row itself. */
  private readonly partnerAt: RowProbe;
  private readonly rightAt: RowProbe;
  /** A place among the left rows: at a right row's time. */
  private readonly leftAt: RowProbe;

  constructor(node: AsOfNode, left: RowSchema, right: RowSchema) {
    this.node = node;
    const by = (column: number): OrderColumn => ({
      column,
      descending: !node.before,
      nullsFirst: !node.before,
    });
    const shape = (schema: RowSchema, isLeft: boolean) => ({
      fingerprint: `${node.fingerprint}-${isLeft ? 'left' : 'right'}`,
      schema,
      keys: isLeft ? node.leftKeys : node.rightKeys,
      payload: [],
    });
    const order = [node.rightTime, ...node.rightOrder].map(by);
    this.left = new KeptRows({
      ...shape(left, true),
      order: [by(node.leftTime)],
      time: node.frees.left === null ? null : node.leftTime,
    });
    this.right = new KeptRows({ ...shape(right, false), order });
    const probe = (side: KeptRows, width: number): RowProbe => {
      const { slots, shape, orders } = side.table;
      return rowProbe(slots, shape.schema, orders[0]!.columns, width);
    };
    this.partnerAt = probe(this.right, 1);
    this.rightAt = probe(this.right, order.length);
    this.leftAt = probe(this.left, 1);
  }

  /** The nearest right row of a left one, which may be one that has left; −1: none. */
  partnerOf(slot: number): number {
    const { left, right, node, cursor } = this;
    const { index } = right.table.orders[0]!;
    this.partnerAt.set([left.column(node.leftTime)], slot);
    const at: Probe = node.inclusive ? behind(this.partnerAt) : this.partnerAt;
    index.seek(this.rightRoot(left, slot), at, cursor);
    return cursor.previous();
  }

  /** The right row before one that is there; −1: none. */
  beforeRight(slot: number): number {
    this.seekRight(slot);
    return this.cursor.previous();
  }

  /** Calls `take` with the left rows that have a right row as partner, or had it before it left. */
  forEachPartner(slot: number, take: (left: number) => void): void {
    const { left, right, node, walk } = this;
    const found = this.seekRight(slot);
    const next = found === slot ? this.cursor.next() : found;
    const times = [right.column(node.rightTime)];
    const { table } = left;
    const { index } = table.orders[0]!;
    this.leftAt.set(times, slot);
    const from: Probe = node.inclusive ? this.leftAt : behind(this.leftAt);
    let at = index.seek(this.leftRoot(slot), from, walk);
    if (next >= 0) this.leftAt.set(times, next);
    for (; at >= 0; at = walk.next()) {
      if (next >= 0 && this.isBehind(this.leftAt.compare(at))) return;
      take(at);
    }
  }

  /** Is a left row, compared with the time of the next right row, one of that row? */
  private isBehind(order: number): boolean {
    return this.node.inclusive ? order >= 0 : order > 0;
  }

  /** Sets the cursor to a right row, or where it was; gives the row there. */
  private seekRight(slot: number): number {
    const { right, node } = this;
    this.rightAt.set(
      [node.rightTime, ...node.rightOrder].map((column) => right.column(column)),
      slot,
    );
    return right.table.orders[0]!.index.seek(this.rightRoot(right, slot), this.rightAt, this.cursor);
  }

  private rightRoot(of: KeptRows, slot: number): number {
    return this.rootOf(this.right, of, slot);
  }

  private leftRoot(rightSlot: number): number {
    return this.rootOf(this.left, this.right, rightSlot);
  }

  /** The tree of one side for the key of a row of either. */
  private rootOf(side: KeptRows, of: KeptRows, slot: number): number {
    const { table } = side;
    table.find(of.table.slots.keys.slice(0, this.node.leftKeys.length), slot, slot + 1, this.entry);
    return table.orders[0]!.root(this.entry[0]!);
  }
}

/** Right behind the rows that are at a probe's place. */
function behind(probe: Probe): Probe {
  return { compare: (slot) => (probe.compare(slot) <= 0 ? -1 : 1) };
}
