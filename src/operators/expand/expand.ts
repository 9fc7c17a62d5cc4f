// HOP and CUMULATE: a row goes on once for each window that its time falls in, with the window's bounds. Keeps nothing, so
// retractions pass as rows do.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { I64Column } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import { gatherBatch } from '../../data/gather.ts';
import type { RowSchema } from '../../data/types.ts';
import type { ExpandNode } from '../../physical/graph.ts';
import { describeRow } from '../describe-row.ts';
import type { Operator, Output } from '../operator.ts';
import type { ExpandLoop } from './expand-code.ts';
import { expandLoop, windowsOfARow } from './expand-code.ts';
import { oddWindows } from './odd-windows.ts';

/** Rows of an emitted batch, as far as one row's windows allow. */
const EMIT_ROWS = 4096;

export class ExpandOperator implements Operator {
  readonly source: string;
  private readonly node: ExpandNode;
  private readonly loop: ExpandLoop;
  private readonly room: number;
  private readonly index: Int32Array;
  private readonly starts: I64Column;
  private readonly ends: I64Column;
  private readonly startWords: Int32Array;
  private readonly endWords: Int32Array;
  private readonly done = new Int32Array(2);
  /** The columns of the input that are carried, chosen by row. */
  private readonly carried: Batch;
  private readonly output: Batch;

  constructor(node: ExpandNode, input: RowSchema) {
    this.node = node;
    const { run, source } = expandLoop(node.shape);
    this.loop = run;
    this.source = source;
    this.room = Math.max(EMIT_ROWS, windowsOfARow(node.shape));
    this.index = new Int32Array(this.room);
    this.starts = { layout: 'i64', values: new BigInt64Array(this.room), nulls: null };
    this.ends = { layout: 'i64', values: new BigInt64Array(this.room), nulls: null };
    this.startWords = wordsOf(this.starts.values);
    this.endWords = wordsOf(this.ends.values);
    this.carried = newBatch(
      node.gives.flatMap((what) => (typeof what === 'number' ? [input[what]!] : [])),
      this.room,
    );
    this.output = { schema: node.schema, rows: 0, columns: [], diffs: null };
  }

  push(batch: Batch, _port: number, out: Output): void {
    const time = batch.columns[this.node.time]!;
    if (time.layout !== 'i64') throw new Error('windows are over timestamps');
    const times = wordsOf(time.values);
    const odd = (row: number, n: number): number => this.odd(batch, time.values, row, n, out);
    const { index, startWords, endWords, done, room } = this;
    for (let from = 0; from < batch.rows; from = done[0]!) {
      this.loop(times, time.nulls, from, batch.rows, room, index, startWords, endWords, odd, done);
      if (done[1]! > 0) this.emit(batch, done[1]!, out);
    }
  }

  private odd(batch: Batch, times: BigInt64Array, row: number, from: number, out: Output): number {
    let n = from;
    try {
      oddWindows(times[row]!, this.node.shape, (start, end) => {
        this.index[n] = row;
        this.starts.values[n] = start;
        this.ends.values[n++] = end;
      });
      return n;
    } catch (failure) {
      if (!(failure instanceof RowFailure)) throw failure;
      const { sqlstate, message } = failure;
      const expression = this.node.label;
      const diff = batch.diffs === null ? 1 : batch.diffs[row]!;
      out.error({ sqlstate, message, expression, row: describeRow(batch, row) }, diff);
      return from;
    }
  }

  private emit(batch: Batch, n: number, out: Output): void {
    const { carried, output } = this;
    const columns = this.node.gives.flatMap((what) =>
      typeof what === 'number' ? [batch.columns[what]!] : [],
    );
    gatherBatch(
      { schema: carried.schema, rows: batch.rows, columns, diffs: batch.diffs },
      this.index,
      n,
      carried,
    );
    let at = 0;
    this.node.gives.forEach((what, c) => {
      output.columns[c] =
        what === 'start' ? this.starts : what === 'end' ? this.ends : carried.columns[at++]!;
    });
    output.rows = n;
    output.diffs = carried.diffs;
    out.push(output);
  }
}

function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
