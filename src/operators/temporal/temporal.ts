// Rows that enter and leave as time passes: now() in WHERE and HAVING. A row waits in state until it enters and stays there until it
// leaves; then it is freed, and so is one that has entered for good. What comes back of such rows (a retraction) is decided by
// its times alone. At the end of an epoch its time decides about every row that changed or whose time has come.
//
//     stored ──enters──▶ shown ──leaves──▶ freed
//        └ never leaves: ──enters──▶ freed, and passed on from then on

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { gatherBatch } from '../../data/gather.ts';
import { TIMESTAMP_INFINITY, TIMESTAMP_MINUS_INFINITY } from '../../data/time.ts';
import type { RowSchema } from '../../data/types.ts';
import { TIMESTAMPTZ } from '../../data/types.ts';
import type { TemporalNode } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { Expiry, NO_END } from '../../state/expiry.ts';
import { RowTable } from '../../state/row-table.ts';
import { LIVE, liveSlots } from '../../state/slots.ts';
import type { Operator, Output } from '../operator.ts';
import { RowEmitter } from '../row-emitter.ts';
import { SlotList } from '../slot-list.ts';
import { ClockBounds } from './clock-bounds.ts';

export class TemporalOperator implements Operator {
  readonly table: RowTable;
  private readonly node: TemporalNode;
  private readonly bounds: ClockBounds;
  /** The input's columns in the table's order: those that say the task come first. */
  private readonly order: readonly number[];
  private readonly emitter: RowEmitter;
  /** What was emitted of each row. */
  private readonly shown: Extract<Accumulator, { kind: 'f64' }>;
  /** Stored rows that enter and leave, by when they enter. */
  private readonly entering: Expiry;
  private known = false;
  private readonly changed = new SlotList();
  private readonly passing: Batch;
  private readonly storing: Batch;
  private chosen = new Int32Array(0);
  private stored = new Int32Array(0);
  private touched = new Int32Array(0);
  private times = [new BigInt64Array(0), new BigInt64Array(0)] as const;
  private last = TIMESTAMP_MINUS_INFINITY;

  constructor(node: TemporalNode, distribution: readonly number[]) {
    this.node = node;
    const { schema } = node;
    const rest = [...schema.keys()].filter((column) => !distribution.includes(column));
    this.order = [...distribution, ...rest];
    this.bounds = new ClockBounds(node.conditions);
    const row = this.order.map((column) => schema[column]!);
    this.table = new RowTable({
      fingerprint: node.fingerprint,
      schema: [...row, ...TIMES],
      distribution: distribution.length,
      key: distribution.length,
      payload: ['f64'],
      orders: [],
      time: schema.length + 1,
    });
    this.shown = shownOf(this.table);
    const places = [...schema.keys()].map((column) => this.order.indexOf(column));
    this.emitter = new RowEmitter(schema, this.table.slots, places);
    this.entering = new Expiry({ endOf: (slot) => (this.leavesAgain(slot) ? this.enters(slot) : NO_END) });
    this.passing = newBatch(schema, 0);
    this.storing = newBatch(row, 0);
  }

  push(batch: Batch, _port: number, out: Output): void {
    const { bounds } = this;
    bounds.compute(batch);
    this.reserve(batch.rows);
    let passed = 0;
    let kept = 0;
    for (let i = 0; i < batch.rows; i++) {
      const enters = bounds.enters[i]!;
      const leaves = bounds.leaves[i]!;
      if (enters === leaves || leaves <= this.last) continue;
      if (leaves === TIMESTAMP_INFINITY && enters <= this.last) {
        this.chosen[passed++] = i;
        continue;
      }
      this.times[0][kept] = enters;
      // What is freed when: one that never leaves, when it enters.
      this.times[1][kept] = leaves === TIMESTAMP_INFINITY ? enters : leaves;
      this.stored[kept++] = i;
    }
    if (passed > 0) this.pass(batch, passed, out);
    if (kept > 0) this.store(batch, kept);
  }

