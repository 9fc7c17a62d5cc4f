// Signed rows for tests of operators: batches of them, what an operator gives as a Z-set of printed rows, state through segments.

import { expect } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import type { Output } from '../../src/operators/operator.ts';
import { decodeSegment, encodeSegment } from '../../src/state/segment.ts';
import type { StateTable } from '../../src/state/state-table.ts';

export type Row = readonly Value[];

export interface Change {
  readonly row: Row;
  readonly diff: number;
}

export type Random = (below: number) => number;

export function random(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 0x1000000) * below);
  };
}

export function print(row: Row): string {
  return row.map((value) => (value === null ? '∅' : String(value))).join('|');
}

export function batchOf(schema: RowSchema, changes: readonly Change[]): Batch {
  const batch = newBatch(schema, changes.length);
  changes.forEach(({ row }, i) => row.forEach((value, c) => setValue(batch.columns[c]!, i, value)));
  batch.rows = changes.length;
  batch.diffs = Int32Array.from(changes, (change) => change.diff);
  return batch;
}

/** A multiset of rows. */
export class Rows {
  private readonly counts = new Map<string, { readonly row: Row; count: number }>();

  take({ row, diff }: Change): void {
    const text = print(row);
    const found = this.counts.get(text) ?? { row, count: 0 };
    found.count += diff;
    if (found.count === 0) this.counts.delete(text);
    else this.counts.set(text, found);
  }

  all(): Row[] {
    return [...this.counts.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row));
  }
}

/** Some rows come, some that are there leave; `rows` is as after them. */
export function randomChanges(next: Random, rows: Rows, most: number, newRow: () => Row): Change[] {
  return Array.from({ length: next(most) }, (): Change => {
    const there = rows.all();
    const leaves = there.length > 0 && next(5) < 2;
    const change = leaves ? { row: there[next(there.length)]!, diff: -1 } : { row: newRow(), diff: 1 };
    rows.take(change);
    return change;
  });
}

export class Collected implements Output {
  readonly weights = new Map<string, number>();

  push(batch: Batch): void {
    for (let i = 0; i < batch.rows; i++) {
      const row = print(batch.columns.map((column, c) => valueAt(column, i, batch.schema[c]!.type)));
      const diff = batch.diffs === null ? 1 : batch.diffs[i]!;
      expect(Math.abs(diff)).toBe(1);
      const weight = (this.weights.get(row) ?? 0) + diff;
      if (weight === 0) this.weights.delete(row);
      else this.weights.set(row, weight);
    }
  }

  error(): void {
    throw new Error('no expression here can fail');
  }

  rows(): string[] {
    return [...this.weights].flatMap(([row, weight]) => Array.from({ length: weight }, () => row)).sort();
  }
}

/** The epoch's changes of these tables as a segment; the next epoch starts. */
export function cutEpoch(tables: readonly StateTable[]): Uint8Array {
  const segment = encodeSegment(tables.map((table) => table.delta()));
  for (const table of tables) table.endEpoch();
  return segment;
}

/** Fresh tables take back what segments hold. */
export function recover(tables: readonly StateTable[], segments: readonly Uint8Array[]): void {
  const byFingerprint = new Map(tables.map((table) => [table.fingerprint, table]));
  for (const segment of segments)
    for (const rows of decodeSegment(asRead(segment), (fingerprint) => byFingerprint.get(fingerprint)!.slots))
      byFingerprint.get(rows.fingerprint)!.load(rows);
}

/** As the driver gives it: a Buffer, within a larger one. */
export function asRead(segment: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(3), segment, Buffer.alloc(5)]).subarray(3, 3 + segment.length);
}
