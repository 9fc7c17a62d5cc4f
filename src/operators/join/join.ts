// Joins by key, on changing inputs: Δ(A ⋈ B) = ΔA ⋈ B + A ⋈ ΔB + ΔA ⋈ ΔB (A. Gupta and I. S. Mumick, Maintenance of Materialized
// Views, 1995), where the third term is part of the first two because one input is taken after the other.
//
// A side is `watched` when the output depends on whether its rows have partners: outer joins give a row of it without any, a semi
// join each that has some, an anti join each that has none. Invariant: such a row is out with its own weight exactly when its
// number of partners says so; it is corrected whenever that number comes to or leaves 0.
//
// Where the condition bounds the time between the rows of a pair, the watermark says when a row meets no partner any more (see
// Horizon): it is then freed, and what is out of it stays. On window close a row without partners is first given at that time.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { gatherBatch } from '../../data/gather.ts';
import { TIMESTAMP_MINUS_INFINITY, watermarkLess } from '../../data/time.ts';
import type { RowSchema } from '../../data/types.ts';
import type { Horizon } from '../../expr/join-times.ts';
import type { OnError, ScalarKernel } from '../../expr/kernel.ts';
import { compileScalar } from '../../expr/kernel.ts';
import { printExpr } from '../../expr/print.ts';
import { columnsOf as columnsIn } from '../../expr/properties.ts';
import type { JoinNode } from '../../physical/graph.ts';
import { grownInt32s } from '../../state/growing.ts';
import type { RowTable } from '../../state/row-table.ts';
import { earliest } from '../dataflow.ts';
import { describeRow } from '../describe-row.ts';
import { KeptRows } from '../kept-rows.ts';
import type { Operator, Output } from '../operator.ts';
import type { PairColumns } from './pair-buffer.ts';
import { PairBuffer } from './pair-buffer.ts';
import { inOrder } from './residual.ts';

/** Rows taken at a time: bounds what is noted per row. */
const CHUNK = 1024;

/** What the output has of the rows of a watched side. */
interface Watch {
  /** A row is out when it has partners (semi join), or when it has none. */
  readonly whenPaired: boolean;
  /** Only once it is freed, for good. */
  readonly atEnd: boolean;
}

interface Port {
  readonly side: KeptRows;
  readonly isLeft: boolean;
  readonly watch: Watch | null;
  readonly horizon: Horizon | null;
  /** Columns that match nothing when they are NULL. */
  readonly strictKeys: readonly number[];
  readonly matchable: Batch;
}

export class JoinOperator implements Operator {
  readonly tables: readonly RowTable[];
  private readonly node: JoinNode;
  private readonly ports: readonly [Port, Port];
  private readonly residual: ScalarKernel | null;
  /** Columns of a pair that the residual reads. */
  private readonly compared: readonly number[];
  private readonly candidates: PairBuffer;
  private readonly results: PairBuffer;
  private readonly givesPairs: boolean;
  /** A row's partners are counted one by one: a condition chooses among the rows of its key, or some of them are freed before it. */
  private readonly countsPairs: boolean;
  private through = TIMESTAMP_MINUS_INFINITY;
  /** By row of the chunk. */
  private readonly touched = new Int32Array(CHUNK);
  private readonly entries = new Int32Array(CHUNK);
  private readonly ownEntries = new Int32Array(CHUNK);
  private readonly before = new Float64Array(CHUNK);
  private readonly partners = new Float64Array(CHUNK);
  private readonly rows = new Int32Array(CHUNK);
  private readonly unmatchable = new Int32Array(CHUNK);
  /** By entry of the other side: the chunk in which it was last looked at. */
  private seen: Int32Array = new Int32Array(64);
  private chunk = 0;

  constructor(node: JoinNode, left: RowSchema, right: RowSchema) {
    this.node = node;
    this.givesPairs = node.type !== 'semi' && node.type !== 'anti';
    this.countsPairs = node.residual !== null || node.frees.left !== null || node.frees.right !== null;
    this.residual =
      node.residual === null ? null : compileScalar(inOrder(node.residual), [...left, ...right]);
    this.compared = node.residual === null ? [] : columnsIn(node.residual);
    this.ports = [this.port(left, true), this.port(right, false)];
    this.tables = this.ports.map((port) => port.side.table);
    this.candidates = new PairBuffer([...left, ...right].map(optional), left.length);
    this.results = new PairBuffer(node.schema.map(optional), left.length);
  }

