// lag and lead: the value of a row some places before or behind, otherwise a default of the row's own.

import type { Column } from '../../data/column.ts';
import { setValue } from '../../data/value.ts';
import { copyCell } from '../../state/cells.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OverFunction, Stretch } from './over-function.ts';
import { whole } from './over-function.ts';
import type { RowChange } from './row-change.ts';

/** Column by slot. */
export type SlotColumn = () => Column;

/** Negative for rows before; or a column that says it for each row, in a direction. */
export type Distance = number | { readonly column: SlotColumn; readonly direction: 1 | -1 };

function distanceOf(distance: Distance): (slot: number) => number | null {
  if (typeof distance === 'number') return () => distance;
  const column = distance.column();
  if (column.layout !== 'i32') throw new Error('a distance is an integer');
  return (slot) => (column.nulls?.[slot] === 1 ? null : column.values[slot]! * distance.direction);
}

export class Neighbour implements OverFunction {
  private readonly value: SlotColumn;
  private readonly otherwise: SlotColumn | null;
  private readonly distance: Distance;

  constructor(value: SlotColumn, otherwise: SlotColumn | null, distance: Distance) {
    this.value = value;
    this.otherwise = otherwise;
    this.distance = distance;
  }

  /** Rows that see a changed place, or see across it. */
  reach({ from, to }: RowChange, { total }: OrderedRows): Stretch {
    if (typeof this.distance !== 'number') return whole(total);
    const far = Math.abs(this.distance);
    return { from: from - far, to: to + far };
  }

  compute(rows: OrderedRows, { from, to }: Stretch, ids: Int32Array, column: Column): void {
    const value = this.value();
    const otherwise = this.otherwise?.() ?? null;
    const distance = distanceOf(this.distance);
    for (let place = from; place < to; place++) {
      const at = ids[place - from]!;
      const far = distance(rows.slot(place));
      const there = place + (far ?? 0);
      if (far === null) setValue(column, at, null);
      else if (there >= 0 && there < rows.total) copyCell(value, rows.slot(there), column, at);
      else if (otherwise !== null) copyCell(otherwise, rows.slot(place), column, at);
      else setValue(column, at, null);
    }
  }
}
