// GROUP BY over append-only input. Every group is a slot; a row adds to its accumulators in one generated loop. At the end of
// the epoch each changed group emits its old row (−1) and its new row (+1), or, on window close, its one row when the
// watermark reaches the end of its window, which then frees the slot.

import type { Batch } from '../../data/batch.ts';
import { newBatch, reserve } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import type { RowSchema } from '../../data/types.ts';
import { isTree, layoutOf } from '../../data/types.ts';
import type { AggregateNode } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { copyCell, newArena, resetArena } from '../../state/cells.ts';
import { KeyedTable } from '../../state/keyed-table.ts';
import { DIRTY, KNOWN, LIVE, liveSlots } from '../../state/slots.ts';
import { describeRow } from '../describe-row.ts';
import type { Operator, Output } from '../operator.ts';
import type { CallCode } from './call-code.ts';
import { callCode } from './call-code.ts';
import type { ResultWriter } from './call-result.ts';
import { resultWriter } from './call-result.ts';
import type { AggregateKernel } from './update-code.ts';
import { aggregateKernel } from './update-code.ts';

/** Groups per emitted batch: bounds the memory of an epoch that changes very many. */
const EMIT_ROWS = 4096;
const NEVER = -(2n ** 63n);

interface Result {
  readonly write: ResultWriter;
  /** The call's accumulators among those of the table, as they are, and as they were at the start of the epoch. */
  readonly current: readonly Accumulator[];
  readonly before: readonly Accumulator[];
}

export class AggregateOperator implements Operator {
  readonly table: KeyedTable;
  readonly kernel: AggregateKernel;
  private readonly node: AggregateNode;
  private readonly results: readonly Result[];
  private readonly output: Batch;
  private readonly keyColumns: Column[] = [];
  private through = NEVER;

  constructor(node: AggregateNode, input: RowSchema) {
    this.node = node;
    const calls = node.calls.map((call, j) =>
      callCode(j, call.fn, call.arg === null ? null : layoutOf(input[call.arg]!.type), call.arg ?? 0),
    );
    const keySchema = node.keys.map((key) => input[key]!);
    this.kernel = aggregateKernel(
      keySchema.map((field) => ({
        layout: layoutOf(field.type),
        tree: isTree(field.type),
        nullable: field.nullable,
      })),
      calls,
      node.window?.onClose !== true,
    );
    this.table = new KeyedTable(
      {
        fingerprint: node.fingerprint,
        keySchema,
        accumulators: calls.flatMap((call) => call.kinds),
        windowEnd: node.window?.endKey ?? null,
        keepOld: node.window?.onClose !== true,
      },
      (table, keys, i, make) => this.kernel.locate(table, keys, i, make),
    );
    this.results = resultsOf(node, input, calls, this.table);
    this.output = newBatch(node.schema, EMIT_ROWS * 2);
    for (const column of this.output.columns) newArena(column);
  }

  push(batch: Batch): void {
    if (batch.diffs !== null) throw new Error('aggregate over append-only input was given retractions');
    for (let k = 0; k < this.node.keys.length; k++) this.keyColumns[k] = batch.columns[this.node.keys[k]!]!;
    this.kernel.update(this.table, this.keyColumns, batch.columns, batch.rows);
  }

  watermark(micros: bigint): void {
    this.through = micros;
  }

  nextClose(): bigint | null {
    return this.node.window === null ? null : this.table.nextExpiry();
  }

  endEpoch(out: Output): void {
    if (this.node.keys.length === 0 && liveSlots(this.table.slots) === 0) this.startGlobal();
    if (this.node.window?.onClose !== true) this.emitChanges(out);
    if (this.node.window === null) return;
    const closed = this.table.expired(this.through);
    if (this.node.window.onClose) this.emitClosed(closed, out);
    this.table.expire(closed, this.through);
  }

  /** GROUP BY nothing has one group, also over no rows. */
  private startGlobal(): void {
    const slot = this.kernel.locate(this.table, [], 0, true);
    this.table.slots.flags[slot] = LIVE | DIRTY;
    this.table.mark(slot);
  }

  private emitChanges(out: Output): void {
    const { table } = this;
    const { dirty, changed } = table.changes;
    for (let from = 0; from < changed; from += EMIT_ROWS) {
      const to = Math.min(changed, from + EMIT_ROWS);
      const diffs = this.begin((to - from) * 2);
      for (let d = from; d < to; d++) {
        const slot = dirty[d]!;
        const flags = table.slots.flags[slot]!;
        if ((flags & LIVE) === 0) continue;
        if ((flags & KNOWN) !== 0) this.emit(slot, true, d, -1, diffs, out);
        this.emit(slot, false, slot, 1, diffs, out);
      }
      this.finish(diffs, out);
    }
  }

  private emitClosed(slots: readonly number[], out: Output): void {
    for (let from = 0; from < slots.length; from += EMIT_ROWS) {
      const part = slots.slice(from, from + EMIT_ROWS);
      this.begin(part.length);
      for (const slot of part) this.emit(slot, false, slot, 1, null, out);
      this.finish(null, out);
    }
  }

  private begin(capacity: number): Int32Array {
    reserve(this.output, capacity);
    this.output.rows = 0;
    for (const column of this.output.columns) resetArena(column);
    return new Int32Array(capacity);
  }

  private finish(diffs: Int32Array | null, out: Output): void {
    this.output.diffs = diffs;
    if (this.output.rows > 0) out.push(this.output);
  }

  /** Adds the row of a group; a result that fails becomes an error of the group in place of its row. */
  private emit(
    slot: number,
    before: boolean,
    entry: number,
    diff: number,
    diffs: Int32Array | null,
    out: Output,
  ): void {
    const row = this.output.rows;
    const keys = this.node.keys.length;
    for (let k = 0; k < keys; k++) copyCell(this.table.slots.keys[k]!, slot, this.output.columns[k]!, row);
    for (let j = 0; j < this.results.length; j++) {
      const result = this.results[j]!;
      try {
        result.write(before ? result.before : result.current, entry, this.output.columns[keys + j]!, row);
      } catch (failure) {
        if (!(failure instanceof RowFailure)) throw failure;
        out.error(this.failure(failure, slot, j), diff);
        return;
      }
    }
    if (diffs !== null) diffs[row] = diff;
    this.output.rows = row + 1;
  }

  private failure(failure: RowFailure, slot: number, call: number) {
    const group = { schema: this.node.schema, rows: 0, columns: this.table.slots.keys, diffs: null };
    return {
      sqlstate: failure.sqlstate,
      message: failure.message,
      expression: this.node.schema[this.node.keys.length + call]!.name,
      row: describeRow(group, slot),
    };
  }
}

function resultsOf(
  node: AggregateNode,
  input: RowSchema,
  calls: readonly CallCode[],
  table: KeyedTable,
): Result[] {
  let at = 0;
  return node.calls.map((call, j) => {
    const from = at;
    at += calls[j]!.kinds.length;
    const argument = call.arg === null ? null : layoutOf(input[call.arg]!.type);
    return {
      write: resultWriter(call.fn, argument),
      current: table.slots.accumulators.slice(from, at),
      before: table.old.slice(from, at),
    };
  });
}
