// GROUP BY. Every group is a slot; a row adds to its accumulators in one generated loop, or takes away from them where input may leave
// again. At the end of the epoch each changed group emits its old row (−1) and its new row (+1), or, on window close, its one row
// when the watermark reaches the end of its window, which then frees the slot. What cannot be added up is computed from
// multisets of the group's rows.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { gatherBatch } from '../../data/gather.ts';
import type { RowSchema } from '../../data/types.ts';
import { isTree, layoutOf } from '../../data/types.ts';
import type { AggregateNode } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { KeyedTable } from '../../state/keyed-table.ts';
import { DIRTY, KNOWN, LIVE, liveSlots } from '../../state/slots.ts';
import type { StateTable } from '../../state/state-table.ts';
import type { Operator, Output } from '../operator.ts';
import type { OrderedResult } from './accumulated.ts';
import { GROUP_ROWS, keptCalls } from './aggregate-calls.ts';
import type { KeptCall } from './aggregate-calls.ts';
import { GroupRows } from './group-rows.ts';
import { Multiset } from './multiset.ts';
import { orderedResult } from './ordered-results.ts';
import type { AggregateKernel, LoopCall } from './update-code.ts';
import { aggregateKernel } from './update-code.ts';

const NEVER = -(2n ** 63n);

/** Values that come and go, added to the groups by a loop of their own. */
interface DistinctLoop {
  readonly multiset: Multiset;
  readonly kernel: AggregateKernel;
}

interface OrderedCall {
  readonly multiset: Multiset;
  readonly result: OrderedResult;
  readonly accumulators: readonly Accumulator[];
}

export class AggregateOperator implements Operator {
  readonly table: KeyedTable;
  readonly multisets: readonly Multiset[];
  readonly kernel: AggregateKernel;
  private readonly node: AggregateNode;
  private readonly distinct: readonly DistinctLoop[];
  private readonly ordered: readonly OrderedCall[];
  private readonly rows: GroupRows;
  private readonly keyColumns: Column[] = [];
  /** Keys of changed groups, to look them up in the multisets. */
  private readonly groups: Batch;
  private through = NEVER;

  constructor(node: AggregateNode, input: RowSchema) {
    this.node = node;
    const { calls, kinds, loop } = keptCalls(node, input);
    const keySchema = node.keys.map((key) => input[key]!);
    const keepOld = node.window?.onClose !== true;
    const kernel = (loopCalls: readonly LoopCall[], weighted: boolean): AggregateKernel =>
      aggregateKernel({
        keys: keySchema.map(({ type, nullable }) => ({
          layout: layoutOf(type),
          tree: isTree(type),
          nullable,
        })),
        accumulators: kinds,
        calls: loopCalls,
        keepOld: keepOld && kinds.length > 0,
        weighted,
      });
    this.kernel = kernel(loop, node.retracts);
    this.table = new KeyedTable(
      {
        fingerprint: node.fingerprint,
        keySchema,
        accumulators: kinds,
        windowEnd: node.window?.endKey ?? null,
        keepOld,
      },
      (table, keys, from, to, make, found) => this.kernel.locate(table, keys, from, to, make, found),
    );
    this.multisets = node.multisets.map((multiset) => new Multiset(node, input, multiset));
    this.distinct = this.multisets.flatMap((multiset, m) => {
      const loops = calls.flatMap(({ call, keeping }) =>
        keeping.by === 'values' && call.multiset === m ? [keeping.loop] : [],
      );
      return loops.length === 0 ? [] : [{ multiset, kernel: kernel(loops, true) }];
    });
    this.ordered = calls.flatMap((kept) => (kept.keeping.by === 'order' ? [this.orderedCall(kept)] : []));
    this.rows = new GroupRows(node, this.table, calls);
    this.groups = newBatch(keySchema, 0);
  }

  private orderedCall({ call, at, kinds }: KeptCall): OrderedCall {
    const multiset = this.multisets[call.multiset!]!;
    const accumulators = this.table.slots.accumulators.slice(at, at + kinds.length);
    return { multiset, result: orderedResult(call, multiset), accumulators };
  }

