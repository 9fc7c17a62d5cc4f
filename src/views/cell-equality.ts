// Are two cells the same in every bit that a reader could see? Stricter than SQL's =: 1.0 and 1.00 differ here, so that a
// change of the display scale is a change of the row; NaN equals NaN and NULL equals NULL.

import type { Column } from '../data/column.ts';
import { NUMERIC_WIDE } from '../data/column.ts';

export function sameCell(column: Column, a: number, b: number): boolean {
  const nulls = column.nulls;
  if (nulls !== null && (nulls[a] === 1 || nulls[b] === 1)) return nulls[a] === nulls[b];
  switch (column.layout) {
    case 'bool':
    case 'i32':
      return column.values[a] === column.values[b];
    case 'i64':
      return column.values[a] === column.values[b];
    case 'f64':
      return Object.is(column.values[a], column.values[b]);
    case 'numeric': {
      const scale = column.scale[a]!;
      if (scale !== column.scale[b]) return false;
      if (scale >= 0 && (scale & NUMERIC_WIDE) !== 0) return column.wide![a] === column.wide![b];
      return scale < 0 || column.unscaled[a] === column.unscaled[b];
    }
    case 'text': {
      let i = column.start[a]!;
      let j = column.start[b]!;
      const end = column.end[a]!;
      if (end - i !== column.end[b]! - j) return false;
      const bytes = column.bytes;
      while (i < end) if (bytes[i++] !== bytes[j++]) return false;
      return true;
    }
    case 'interval':
      return (
        column.months[a] === column.months[b] &&
        column.days[a] === column.days[b] &&
        column.micros[a] === column.micros[b]
      );
  }
}

export function sameRow(columns: readonly Column[], a: number, b: number): boolean {
  for (let c = 0; c < columns.length; c++) if (!sameCell(columns[c]!, a, b)) return false;
  return true;
}