  private port(schema: RowSchema, isLeft: boolean): Port {
    const { node } = this;
    const keys = isLeft ? node.leftKeys : node.rightKeys;
    const horizon = isLeft ? node.frees.left : node.frees.right;
    const watch = watchOf(node, isLeft);
    const strict = keys.filter((_, i) => node.nullSafe[i] !== true);
    return {
      isLeft,
      watch,
      horizon,
      side: new KeptRows({
        fingerprint: `${node.fingerprint}-${isLeft ? 'left' : 'right'}`,
        schema,
        keys,
        payload: watch !== null && this.countsPairs ? ['f64'] : [],
        time: horizon?.column ?? null,
      }),
      strictKeys: horizon === null ? strict : [...strict, horizon.column],
      matchable: newBatch(schema, 0),
    };
  }

  push(batch: Batch, port: number, out: Output): void {
    const own = this.ports[port]!;
    const other = this.ports[1 - port]!;
    for (let from = 0; from < batch.rows; from += CHUNK)
      this.takeChunk(batch, from, Math.min(batch.rows, from + CHUNK), own, other, out);
  }

  private takeChunk(batch: Batch, from: number, to: number, own: Port, other: Port, out: Output): void {
    const n = this.matchableRows(batch, from, to, own);
    if (n === to - from) return this.join(batch, from, to, own, other, out);
    this.passUnmatchable(batch, to - from - n, own, other, out);
    gatherBatch(batch, this.rows, n, own.matchable);
    this.join(own.matchable, 0, n, own, other, out);
  }

  /** Lists the rows without a NULL among the keys that are compared by `=`, and those with one; how many are without. */
  private matchableRows(batch: Batch, from: number, to: number, own: Port): number {
    const nulls = own.strictKeys.flatMap((key) => batch.columns[key]!.nulls ?? []);
    if (nulls.length === 0) return to - from;
    let n = 0;
    for (let i = from; i < to; i++) {
      if (nulls.some((column) => column[i] === 1)) this.unmatchable[i - from - n] = i;
      else this.rows[n++] = i;
    }
    return n;
  }

  /** The other rows have no partner, now or ever, and are not kept. */
  private passUnmatchable(batch: Batch, n: number, own: Port, other: Port, out: Output): void {
    if (own.watch === null || own.watch.whenPaired) return;
    const columns = columnsOf(batch, other);
    for (let u = 0; u < n; u++) {
      const i = this.unmatchable[u]!;
      this.emit(i, -1, diffAt(batch, i), columns, own, out);
    }
    this.flush(columns, own, out);
  }

  private join(batch: Batch, from: number, to: number, own: Port, other: Port, out: Output): void {
    this.chunk++;
    const columns = columnsOf(batch, other);
    const keys = own.side.keysOf(batch);
    const { countsPairs } = this;
    const netPartners = other.watch !== null && !countsPairs;
    other.side.table.find(keys, from, to, this.entries);
    if (netPartners) this.noteWeights(own, keys, from, to);
    own.side.add(batch, from, to, this.touched);
    this.partners.fill(0, 0, to - from);
    if (countsPairs) this.comparePairs(batch, from, to, own, other, columns, out);
    else this.pairAll(batch, from, to, own, other, columns, out);
    if (netPartners) this.correctOther(own, other, keys, from, to, columns, out);
    if (own.watch !== null) this.takeOwn(batch, from, to, own, columns, out);
    this.flush(columns, own, out);
  }

  /** Every row of the key is a partner, for as long as it is there. */
  private pairAll(
    batch: Batch,
    from: number,
    to: number,
    own: Port,
    other: Port,
    columns: PairColumns,
    out: Output,
  ): void {
    const { chains, weights } = other.side.table;
    for (let i = from; i < to; i++) {
      const entry = this.entries[i - from]!;
      if (entry < 0) continue;
      this.partners[i - from] = chains.weights[entry]!;
      if (!this.givesPairs) continue;
      const diff = diffAt(batch, i);
      for (let slot = chains.heads[entry]!; slot >= 0; slot = chains.next[slot]!)
        this.emit(i, slot, diff * weights.values[slot]!, columns, own, out);
    }
  }

