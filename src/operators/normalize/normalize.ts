// Operations by key become changes: the rows of a table by their primary key, at most one of each. Operations only change state;
// at the end of the epoch what left it and what entered it is emitted, so that a key that was set many times changes once.

import type { Batch } from '../../data/batch.ts';
import type { NormalizeNode } from '../../physical/graph.ts';
import { RowTable } from '../../state/row-table.ts';
import { LIVE } from '../../state/slots.ts';
import type { Operator, Output } from '../operator.ts';
import { RowEmitter } from '../row-emitter.ts';

/** As the decoder of a table's records has them. */
export const OPERATIONS = { set: 0, delete: 1, truncate: 2 } as const;

export class NormalizeOperator implements Operator {
  readonly table: RowTable;
  private readonly node: NormalizeNode;
  /** The row's columns in the table's order: the key comes first. */
  private readonly order: readonly number[];
  private readonly emitter: RowEmitter;
  private readonly entry = new Int32Array(1);
  private readonly slot = new Int32Array(1);

  constructor(node: NormalizeNode) {
    this.node = node;
    const { schema, key, fingerprint } = node;
    this.order = [...key, ...[...schema.keys()].filter((column) => !key.includes(column))];
    this.table = new RowTable({
      fingerprint,
      schema: this.order.map((column) => schema[column]!),
      distribution: key.length,
      key: key.length,
      payload: [],
      orders: [],
      time: null,
    });
    const places = [...schema.keys()].map((column) => this.order.indexOf(column));
    this.emitter = new RowEmitter(schema, this.table.slots, places);
  }

  push(batch: Batch): void {
    const { table, entry, slot } = this;
    const operations = batch.columns[this.node.operation]!;
    if (operations.layout !== 'i32') throw new Error('an operation is an integer');
    const columns = this.order.map((column) => batch.columns[column]!);
    const keys = columns.slice(0, this.node.key.length);
    for (let i = 0; i < batch.rows; i++) {
      const operation = operations.values[i]!;
      if (operation === OPERATIONS.truncate) {
        this.truncate();
        continue;
      }
      table.find(keys, i, i + 1, entry);
      const before = entry[0]! < 0 ? -1 : table.chains.heads[entry[0]!]!;
      if (before >= 0) table.weigh(before, -1);
      if (operation === OPERATIONS.set) table.apply(columns, null, i, i + 1, slot);
    }
  }

  private truncate(): void {
    const { slots } = this.table;
    for (let slot = 0; slot < slots.used; slot++)
      if ((slots.flags[slot]! & LIVE) !== 0) this.table.weigh(slot, -1);
  }

  endEpoch(out: Output): void {
    const { changes } = this.table;
    for (const slot of changes.gone()) this.emitter.emit(slot, -1, out);
    const { rows, n } = changes.rows();
    for (let i = 0; i < n; i++) this.emitter.emit(rows[i]!, 1, out);
    this.emitter.finish(out);
  }
}
