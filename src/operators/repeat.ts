// Each row as often as its count says, numbered from 1: what unnest, generate_series and INTERSECT ALL are made of. Keeps
// nothing: a row that leaves takes its copies along.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { I64Column } from '../data/column.ts';
import { gatherBatch } from '../data/gather.ts';
import type { RowSchema } from '../data/types.ts';
import type { RepeatNode } from '../physical/graph.ts';
import type { Operator, Output } from './operator.ts';

/** Rows of an emitted batch. */
const EMIT_ROWS = 4096;
/** What an Int32 can number. */
const MOST = 2n ** 31n - 1n;

export class RepeatOperator implements Operator {
  private readonly node: RepeatNode;
  private readonly index = new Int32Array(EMIT_ROWS);
  private readonly ordinals: I64Column;
  /** Their 32-bit words, so that no BigInt is made of a number. */
  private readonly words: Int32Array;
  /** The columns of the input that are carried, chosen by row. */
  private readonly carried: Batch;
  private readonly output: Batch;

  constructor(node: RepeatNode, input: RowSchema) {
    this.node = node;
    const values = new BigInt64Array(EMIT_ROWS);
    this.ordinals = { layout: 'i64', values, nulls: null };
    this.words = new Int32Array(values.buffer);
    this.carried = newBatch(
      node.gives.flatMap((what) => (typeof what === 'number' ? [input[what]!] : [])),
      EMIT_ROWS,
    );
    this.output = { schema: node.schema, rows: 0, columns: [], diffs: null };
  }

  push(batch: Batch, _port: number, out: Output): void {
    const counts = batch.columns[this.node.count]!;
    if (counts.layout !== 'i64') throw new Error('rows are repeated by a bigint');
    const { values, nulls } = counts;
    let n = 0;
    for (let row = 0; row < batch.rows; row++) {
      if (nulls !== null && nulls[row] === 1) continue;
      const count = values[row]!;
      if (count > MOST) throw new Error(`a row cannot be repeated ${count} times`);
      for (let k = 1, last = Number(count); k <= last; k++) {
        this.index[n] = row;
        this.words[2 * n] = k;
        n++;
        if (n < EMIT_ROWS) continue;
        this.emit(batch, n, out);
        n = 0;
      }
    }
    if (n > 0) this.emit(batch, n, out);
  }

  private emit(batch: Batch, n: number, out: Output): void {
    const { carried, output } = this;
    const columns = this.node.gives.flatMap((what) =>
      typeof what === 'number' ? [batch.columns[what]!] : [],
    );
    const rows = { schema: carried.schema, rows: batch.rows, columns, diffs: batch.diffs };
    gatherBatch(rows, this.index, n, carried);
    let at = 0;
    this.node.gives.forEach((what, c) => {
      output.columns[c] = what === 'ordinal' ? this.ordinals : carried.columns[at++]!;
    });
    output.rows = n;
    output.diffs = carried.diffs;
    out.push(output);
  }
}