  /** All that it keeps. */
  get tables(): readonly StateTable[] {
    return [this.table, ...this.multisets.map(({ table }) => table)];
  }

  push(batch: Batch): void {
    if (batch.diffs !== null && !this.node.retracts)
      throw new Error('aggregate over append-only input was given retractions');
    for (let k = 0; k < this.node.keys.length; k++) this.keyColumns[k] = batch.columns[this.node.keys[k]!]!;
    this.kernel.update(this.table, this.keyColumns, batch.columns, batch.rows, batch.diffs);
    for (const multiset of this.multisets) multiset.apply(batch);
  }

  watermark(micros: bigint): void {
    this.through = micros;
  }

  nextClose(): bigint | null {
    return this.node.window === null ? null : this.table.nextExpiry();
  }

  endEpoch(out: Output): void {
    const { node, table } = this;
    if (node.keys.length === 0 && liveSlots(table.slots) === 0) this.startGlobal();
    for (const { multiset, kernel } of this.distinct) this.addMoved(multiset.moves(), kernel);
    const onClose = node.window?.onClose === true;
    if (!onClose) {
      this.look(table.changes.dirty, table.changes.changed);
      this.emitChanges(out);
    }
    this.removeEmpty();
    if (node.window === null) return;
    const closed = table.expired(this.through);
    if (onClose) {
      this.look(Int32Array.from(closed), closed.length);
      for (const slot of closed) this.rows.closed(slot, out);
      this.rows.flush(out);
    }
    table.expire(closed, this.through);
    for (const multiset of this.multisets) multiset.expire(this.through);
  }

  /** GROUP BY nothing has one group, also over no rows. */
  private startGlobal(): void {
    const slot = this.table.locate([], 0, true);
    this.table.slots.flags[slot] = LIVE | DIRTY;
    this.table.mark(slot);
  }

  private addMoved(moved: Batch, kernel: AggregateKernel): void {
    const keys = moved.columns.slice(0, this.node.keys.length);
    kernel.update(this.table, keys, moved.columns, moved.rows, moved.diffs);
  }

  /** Reads off ordered rows what calls are of these groups. */
  private look(slots: Int32Array, n: number): void {
    if (this.ordered.length === 0 || n === 0) return;
    const { keySchema, keys, used } = this.table.slots;
    gatherBatch({ schema: keySchema, rows: used, columns: keys, diffs: null }, slots, n, this.groups);
    for (const multiset of new Set(this.ordered.map((call) => call.multiset))) {
      const roots = multiset.roots(this.groups.columns, n);
      for (const call of this.ordered) {
        if (call.multiset !== multiset) continue;
        for (let i = 0; i < n; i++) call.result(roots[i]!, call.accumulators, slots[i]!);
      }
    }
  }

  private emitChanges(out: Output): void {
    const { dirty, changed } = this.table.changes;
    for (let d = 0; d < changed; d++) {
      const slot = dirty[d]!;
      const was = (this.table.slots.flags[slot]! & KNOWN) !== 0;
      this.rows.changed(slot, d, was, this.hasRows(slot), out);
    }
    this.rows.flush(out);
  }

  private hasRows(slot: number): boolean {
    if (!this.node.retracts || this.node.keys.length === 0) return true;
    return this.table.slots.accumulators[GROUP_ROWS]!.values[slot] !== 0;
  }

  /** A group goes with its last row. */
  private removeEmpty(): void {
    if (!this.node.retracts) return;
    const { dirty, changed } = this.table.changes;
    for (let d = 0; d < changed; d++) {
      const slot = dirty[d]!;
      if ((this.table.slots.accumulators[GROUP_ROWS]!.values[slot] as number) < 0)
        throw new Error(`${this.node.fingerprint}: a group has lost more rows than it had`);
      if (!this.hasRows(slot)) this.table.remove(slot);
    }
  }
}