  private reserve(rows: number): void {
    if (this.chosen.length >= rows) return;
    this.chosen = new Int32Array(rows * 2);
    this.stored = new Int32Array(rows * 2);
    this.touched = new Int32Array(rows * 2);
    this.times = [new BigInt64Array(rows * 2), new BigInt64Array(rows * 2)];
  }

  private pass(batch: Batch, n: number, out: Output): void {
    const columns = batch.columns.slice(0, this.node.schema.length);
    gatherBatch({ ...batch, schema: this.node.schema, columns }, this.chosen, n, this.passing);
    out.push(this.passing);
  }

  private store(batch: Batch, n: number): void {
    const { storing, table } = this;
    const columns = this.order.map((column) => batch.columns[column]!);
    gatherBatch({ ...batch, schema: storing.schema, columns }, this.stored, n, storing);
    const times = this.times.map((values): Column => ({ layout: 'i64', values, nulls: null }));
    table.apply([...storing.columns, ...times], storing.diffs, 0, n, this.touched);
    this.changed.add(this.touched, n);
  }

  endEpoch(out: Output, ts: bigint): void {
    this.last = ts;
    this.remember();
    const over = this.table.expired(ts);
    for (let i = 0; i < this.changed.length; i++) this.decide(this.changed.slots[i]!, ts, out);
    for (const slot of this.entering.take(ts)) this.decide(slot, ts, out);
    for (const slot of over) this.decide(slot, ts, out);
    this.emitter.finish(out);
    this.table.expire(over, ts);
    this.changed.clear();
  }

  /** After a recovery: which rows are still to enter. */
  private remember(): void {
    if (this.known) return;
    this.known = true;
    const { slots } = this.table;
    for (let slot = 0; slot < slots.used; slot++) this.entering.add(slot, liveSlots(slots));
  }

  /** Emits what makes the row as often there as it is to be at `ts`. */
  private decide(slot: number, ts: bigint, out: Output): void {
    const { shown, table } = this;
    const change = this.due(slot, ts) - shown.values[slot]!;
    if (change !== 0) {
      this.emitter.emit(slot, change, out);
      shown.values[slot] = shown.values[slot]! + change;
      if (this.isLive(slot)) table.touch(slot);
    }
    if (this.enters(slot) > ts) this.entering.add(slot, liveSlots(table.slots));
  }

  private due(slot: number, ts: bigint): number {
    if (!this.isLive(slot) || this.enters(slot) > ts) return 0;
    const until = this.until(slot);
    return until === this.enters(slot) || ts < until ? this.table.weights.values[slot]! : 0;
  }

  private leavesAgain(slot: number): boolean {
    return this.isLive(slot) && this.until(slot) !== this.enters(slot);
  }

  private isLive(slot: number): boolean {
    return (this.table.slots.flags[slot]! & LIVE) !== 0;
  }

  private enters(slot: number): bigint {
    return timeIn(this.table, this.node.schema.length, slot);
  }

  private until(slot: number): bigint {
    return timeIn(this.table, this.node.schema.length + 1, slot);
  }

  nextDeadline(): bigint | null {
    const enter = this.entering.next();
    const leave = this.table.nextExpiry();
    if (enter === null || leave === null) return enter ?? leave;
    return enter < leave ? enter : leave;
  }
}

const TIMES: RowSchema = [
  { name: 'enters', type: TIMESTAMPTZ, nullable: false },
  { name: 'until', type: TIMESTAMPTZ, nullable: false },
];

function timeIn(table: RowTable, column: number, slot: number): bigint {
  const times = table.slots.keys[column]!;
  if (times.layout !== 'i64') throw new Error('a time of the clock is a timestamp');
  return times.values[slot]!;
}

function shownOf(table: RowTable): Extract<Accumulator, { kind: 'f64' }> {
  const [shown] = table.payload;
  if (shown?.kind !== 'f64') throw new Error('what was shown is counted in doubles');
  return shown;
}
