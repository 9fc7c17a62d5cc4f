// Cuts the changes of an epoch into parts of the change log: large values stall the event loop and the server. A part holds
// at least one row, so only a single row that is larger makes a larger part.

import type { Column } from '../data/column.ts';
import { NUMERIC_WIDE } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import type { ChangelogPart } from '../postgres/write-step.ts';
import { MAX_PART_BYTES } from '../postgres/write-step.ts';
import type { RowChanges } from './change-log-codec.ts';
import { encodeChanges } from './change-log-codec.ts';

/** Kept free for the header and the alignment of arrays. */
const slack = (columns: number): number => 64 + 128 * columns;

export function encodeParts(
  viewId: number,
  schema: RowSchema,
  changes: RowChanges,
  limit = MAX_PART_BYTES,
): ChangelogPart[] {
  const sizes = rowSizes(changes.rows.columns, changes.rows.rows);
  const room = limit - slack(schema.length);
  const parts: ChangelogPart[] = [];
  const { deletes, updatesTo, updatesFrom, inserts } = changes;
  let [u, i, d] = [0, 0, 0];
  while (u < updatesTo.length || i < inserts.length || d < deletes.length) {
    const [u0, i0, d0] = [u, i, d];
    let free = room;
    const fits = (size: number): boolean => {
      const taken = free === room || size <= free;
      if (taken) free -= size;
      return taken;
    };
    while (u < updatesTo.length && fits(sizes[updatesTo[u]!]! + sizes[updatesFrom[u]!]!)) u++;
    if (u === updatesTo.length) while (i < inserts.length && fits(sizes[inserts[i]!]!)) i++;
    if (i === inserts.length) while (d < deletes.length && fits(sizes[deletes[d]!]!)) d++;
    const bytes = encodeChanges({
      rows: changes.rows,
      updatesFrom: updatesFrom.subarray(u0, u),
      updatesTo: updatesTo.subarray(u0, u),
      inserts: inserts.subarray(i0, i),
      deletes: deletes.subarray(d0, d),
    });
    parts.push({ viewId, part: parts.length, rows: u - u0 + (i - i0) + (d - d0), bytes });
  }
  return parts;
}

const BYTES_PER_CELL = { bool: 2, i32: 5, i64: 9, f64: 9, numeric: 11, text: 5, interval: 17 } as const;

/** Upper bounds of what each row takes. */
function rowSizes(columns: readonly Column[], rows: number): Float64Array {
  const sizes = new Float64Array(rows);
  for (const column of columns) {
    const fixed = BYTES_PER_CELL[column.layout];
    for (let r = 0; r < rows; r++) {
      sizes[r]! += fixed;
      if (column.layout === 'text') sizes[r]! += column.end[r]! - column.start[r]!;
    }
    if (column.layout !== 'numeric' || column.wide === null) continue;
    for (let r = 0; r < rows; r++) {
      const scale = column.scale[r]!;
      if (scale >= 0 && (scale & NUMERIC_WIDE) !== 0) sizes[r]! += 5 + String(column.wide[r]!).length;
    }
  }
  return sizes;
}
