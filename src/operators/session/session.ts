// SESSION: rows of a partition that follow each other closely are one window, from the first of them to a gap behind the last. A row
// can join two sessions to one, and a retraction can part one into two, so rows are kept, in order of time, until the
// watermark has closed their session.
//
// On change, at the end of an epoch the sessions around every row that came or went are looked at again, each once, and their rows
// are emitted anew where the bounds have changed. On close, the rows of a session are emitted once, when it is closed.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import { gatherBatch } from '../../data/gather.ts';
import { TIMESTAMP_INFINITY, TIMESTAMP_MINUS_INFINITY, addMicros } from '../../data/time.ts';
import { RowFailure } from '../../data/failure.ts';
import type { RowSchema } from '../../data/types.ts';
import type { SessionNode } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { grownInt32s } from '../../state/growing.ts';
import type { RowTable } from '../../state/row-table.ts';
import { describeRow } from '../describe-row.ts';
import type { Operator, Output } from '../operator.ts';
import { RowEmitter } from '../row-emitter.ts';
import { SlotList } from '../slot-list.ts';
import { Closing } from './closing.ts';
import { SessionRows } from './session-rows.ts';

export class SessionOperator implements Operator {
  readonly table: RowTable;
  private readonly node: SessionNode;
  private readonly rows: SessionRows;
  /** The input's columns in the table's order. */
  private readonly order: readonly number[];
  private readonly emitter: RowEmitter;
  /** How often a row was emitted, and with which bounds. */
  private readonly shown: Extract<Accumulator, { kind: 'f64' }>;
  private readonly starts: Extract<Accumulator, { kind: 'i64' }>;
  private readonly ends: Extract<Accumulator, { kind: 'i64' }>;
  private readonly closing = new Closing();
  /** By partition: a row of its first session, before which that session has no gap; −1: it has not been walked through. */
  private reached: Int32Array = new Int32Array(0);
  private known = false;
  private readonly changed = new SlotList();
  private readonly storing: Batch;
  private chosen = new Int32Array(0);
  private touched = new Int32Array(0);
  /** By slot: the last epoch (counted here) that looked at its session. */
  private looked: Int32Array = new Int32Array(0);
  private round = 0;
  private through = TIMESTAMP_MINUS_INFINITY;

  constructor(node: SessionNode, input: RowSchema) {
    this.node = node;
    const first = [...node.partition, node.time];
    const carried = node.gives.flatMap((what) => (typeof what === 'number' ? [what] : []));
    this.order = [...first, ...carried.filter((column) => !first.includes(column))];
    const schema = this.order.map((column) => input[column]!);
    this.rows = new SessionRows({
      fingerprint: node.fingerprint,
      schema,
      partition: node.partition.length,
      gap: node.gap,
      payload: ['f64', 'i64', 'i64'],
    });
    this.table = this.rows.table;
    this.shown = this.rows.payload(0, 'f64');
    this.starts = this.rows.payload(1, 'i64');
    this.ends = this.rows.payload(2, 'i64');
    const places = node.gives.map((what) => (typeof what === 'number' ? this.order.indexOf(what) : what));
    this.emitter = new RowEmitter(node.schema, this.table.slots, places);
    this.storing = newBatch(schema, 0);
  }

  push(batch: Batch, _port: number, out: Output): void {
    const times = batch.columns[this.node.time]!;
    if (times.layout !== 'i64') throw new Error('sessions are over timestamps');
    if (this.chosen.length < batch.rows) {
      this.chosen = new Int32Array(batch.rows * 2);
      this.touched = new Int32Array(batch.rows * 2);
    }
    let n = 0;
    for (let i = 0; i < batch.rows; i++)
      if (times.nulls?.[i] !== 1 && this.hasEnd(batch, times.values[i]!, i, out)) this.chosen[n++] = i;
    if (n === 0) return;
    const { storing } = this;
    const columns = this.order.map((column) => batch.columns[column]!);
    gatherBatch({ ...batch, schema: storing.schema, columns }, this.chosen, n, storing);
    this.table.apply(storing.columns, storing.diffs, 0, n, this.touched);
    this.changed.add(this.touched, n);
  }

  /** A session behind the end of time is none. */
  private hasEnd(batch: Batch, time: bigint, row: number, out: Output): boolean {
    try {
      addMicros(time, this.node.gap);
      return true;
    } catch (failure) {
      if (!(failure instanceof RowFailure)) throw failure;
      const { sqlstate, message } = failure;
      const diff = batch.diffs === null ? 1 : batch.diffs[row]!;
      out.error({ sqlstate, message, expression: this.node.label, row: describeRow(batch, row) }, diff);
      return false;
    }
  }

  watermark(micros: bigint): void {
    this.through = micros;
  }

