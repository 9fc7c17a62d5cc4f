// The rows that an aggregate emits: for each changed group what it was (−1) and what it is (+1), and nothing when both print the
// same. A result that fails becomes an error of its group in place of the row.

import type { Batch } from '../../data/batch.ts';
import { newBatch, reserve } from '../../data/batch.ts';
import { RowFailure } from '../../data/failure.ts';
import type { AggregateNode } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { copyCell, identicalCells, newArena, resetArena } from '../../state/cells.ts';
import type { KeyedTable } from '../../state/keyed-table.ts';
import { describeRow } from '../describe-row.ts';
import type { Output, RowError } from '../operator.ts';
import type { KeptCall } from './aggregate-calls.ts';

/** Rows per emitted batch: bounds the memory of an epoch that changes very many groups. */
const MAX_ROWS = 8192;

interface Result {
  readonly call: KeptCall;
  /** The call's accumulators among those of the table, as they are, and as they were at the start of the epoch. */
  readonly current: readonly Accumulator[];
  readonly before: readonly Accumulator[];
}

export class GroupRows {
  private readonly node: AggregateNode;
  private readonly table: KeyedTable;
  private readonly results: readonly Result[];
  private readonly batch: Batch;
  private readonly diffs = new Int32Array(MAX_ROWS);

  constructor(node: AggregateNode, table: KeyedTable, calls: readonly KeptCall[]) {
    this.node = node;
    this.table = table;
    this.results = calls.map((call) => ({
      call,
      current: table.slots.accumulators.slice(call.at, call.at + call.kinds.length),
      before: table.old.slice(call.at, call.at + call.kinds.length),
    }));
    this.batch = newBatch(node.schema, 0);
    reserve(this.batch, MAX_ROWS);
    for (const column of this.batch.columns) newArena(column);
  }

  /** Place `d` among the changed slots of the epoch. */
  changed(slot: number, d: number, was: boolean, is: boolean, out: Output): void {
    if (this.batch.rows + 2 > MAX_ROWS) this.flush(out);
    const old = was && this.add(slot, true, d, -1, out);
    const now = is && this.add(slot, false, slot, 1, out);
    if (old && now && this.lastTwoAreIdentical()) this.batch.rows -= 2;
  }

  /** The one row of a group whose window has closed. */
  closed(slot: number, out: Output): void {
    if (this.batch.rows + 1 > MAX_ROWS) this.flush(out);
    this.add(slot, false, slot, 1, out);
  }

  flush(out: Output): void {
    this.batch.diffs = this.node.appendOnly ? null : this.diffs;
    if (this.batch.rows > 0) out.push(this.batch);
    this.batch.rows = 0;
    for (const column of this.batch.columns) resetArena(column);
  }

  private lastTwoAreIdentical(): boolean {
    const { rows, columns } = this.batch;
    for (let c = this.node.keys.length; c < columns.length; c++)
      if (!identicalCells(columns[c]!, rows - 2, rows - 1)) return false;
    return true;
  }

  /** Says whether the row is there: it is not when a result fails. */
  private add(slot: number, before: boolean, entry: number, diff: number, out: Output): boolean {
    const row = this.batch.rows;
    const keys = this.node.keys.length;
    for (let k = 0; k < keys; k++) copyCell(this.table.slots.keys[k]!, slot, this.batch.columns[k]!, row);
    for (let j = 0; j < this.results.length; j++) {
      const { call, current, before: old } = this.results[j]!;
      try {
        call.write(before ? old : current, entry, this.batch.columns[keys + j]!, row);
      } catch (failure) {
        if (!(failure instanceof RowFailure)) throw failure;
        out.error(this.failure(failure, slot, j), diff);
        return false;
      }
    }
    this.diffs[row] = diff;
    this.batch.rows = row + 1;
    return true;
  }

  private failure(failure: RowFailure, slot: number, call: number): RowError {
    const group = { schema: this.node.schema, rows: 0, columns: this.table.slots.keys, diffs: null };
    return {
      sqlstate: failure.sqlstate,
      message: failure.message,
      expression: this.node.schema[this.node.keys.length + call]!.name,
      row: describeRow(group, slot),
    };
  }
}
