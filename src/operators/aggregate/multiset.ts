// The rows of each group, kept for what cannot be added up: least and greatest of changing input, DISTINCT, texts in order. One row
// table per set of columns that calls read; it tells which values came and went in an epoch, and gives rows in order.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { gatherBatch } from '../../data/gather.ts';
import type { RowSchema, SqlType } from '../../data/types.ts';
import { hasVariants } from '../../data/types.ts';
import type { AggregateMultiset, AggregateNode } from '../../physical/graph.ts';
import type { CompareSlots } from '../../state/order-code.ts';
import { ascending, orderComparison } from '../../state/order-code.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import { RowTable } from '../../state/row-table.ts';
import { KNOWN } from '../../state/slots.ts';

export class Multiset {
  readonly table: RowTable;
  private readonly inputs: readonly number[];
  private readonly columns: Column[] = [];
  private touched = new Int32Array(1024);
  /** Keys of the group, then the columns of the multiset: values that came and went. */
  private readonly moved: Batch;
  private readonly sameValue: CompareSlots | null;
  private readonly keys: number;
  private readonly cursor = new OrderedCursor();

  constructor(node: AggregateNode, input: RowSchema, multiset: AggregateMultiset) {
    const keys = node.keys.length;
    this.inputs = [...node.keys, ...multiset.columns];
    this.keys = keys;
    const schema = this.inputs.map((column) => input[column]!);
    const order = multiset.order?.map((by) => ({ ...by, column: keys + by.column }));
    const variants = schema.slice(0, keys + 1).some(({ type }) => hasVariants(type));
    this.table = new RowTable({
      fingerprint: multiset.fingerprint,
      schema,
      distribution: keys,
      key: keys,
      payload: [],
      orders: order === undefined ? [] : [order],
      ...(multiset.keepsNulls === true ? {} : { required: keys }),
      time: node.window?.endKey ?? null,
    });
    this.moved = newBatch(schema, 0);
    const byValue = Array.from({ length: keys + 1 }, (_, column) => ascending(column));
    this.sameValue = variants ? orderComparison(this.table.slots, schema, byValue) : null;
  }

  apply(batch: Batch): void {
    if (this.touched.length < batch.rows) this.touched = new Int32Array(batch.rows * 2);
    for (let c = 0; c < this.inputs.length; c++) this.columns[c] = batch.columns[this.inputs[c]!]!;
    this.table.apply(this.columns, batch.diffs, 0, batch.rows, this.touched);
  }

  /** The values (with the keys of their groups) that are in the multiset now and were not before the epoch (+1), or the reverse. */
  moves(): Batch {
    const { gone, come } = this.table.changes.moves();
    const slots: number[] = [];
    const diffs: number[] = [];
    const give = (slot: number, diff: number): void => {
      slots.push(slot);
      diffs.push(diff);
    };
    if (this.sameValue === null) {
      for (const slot of gone) give(slot, -1);
      for (const slot of come) give(slot, 1);
    } else {
      this.movedValues([...gone, ...come], this.sameValue, give);
    }
    const { shape, slots: all } = this.table;
    const from = { schema: shape.schema, rows: all.used, columns: all.keys, diffs: null };
    gatherBatch(from, Int32Array.from(slots), slots.length, this.moved);
    this.moved.diffs = Int32Array.from(diffs);
    return this.moved;
  }

  /**
   * Where one value may print in several ways, it is represented by the first of its rows in the order; a value whose first row is
   * another now moves as well.
   */
  private movedValues(
    changed: number[],
    same: CompareSlots,
    give: (slot: number, diff: number) => void,
  ): void {
    const compare = this.order.index.entries;
    changed.sort(compare);
    for (let from = 0; from < changed.length;) {
      let to = from + 1;
      while (to < changed.length && same(changed[from]!, changed[to]!) === 0) to++;
      const now = this.rowsOf(changed[from]!, same);
      const { flags } = this.table.slots;
      const isKnown = (slot: number): boolean => (flags[slot]! & KNOWN) !== 0;
      const before = [...now, ...changed.slice(from, to)].filter(isKnown).sort(compare);
      if (before[0] !== now[0]) {
        if (before[0] !== undefined) give(before[0], -1);
        if (now[0] !== undefined) give(now[0], 1);
      }
      from = to;
    }
  }

  /** The rows that are equal to a slot in group and value, in order. */
  private rowsOf(slot: number, same: CompareSlots): number[] {
    const entries = new Int32Array(1);
    this.table.find(this.table.slots.keys, slot, slot + 1, entries);
    const root = this.order.root(entries[0]!);
    const rows: number[] = [];
    let at = this.order.index.seek(root, { compare: (other) => same(other, slot) }, this.cursor);
    for (; at >= 0 && same(at, slot) === 0; at = this.cursor.next()) rows.push(at);
    return rows;
  }

  private get order() {
    const [order] = this.table.orders;
    if (order === undefined) throw new Error(`${this.table.fingerprint} has no order`);
    return order;
  }

  /** The trees of groups: `roots[i]` for the group whose key is in row i of `keys`. */
  roots(keys: readonly Column[], n: number): Int32Array {
    const entries = new Int32Array(n);
    this.table.find(keys, 0, n, entries);
    return entries.map((entry) => this.order.root(entry));
  }

  get index() {
    return this.order.index;
  }

  /** A column of the multiset, by slot. */
  column(index: number): Column {
    return this.table.slots.keys[this.placeOf(index)]!;
  }

  type(index: number): SqlType {
    return this.table.shape.schema[this.placeOf(index)]!.type;
  }

  /** Where the row table has a column of the multiset. */
  placeOf(index: number): number {
    return this.keys + index;
  }

  expire(through: bigint): void {
    this.table.expire(this.table.expired(through), through);
  }
}
