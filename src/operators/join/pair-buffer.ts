// Pairs of rows on their way out of a join: a row of the batch at hand and a row of the other side's state, by number; −1 is a row
// that is missing. They become a batch of columns at once.

import type { Batch } from '../../data/batch.ts';
import { newBatch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { gatherOptional } from '../../data/gather.ts';
import type { RowSchema } from '../../data/types.ts';

export const PAIRS = 2048;

/** Gives column `c` of either row. */
export interface PairColumns {
  own(column: number): Column;
  other(column: number): Column;
}

export class PairBuffer {
  /** Row of the batch, slot of the other side, weight. */
  readonly own = new Int32Array(PAIRS);
  readonly other = new Int32Array(PAIRS);
  readonly diffs = new Int32Array(PAIRS);
  size = 0;
  readonly batch: Batch;
  private readonly leftWidth: number;
  private readonly all: readonly number[];

  /** `schema`: the left row, then the right one (or nothing of it). */
  constructor(schema: RowSchema, leftWidth: number) {
    this.batch = newBatch(schema, PAIRS);
    this.leftWidth = leftWidth;
    this.all = [...schema.keys()];
  }

  /** Adds a pair; the caller empties the buffer when it is full. */
  add(own: number, other: number, diff: number): void {
    this.own[this.size] = own;
    this.other[this.size] = other;
    this.diffs[this.size++] = diff;
  }

  get isFull(): boolean {
    return this.size === PAIRS;
  }

  /**
   * The pairs as columns, in a batch that is lent until the next call. `ownIsLeft`: the batch at hand is of the left input. `only`: the
   * columns that are wanted; others are left as they are.
   */
  gather(
    from: PairColumns,
    ownIsLeft: boolean,
    appendOnly: boolean,
    only: readonly number[] = this.all,
  ): Batch {
    const { batch, size } = this;
    for (const c of only) {
      const left = c < this.leftWidth;
      const column = left ? c : c - this.leftWidth;
      const isOwn = left === ownIsLeft;
      const source = isOwn ? from.own(column) : from.other(column);
      gatherOptional(source, isOwn ? this.own : this.other, size, batch.columns[c]!);
    }
    batch.rows = size;
    batch.diffs = appendOnly ? null : this.diffs.slice(0, size);
    return batch;
  }
}
