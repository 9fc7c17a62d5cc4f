// Where a row leaves its task, or does not: the dataflow hands every batch that reaches an exchange to one of these, which passes on
// what stays here. A pipeline of one task has only the simplest kind.

import type { Batch } from '../data/batch.ts';
import type { ExchangeNode } from '../physical/graph.ts';

export interface Exchange {
  /** Calls `pass`, which reads at once, with the rows that stay in this task. The batch is lent. */
  push(batch: Batch, pass: (batch: Batch) => void): void;
}

/** All rows stay. */
export class PassingExchange implements Exchange {
  private readonly columns: readonly number[];
  private readonly picked: Batch;

  constructor(node: ExchangeNode) {
    this.columns = node.columns;
    this.picked = { schema: node.schema, rows: 0, columns: [], diffs: null };
  }

  push(batch: Batch, pass: (batch: Batch) => void): void {
    pickColumns(batch, this.columns, this.picked);
    pass(this.picked);
  }
}

/** `to` becomes the given columns of `from`; nothing is copied. */
export function pickColumns(from: Batch, columns: readonly number[], to: Batch): void {
  for (let c = 0; c < columns.length; c++) to.columns[c] = from.columns[columns[c]!]!;
  to.rows = from.rows;
  to.diffs = from.diffs;
}
