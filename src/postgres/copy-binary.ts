// Rows of a batch as the stream that `COPY … FROM STDIN (FORMAT binary)` reads. Header, rows and trailer are separate, so
// that many batches make one stream.

import type { Column } from '../data/column.ts';
import type { SqlType } from '../data/types.ts';
import { isTree } from '../data/types.ts';
import type { Rows } from './binary-cells.ts';
import { addCellSizes, writeCells } from './binary-cells.ts';
import { binaryCells } from './tree-cells.ts';

export const COPY_HEADER: Buffer = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER: Buffer = Buffer.from([0xff, 0xff]);

/** What stands in one column of the COPY. */
export interface CopyColumn {
  readonly column: Column;
  readonly type: SqlType;
  /** Which row of `column` stands in the i-th row of the COPY, when it is not `rows[i]`. */
  readonly rows?: Rows;
}

/** The rows `rows`, without header and trailer. */
export function encodeCopyRows(given: readonly CopyColumn[], rows: Rows): Buffer {
  const columns = given.map((one) =>
    isTree(one.type) ? { ...one, column: binaryCells(one.column, one.type, one.rows ?? rows) } : one,
  );
  const cursors = new Int32Array(rows.length).fill(2);
  for (const { column, type, rows: own } of columns) addCellSizes(column, type, own ?? rows, cursors);
  let at = 0;
  for (let i = 0; i < cursors.length; i++) {
    const size = cursors[i]!;
    cursors[i] = at;
    at += size;
  }
  const out = Buffer.allocUnsafe(at);
  for (let i = 0; i < cursors.length; i++) {
    const p = cursors[i]!;
    out.writeInt16BE(columns.length, p);
    cursors[i] = p + 2;
  }
  for (const { column, type, rows: own } of columns) writeCells(column, type, own ?? rows, cursors, out);
  return out;
}
