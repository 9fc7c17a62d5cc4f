// Values of window functions as rows of their own, by number: what a row of state is out with, and what it would be out with now.
// They follow from the rows, so they are not stored but computed again after a recovery.

import type { Column } from '../../data/column.ts';
import { newColumn } from '../../data/column.ts';
import type { RowSchema } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import { nextCapacity } from '../../state/growing.ts';
import { compactArena, columnBytes, growColumn, identicalCells, newArena } from '../../state/cells.ts';

export class ResultRows {
  readonly columns: readonly Column[];
  private capacity = 64;
  private used = 0;
  private readonly free: number[] = [];
  /** Bytes of text that no row has any more, by column. */
  private readonly dead: number[];

  constructor(schema: RowSchema) {
    this.columns = schema.map((field) => newArena(newColumn(layoutOf(field.type), this.capacity, true)));
    this.dead = schema.map(() => 0);
  }

  /** A row whose cells are void. */
  take(): number {
    const id = this.free.pop();
    if (id !== undefined) return id;
    if (this.used === this.capacity) {
      this.capacity = nextCapacity(this.capacity);
      for (const column of this.columns) growColumn(column, this.capacity);
    }
    return this.used++;
  }

  drop(id: number): void {
    this.columns.forEach((column, c) => {
      if (column.layout !== 'text') return;
      this.dead[c] = this.dead[c]! + column.end[id]! - column.start[id]!;
      column.start[id] = 0;
      column.end[id] = 0;
    });
    this.free.push(id);
  }

  identical(a: number, b: number): boolean {
    return this.columns.every((column) => identicalCells(column, a, b));
  }

  /** Gives dead text back; nothing of a former batch may be in use. */
  compact(): void {
    this.columns.forEach((column, c) => {
      if (column.layout === 'text' && compactArena(column, this.dead[c]!, this.used)) this.dead[c] = 0;
    });
  }

  bytes(): number {
    return this.columns.reduce((sum, column) => sum + columnBytes(column), 0);
  }
}
