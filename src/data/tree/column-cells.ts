// A value of a column as a cell of a tree, without making it a value first.

import type { Column } from '../column.ts';
import { NUMERIC_WIDE } from '../column.ts';
import type { SqlType } from '../types.ts';
import { isTree } from '../types.ts';
import { valueAt } from '../value.ts';
import { writeCell } from './cells.ts';
import type { TreeWriter } from './writer.ts';
import { NULL_CELL, VALUE_CELL } from './writer.ts';

export function writeColumnCell(w: TreeWriter, type: SqlType, column: Column, row: number): void {
  if (column.nulls?.[row] === 1) return w.u8(NULL_CELL);
  // Trees within trees have details of their own among those of the whole.
  if (isTree(type)) return writeCell(w, type, valueAt(column, row, type));
  w.u8(VALUE_CELL);
  switch (column.layout) {
    case 'bool':
      return w.u8(column.values[row]!);
    case 'i32':
      return w.i32(column.values[row]!);
    case 'i64':
      return w.i64(column.values[row]!);
    case 'f64':
      return w.double(column.values[row]!);
    case 'numeric': {
      const stored = column.scale[row]!;
      const wide = stored >= 0 && (stored & NUMERIC_WIDE) !== 0;
      return w.numeric(
        wide ? column.wide![row]! : column.unscaled[row]!,
        wide ? stored & ~NUMERIC_WIDE : stored,
      );
    }
    case 'interval':
      return w.interval(column.months[row]!, column.days[row]!, column.micros[row]!);
    case 'text': {
      const [start, end] = [column.start[row]!, column.end[row]!];
      if (type.kind === 'uuid') return w.raw(column.bytes, start, end);
      if (type.kind === 'bytea') return w.blob(column.bytes, start, end);
      return w.text(column.bytes, start, end);
    }
  }
}
