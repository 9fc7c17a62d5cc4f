// As-of joins: each left row with the nearest right row of its key. What a right row changes are the left rows between it and the
// next right row; so at the end of an epoch these, around every right row that came or went, and the left rows that changed are
// looked at again, each once, and given anew where their partner is another.
//
//     right   r1 ────────── r2 ──── r3        r2 comes: l2 and l3 leave r1 for it
//     left        l1    ·       l2 l3    l4
//
// Which partner a left row was given with is not stored: it follows from the rows. On window close a left row is given once, when no
// nearer row can come.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import { gatherBatch } from '../../data/gather.ts';
import { TIMESTAMP_INFINITY, TIMESTAMP_MINUS_INFINITY, watermarkLess } from '../../data/time.ts';
import type { RowSchema } from '../../data/types.ts';
import type { AsOfNode } from '../../physical/graph.ts';
import { Expiry, NO_END } from '../../state/expiry.ts';
import { grownDoubles, grownInt32s } from '../../state/growing.ts';
import type { RowTable } from '../../state/row-table.ts';
import { LIVE, liveSlots } from '../../state/slots.ts';
import type { PairColumns } from '../join/pair-buffer.ts';
import { PairBuffer } from '../join/pair-buffer.ts';
import type { Operator, Output } from '../operator.ts';
import { SlotList } from '../slot-list.ts';
import { AsOfRows } from './as-of-rows.ts';

const CHUNK = 1024;
/** In place of a partner: the row is not out. */
const NOT_SHOWN = -2;

export class AsOfOperator implements Operator {
  readonly tables: readonly RowTable[];
  private readonly node: AsOfNode;
  private readonly rows: AsOfRows;
  private readonly results: PairBuffer;
  private readonly columns: PairColumns;
  private readonly matchable: readonly [Batch, Batch];
  private readonly strict: readonly [readonly number[], readonly number[]];
  private readonly changedLeft = new SlotList();
  private readonly changedRight = new SlotList();
  private readonly touched = new Int32Array(CHUNK);
  private chosen = new Int32Array(CHUNK);
  /** By left slot: the partner it is out with (−1: without one), and how often it is out. */
  private partners: Int32Array = new Int32Array(0);
  private shown: Float64Array = new Float64Array(0);
  /** Right rows by when they take the place of those before them. */
  private readonly settling: Expiry;
  private known = false;
  private through = TIMESTAMP_MINUS_INFINITY;

  constructor(node: AsOfNode, left: RowSchema, right: RowSchema) {
    this.node = node;
    this.rows = new AsOfRows(node, left, right);
    this.tables = [this.rows.left.table, this.rows.right.table];
    const optional = [...left, ...right].map((field) => ({ ...field, nullable: true }));
    this.results = new PairBuffer(optional, left.length);
    this.columns = {
      own: (column) => this.rows.left.column(column),
      other: (column) => this.rows.right.column(column),
    };
    this.matchable = [newBatch(left, 0), newBatch(right, 0)];
    const strict = (keys: readonly number[], time: number): readonly number[] => [
      ...keys.filter((_, i) => node.nullSafe[i] !== true),
      time,
    ];
    this.strict = [strict(node.leftKeys, node.leftTime), strict(node.rightKeys, node.rightTime)];
    this.settling = new Expiry({ endOf: (slot) => this.timeOfRight(slot) });
  }

  push(batch: Batch, port: number, out: Output): void {
    this.remember();
    const [side, changed] =
      port === 0 ? [this.rows.left, this.changedLeft] : [this.rows.right, this.changedRight];
    const matchable = this.takeMatchable(batch, port === 0 ? 0 : 1, out);
    for (let from = 0; from < matchable.rows; from += CHUNK) {
      const to = Math.min(matchable.rows, from + CHUNK);
      side.add(matchable, from, to, this.touched);
      changed.add(this.touched, to - from);
    }
  }

  /** Rows with a NULL among what is compared have no partner, now or ever, and are not kept. */
  private takeMatchable(batch: Batch, port: 0 | 1, out: Output): Batch {
    const nulls = this.strict[port].flatMap((column) => batch.columns[column]!.nulls ?? []);
    if (nulls.length === 0) return batch;
    if (this.chosen.length < batch.rows) this.chosen = new Int32Array(batch.rows * 2);
    let n = 0;
    let alone = batch.rows;
    for (let i = 0; i < batch.rows; i++) {
      if (nulls.some((column) => column[i] === 1)) this.chosen[--alone] = i;
      else this.chosen[n++] = i;
    }
    if (n === batch.rows) return batch;
    if (port === 0 && this.node.type === 'left') this.passAlone(batch, alone, out);
    gatherBatch(batch, this.chosen, n, this.matchable[port]);
    return this.matchable[port];
  }

  private passAlone(batch: Batch, from: number, out: Output): void {
    const columns: PairColumns = { ...this.columns, own: (column) => batch.columns[column]! };
    for (let k = from; k < batch.rows; k++) {
      const i = this.chosen[k]!;
      this.emit(i, -1, batch.diffs === null ? 1 : batch.diffs[i]!, columns, out);
    }
    this.flush(columns, out);
  }