  /** With one, pairs are candidates that are looked at together. */
  private comparePairs(
    batch: Batch,
    from: number,
    to: number,
    own: Port,
    other: Port,
    columns: PairColumns,
    out: Output,
  ): void {
    const { chains } = other.side.table;
    const { candidates } = this;
    for (let i = from; i < to; i++) {
      const entry = this.entries[i - from]!;
      if (entry < 0) continue;
      const diff = diffAt(batch, i);
      for (let slot = chains.heads[entry]!; slot >= 0; slot = chains.next[slot]!) {
        candidates.add(i, slot, diff);
        if (candidates.isFull) this.takeCandidates(from, own, other, columns, out);
      }
    }
    this.takeCandidates(from, own, other, columns, out);
  }

  private takeCandidates(from: number, own: Port, other: Port, columns: PairColumns, out: Output): void {
    const { candidates } = this;
    if (candidates.size === 0) return;
    const weights = other.side.table.weights.values;
    const verdict = this.residual === null ? null : this.verdict(this.residual, own, weights, columns, out);
    for (let p = 0; p < candidates.size; p++) {
      if (verdict !== null && (verdict.values[p] !== 1 || verdict.nulls?.[p] === 1)) continue;
      const i = candidates.own[p]!;
      const slot = candidates.other[p]!;
      const diff = candidates.diffs[p]!;
      this.partners[i - from] = this.partners[i - from]! + weights[slot]!;
      if (this.givesPairs) this.emit(i, slot, diff * weights[slot]!, columns, own, out);
      if (other.watch !== null) this.countPartner(slot, diff, own, other, columns, out);
    }
    candidates.size = 0;
  }

  private verdict(
    residual: ScalarKernel,
    own: Port,
    weights: Float64Array,
    columns: PairColumns,
    out: Output,
  ): Extract<Column, { layout: 'bool' }> {
    const { candidates } = this;
    const batch = candidates.gather(columns, own.isLeft, false, this.compared);
    const failures: { readonly row: number; readonly error: Parameters<OnError>[2] }[] = [];
    const verdict = residual.run(batch, (row, _target, error) => void failures.push({ row, error }));
    // Whole rows are made only of those that are told.
    if (failures.length > 0) candidates.gather(columns, own.isLeft, false);
    for (const { row, error } of failures) {
      const weight = candidates.diffs[row]! * weights[candidates.other[row]!]!;
      const expression = printExpr(this.node.residual!);
      out.error({ ...error, expression, row: describeRow(batch, row) }, weight);
    }
    if (verdict.layout !== 'bool') throw new Error('a condition is boolean');
    return verdict;
  }

  private countPartner(
    slot: number,
    diff: number,
    own: Port,
    other: Port,
    columns: PairColumns,
    out: Output,
  ): void {
    const counts = other.side.values;
    const before = counts[slot]!;
    counts[slot] = before + diff;
    other.side.table.touch(slot);
    this.correct(slot, before > 0, before + diff > 0, own, other, columns, out);
  }

  private noteWeights(own: Port, keys: ReturnType<KeptRows['keysOf']>, from: number, to: number): void {
    const { table } = own.side;
    table.find(keys, from, to, this.ownEntries);
    for (let j = 0; j < to - from; j++) {
      const entry = this.ownEntries[j]!;
      this.before[j] = entry < 0 ? 0 : table.chains.weights[entry]!;
    }
  }

  /** Rows of the other side whose key got its first partner, or lost its last one, in this chunk. */
  private correctOther(
    own: Port,
    other: Port,
    keys: ReturnType<KeptRows['keysOf']>,
    from: number,
    to: number,
    columns: PairColumns,
    out: Output,
  ): void {
    const ownTable = own.side.table;
    const { chains } = other.side.table;
    if (this.seen.length < chains.capacity) this.seen = grownInt32s(this.seen, chains.capacity);
    ownTable.find(keys, from, to, this.ownEntries);
    for (let j = 0; j < to - from; j++) {
      const entry = this.entries[j]!;
      if (entry < 0 || this.seen[entry] === this.chunk) continue;
      this.seen[entry] = this.chunk;
      const ownEntry = this.ownEntries[j]!;
      const after = ownEntry < 0 ? 0 : ownTable.chains.weights[ownEntry]!;
      const had = this.before[j]! > 0;
      if (had === after > 0) continue;
      for (let slot = chains.heads[entry]!; slot >= 0; slot = chains.next[slot]!)
        this.correct(slot, had, after > 0, own, other, columns, out);
    }
  }

