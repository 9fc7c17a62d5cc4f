// lag and lead: the value of a row some places before or behind, otherwise a default of the row's own.

import type { Column } from '../../data/column.ts';
import { setValue } from '../../data/value.ts';
import { copyCell } from '../../state/cells.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OverFunction, Stretch } from './over-function.ts';
import type { RowChange } from './row-change.ts';

/** Column by slot. */
export type SlotColumn = () => Column;

export class Neighbour implements OverFunction {
  private readonly value: SlotColumn;
  private readonly otherwise: SlotColumn | null;
  private readonly distance: number;

  /** `distance` is negative for rows before. */
  constructor(value: SlotColumn, otherwise: SlotColumn | null, distance: number) {
    this.value = value;
    this.otherwise = otherwise;
    this.distance = distance;
  }

  /** Rows that see a changed place, or see across it. */
  reach({ from, to }: RowChange): Stretch {
    const far = Math.abs(this.distance);
    return { from: from - far, to: to + far };
  }

  compute(rows: OrderedRows, { from, to }: Stretch, ids: Int32Array, column: Column): void {
    const value = this.value();
    const otherwise = this.otherwise?.() ?? null;
    for (let place = from; place < to; place++) {
      const at = ids[place - from]!;
      const there = place + this.distance;
      if (there >= 0 && there < rows.total) copyCell(value, rows.slot(there), column, at);
      else if (otherwise !== null) copyCell(otherwise, rows.slot(place), column, at);
      else setValue(column, at, null);
    }
  }
}
