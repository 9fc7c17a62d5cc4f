// An input as an operator keeps it: all its rows, chained by key. In the table the key columns come first; here columns are numbered
// as in the input.

import type { Batch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import type { AccumulatorKind } from '../state/accumulator.ts';
import type { OrderColumn } from '../state/order-code.ts';
import { RowTable } from '../state/row-table.ts';

export interface KeptRowsShape {
  readonly fingerprint: string;
  readonly schema: RowSchema;
  readonly keys: readonly number[];
  /** What the operator keeps per row; see RowTableShape. */
  readonly payload: readonly AccumulatorKind[];
  /** An order of the rows of a key. */
  readonly order?: readonly OrderColumn[];
  /** A column of time by which rows are freed. */
  readonly time?: number | null;
}

export class KeptRows {
  readonly table: RowTable;
  readonly schema: RowSchema;
  /** Columns of the input in the order of the table. */
  private readonly order: readonly number[];
  private readonly at: readonly number[];
  private readonly keys: readonly number[];
  private readonly row: Column[] = [];

  constructor(shape: KeptRowsShape) {
    const { schema, keys } = shape;
    const rest = [...schema.keys()].filter((column) => !keys.includes(column));
    this.schema = schema;
    this.keys = keys;
    this.order = [...keys, ...rest];
    this.at = [...schema.keys()].map((column) => this.order.indexOf(column));
    const order = shape.order?.map((by) => ({ ...by, column: this.at[by.column]! }));
    this.table = new RowTable({
      fingerprint: shape.fingerprint,
      schema: this.order.map((column) => schema[column]!),
      distribution: keys.length,
      key: keys.length,
      payload: shape.payload,
      orders: order === undefined ? [] : [order],
      time: typeof shape.time === 'number' ? this.at[shape.time]! : null,
    });
  }

  /** Adds rows `from … to` of a batch; `touched[i - from]` is where row i is kept. */
  add(batch: Batch, from: number, to: number, touched: Int32Array): void {
    for (let c = 0; c < this.order.length; c++) this.row[c] = batch.columns[this.order[c]!]!;
    this.table.apply(this.row, batch.diffs, from, to, touched);
  }

  /** The columns of the key, of a batch of this input. */
  keysOf(batch: Batch): readonly Column[] {
    return this.keys.map((key) => batch.columns[key]!);
  }

  /** Column `column` of the input, indexed by slot. */
  column(column: number): Column {
    return this.table.slots.keys[this.at[column]!]!;
  }

  /** Where column `column` of the input is in the table. */
  placeOf(column: number): number {
    return this.at[column]!;
  }

  /** The operator's first value per slot, where it keeps one. */
  get values(): Float64Array {
    return this.table.payload[0]!.values as Float64Array;
  }
}