  private correct(
    slot: number,
    had: boolean,
    has: boolean,
    own: Port,
    other: Port,
    columns: PairColumns,
    out: Output,
  ): void {
    if (had === has || other.watch!.atEnd) return;
    const enters = has === other.watch!.whenPaired;
    const weight = other.side.table.weights.values[slot]!;
    this.emit(-1, slot, enters ? weight : -weight, columns, own, out);
  }

  private takeOwn(
    batch: Batch,
    from: number,
    to: number,
    own: Port,
    columns: PairColumns,
    out: Output,
  ): void {
    const { whenPaired, atEnd } = own.watch!;
    for (let i = from; i < to; i++) {
      const partners = this.partners[i - from]!;
      if (this.countsPairs) own.side.values[this.touched[i - from]!] = partners;
      if (partners > 0 === whenPaired && !atEnd) this.emit(i, -1, diffAt(batch, i), columns, own, out);
    }
  }

  /** A row that comes has as many partners as rows that are there have rows of their key. */
  fanOut(): number {
    return Math.max(...this.tables.map((table) => table.rowsOfKey()));
  }

  watermark(micros: bigint): void {
    this.through = micros;
  }

  /** What can meet no partner any more goes; without having met one it is given now, where that was waited for. */
  endEpoch(out: Output): void {
    const [left, right] = this.ports;
    const freed = [this.due(left), this.due(right)] as const;
    this.giveUnmatched(freed[0], left, right, out);
    this.giveUnmatched(freed[1], right, left, out);
    this.free(freed[0], left);
    this.free(freed[1], right);
  }

  private due({ horizon, side }: Port): readonly number[] {
    return horizon === null ? [] : side.table.expired(watermarkLess(this.through, horizon.shift));
  }

  private giveUnmatched(slots: readonly number[], of: Port, other: Port, out: Output): void {
    if (of.watch === null || !of.watch.atEnd) return;
    const columns = columnsOf(other.matchable, of);
    const { weights } = of.side.table;
    for (const slot of slots)
      if (of.side.values[slot] === 0) this.emit(-1, slot, weights.values[slot]!, columns, other, out);
    this.flush(columns, other, out);
  }

  private free(slots: readonly number[], { horizon, side }: Port): void {
    if (slots.length > 0) side.table.expire(slots, watermarkLess(this.through, horizon!.shift));
  }

  nextClose(): bigint | null {
    return earliest(
      this.ports.map(({ watch, horizon, side }) => {
        const next = watch?.atEnd === true ? side.table.nextExpiry() : null;
        return next === null ? null : next + horizon!.shift;
      }),
    );
  }

  /** Weights other than ±1 are rows that are there several times. */
  private emit(i: number, slot: number, diff: number, columns: PairColumns, own: Port, out: Output): void {
    const { results } = this;
    const unit = diff > 0 ? 1 : -1;
    for (let n = Math.abs(diff); n > 0; n--) {
      results.add(i, slot, unit);
      if (results.isFull) this.flush(columns, own, out);
    }
  }

  private flush(columns: PairColumns, own: Port, out: Output): void {
    const { results } = this;
    if (results.size === 0) return;
    const batch = results.gather(columns, own.isLeft, this.node.appendOnly);
    results.size = 0;
    out.push(batch);
  }
}

function watchOf({ type, onClose }: JoinNode, isLeft: boolean): Watch | null {
  const unpaired = { whenPaired: false, atEnd: onClose };
  switch (type) {
    case 'inner':
      return null;
    case 'left':
    case 'anti':
      return isLeft ? unpaired : null;
    case 'right':
      return isLeft ? null : unpaired;
    case 'full':
      return unpaired;
    case 'semi':
      return isLeft ? { whenPaired: true, atEnd: false } : null;
  }
}

function columnsOf(batch: Batch, other: Port): PairColumns {
  return { own: (column) => batch.columns[column]!, other: (column) => other.side.column(column) };
}

function diffAt(batch: Batch, i: number): number {
  return batch.diffs === null ? 1 : batch.diffs[i]!;
}

function optional<T extends { readonly nullable: boolean }>(field: T): T {
  return { ...field, nullable: true };
}