  endEpoch(out: Output): void {
    const { slots, length } = this.changed;
    if (!this.node.onClose) this.lookAgain(slots, length, out);
    if (this.node.frees) {
      this.remember();
      this.expect(slots, length);
      for (const partition of this.due()) this.closeFirst(partition, out);
    }
    this.emitter.finish(out);
    this.changed.clear();
  }

  private lookAgain(slots: Int32Array, n: number, out: Output): void {
    this.round++;
    const { capacity } = this.table.slots;
    if (this.looked.length < capacity) this.looked = grownInt32s(this.looked, capacity);
    for (let i = 0; i < n; i++) {
      const slot = slots[i]!;
      if (this.rows.isLive(slot)) {
        this.look(slot, out);
        continue;
      }
      this.show(slot, 0, 0n, 0n, out);
      this.look(this.rows.atOrAfter(slot), out);
      this.look(this.rows.before(slot), out);
    }
  }

  /** Emits the session of a row as it now is. */
  private look(slot: number, out: Output): void {
    if (slot < 0 || this.looked[slot] === this.round) return;
    const { rows } = this;
    rows.around(slot);
    const { slots, length } = rows.members;
    const start = rows.time(slots[0]!);
    const end = rows.endBehind(slots[length - 1]!);
    for (let i = 0; i < length; i++) {
      const member = slots[i]!;
      this.looked[member] = this.round;
      this.show(member, this.table.weights.values[member]!, start, end, out);
    }
  }

  private show(slot: number, weight: number, start: bigint, end: bigint, out: Output): void {
    const { shown, starts, ends, emitter } = this;
    const before = shown.values[slot]!;
    const same = starts.values[slot] === start && ends.values[slot] === end;
    if (before === weight && (same || weight === 0)) return;
    if (before !== 0) emitter.emit(slot, -before, out, starts.values[slot], ends.values[slot]);
    if (weight !== 0) emitter.emit(slot, weight, out, start, end);
    shown.values[slot] = weight;
    starts.values[slot] = start;
    ends.values[slot] = end;
    if (this.rows.isLive(slot)) this.table.touch(slot);
  }

  nextClose(): bigint | null {
    return this.node.frees ? this.closing.next() : null;
  }

  /** After a recovery: when sessions may close. */
  private remember(): void {
    if (this.known) return;
    this.known = true;
    const { slots, chains } = this.table;
    for (let slot = 0; slot < slots.used; slot++)
      if (this.rows.isLive(slot))
        this.closing.at(this.rows.partitionOf(slot), this.rows.endBehind(slot), chains.keys);
  }

  /** What the changes of the epoch say about when the first session of a partition may close, and how far it was walked through. */
  private expect(slots: Int32Array, n: number): void {
    const { rows, table, closing } = this;
    const { capacity, keys } = table.chains;
    const from = this.reached.length;
    if (from < capacity) this.reached = grownInt32s(this.reached, capacity).fill(-1, from);
    for (let i = 0; i < n; i++) {
      const slot = slots[i]!;
      // The partition of a row that has left may be another one by now, which is looked at in vain.
      const partition = rows.partitionOf(slot);
      const isLive = rows.isLive(slot);
      if (!isLive || (this.reached[partition] !== -1 && rows.first(partition) === slot))
        this.reached[partition] = -1;
      closing.at(partition, isLive ? rows.endBehind(slot) : TIMESTAMP_MINUS_INFINITY, keys);
    }
  }

  /** Partitions whose first session may have closed. */
  private due(): readonly number[] {
    const due = this.closing.due(this.through);
    if (this.through < TIMESTAMP_INFINITY) return due;
    return Array.from({ length: this.reached.length }, (_, partition) => partition);
  }

  /** Closes the sessions of a partition that end before the watermark, which are the first of them. */
  private closeFirst(partition: number, out: Output): void {
    const { rows } = this;
    for (let first = rows.first(partition); first >= 0; first = rows.first(partition)) {
      const reached = this.reached[partition]!;
      const last = rows.lastFrom(reached < 0 ? first : reached);
      const end = rows.endBehind(last);
      this.reached[partition] = end > this.through ? last : -1;
      if (end > this.through) return this.closing.at(partition, end, this.table.chains.keys);
      this.close(partition, end, out);
    }
  }

  /** No row can join this session any more: its rows are freed. */
  private close(partition: number, end: bigint, out: Output): void {
    const { rows, table } = this;
    rows.collect(rows.first(partition));
    const { slots, length } = rows.members;
    const start = rows.time(slots[0]!);
    for (let i = 0; i < length; i++) {
      const slot = slots[i]!;
      const weight = table.weights.values[slot]!;
      if (this.node.onClose) this.emitter.emit(slot, weight, out, start, end);
      table.weigh(slot, -weight);
    }
  }
}