  watermark(micros: bigint): void {
    this.through = micros;
  }

  endEpoch(out: Output): void {
    this.remember();
    this.makeRoom();
    if (!this.node.onClose) this.lookAgain(out);
    this.freeLeft(out);
    this.flush(this.columns, out);
    this.freeRight();
    this.changedLeft.clear();
    this.changedRight.clear();
  }

  private lookAgain(out: Output): void {
    const { changedLeft, changedRight, rows } = this;
    const look = (slot: number): void => this.look(slot, out);
    for (let i = 0; i < changedLeft.length; i++) look(changedLeft.slots[i]!);
    for (let i = 0; i < changedRight.length; i++) rows.forEachPartner(changedRight.slots[i]!, look);
  }

  /** Gives a left row as it now is. */
  private look(slot: number, out: Output): void {
    const { table } = this.rows.left;
    const weight = isLive(table, slot) ? table.weights.values[slot]! : 0;
    const before = this.shown[slot]!;
    const partner = weight === 0 ? NOT_SHOWN : this.rows.partnerOf(slot);
    const old = before === 0 ? NOT_SHOWN : this.partners[slot]!;
    if (partner === old && weight === before) return;
    if (before !== 0) this.give(slot, old, -before, out);
    if (weight !== 0) this.give(slot, partner, weight, out);
    this.partners[slot] = partner;
    this.shown[slot] = weight;
  }

  private give(slot: number, partner: number, diff: number, out: Output): void {
    if (partner >= 0 || this.node.type === 'left') this.emit(slot, partner, diff, this.columns, out);
  }

  private freeLeft(out: Output): void {
    const shift = this.node.frees.left;
    if (shift === null) return;
    const { table } = this.rows.left;
    const through = watermarkLess(this.through, shift);
    const over = table.expired(through);
    for (const slot of over) {
      if (this.node.onClose) this.give(slot, this.rows.partnerOf(slot), table.weights.values[slot]!, out);
      this.shown[slot] = 0;
    }
    this.flush(this.columns, out);
    if (over.length > 0) table.expire(over, through);
  }

  private freeRight(): void {
    const shift = this.node.frees.right;
    if (shift === null) return;
    const { table } = this.rows.right;
    const { slots, length } = this.changedRight;
    for (let i = 0; i < length; i++) this.settling.add(slots[i]!, liveSlots(table.slots));
    const settled =
      this.through === TIMESTAMP_INFINITY
        ? liveOf(table)
        : this.settling.take(watermarkLess(this.through, shift));
    for (const slot of settled) {
      if (!isLive(table, slot)) continue;
      for (let before = this.rows.beforeRight(slot); before >= 0; before = this.rows.beforeRight(slot))
        table.weigh(before, -table.weights.values[before]!);
    }
  }

  private timeOfRight(slot: number): bigint {
    const { table } = this.rows.right;
    const times = this.rows.right.column(this.node.rightTime);
    return times.layout === 'i64' && isLive(table, slot) ? times.values[slot]! : NO_END;
  }

  nextClose(): bigint | null {
    const { frees, onClose } = this.node;
    const next = onClose ? this.rows.left.table.nextExpiry() : null;
    return next === null ? null : next + frees.left!;
  }

  /** After a recovery: what is out, and when right rows take the place of others. */
  private remember(): void {
    if (this.known) return;
    this.known = true;
    this.makeRoom();
    const { left, right } = this.rows;
    if (!this.node.onClose) {
      for (const slot of liveOf(left.table)) {
        this.partners[slot] = this.rows.partnerOf(slot);
        this.shown[slot] = left.table.weights.values[slot]!;
      }
    }
    if (this.node.frees.right === null) return;
    for (const slot of liveOf(right.table)) this.settling.add(slot, liveSlots(right.table.slots));
  }

  private makeRoom(): void {
    const { capacity } = this.rows.left.table.slots;
    if (this.partners.length >= capacity) return;
    this.partners = grownInt32s(this.partners, capacity);
    this.shown = grownDoubles(this.shown, capacity);
  }

  /** Weights other than ±1 are rows that are there several times. */
  private emit(slot: number, partner: number, diff: number, columns: PairColumns, out: Output): void {
    const { results } = this;
    const unit = diff > 0 ? 1 : -1;
    for (let n = Math.abs(diff); n > 0; n--) {
      results.add(slot, partner, unit);
      if (results.isFull) this.flush(columns, out);
    }
  }

  private flush(columns: PairColumns, out: Output): void {
    const { results } = this;
    if (results.size === 0) return;
    const batch = results.gather(columns, true, this.node.appendOnly);
    results.size = 0;
    out.push(batch);
  }
}

function isLive({ slots }: RowTable, slot: number): boolean {
  return (slots.flags[slot]! & LIVE) !== 0;
}

function liveOf(table: RowTable): number[] {
  return Array.from({ length: table.slots.used }, (_, slot) => slot).filter((slot) => isLive(table, slot));
}
