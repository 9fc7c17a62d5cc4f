// INCLUDE HEADERS: the headers of records as a column of type struct<key text, value bytea>[], encoded as data/tree/ says, from bytes to
// bytes. A record without headers has an empty array.

import { END_OF_ARRAY } from '../../data/tree/cells.ts';
import { NULL_CELL, TreeWriter, VALUE_CELL } from '../../data/tree/writer.ts';
import type { Column } from '../../data/column.ts';
import type { RecordColumns } from '../record-columns.ts';
import { HeaderWalker } from './header-walker.ts';

export class HeaderColumn {
  private readonly walker = new HeaderWalker();
  private readonly writer = new TreeWriter();
  private bytes = new Uint8Array(4096);

  /** Row i gets the headers of record `recordIndex[i]`, which are valid; the bytes are good until the next call. */
  fill(
    column: Extract<Column, { layout: 'text' }>,
    records: RecordColumns,
    recordIndex: Int32Array,
    rows: number,
  ): void {
    let used = 0;
    for (let i = 0; i < rows; i++) {
      const record = recordIndex[i]!;
      this.write(records.buffer, records.headersStart[record]!, records.headersEnd[record]!);
      this.reserve(used);
      this.writer.copyTo(this.bytes, used);
      column.start[i] = used;
      column.end[i] = used += this.writer.size;
    }
    column.bytes = this.bytes;
    column.nulls = null;
  }

  private write(b: Uint8Array, s: number, e: number): void {
    const { walker, writer: w } = this;
    w.clear();
    walker.open(b, s, e);
    while (walker.next()) {
      w.u8(VALUE_CELL);
      w.u8(VALUE_CELL);
      w.text(b, walker.keyStart, walker.keyEnd);
      w.u8(walker.valueStart < 0 ? NULL_CELL : VALUE_CELL);
      if (walker.valueStart >= 0) w.blob(b, walker.valueStart, walker.valueEnd);
    }
    w.u8(END_OF_ARRAY);
  }

  private reserve(used: number): void {
    const needed = used + this.writer.size;
    if (needed <= this.bytes.length) return;
    const wider = new Uint8Array(needed * 2);
    wider.set(this.bytes.subarray(0, used));
    this.bytes = wider;
  }
}
