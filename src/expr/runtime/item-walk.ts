// The items of an array one after the other, as unnest asks for them: each call goes on where the last one was, when it is for a later
// item of the same array of the same batch. (Subscripts start at the first item each time.)

import { result } from '../../data/registers.ts';
import { skipCell } from '../../data/tree/cells.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import type { SqlType } from '../../data/types.ts';
import { batchNumber } from './arena.ts';
import { cellReader, payloadReader } from './cells.ts';

/** The cell at `index` of an array that is a column, from 1; NULL outside. */
export function itemWalker(
  element: SqlType,
): (bytes: Uint8Array, start: number, end: number, index: number) => unknown {
  const r = new TreeReader();
  const read = cellReader(element);
  const { zero } = payloadReader(element);
  let batch = 0;
  let from = -1;
  let to = -1;
  /** The item that `r` stands before. */
  let at = 1;
  return (bytes, start, end, index) => {
    const goesOn =
      index >= at && bytes === r.bytes && start === from && end === to && batch === batchNumber();
    if (!goesOn) {
      r.open(bytes, start, end);
      batch = batchNumber();
      from = start;
      to = end;
      at = 1;
    }
    for (; at < index && r.bytes[r.at] !== 0; at++) skipCell(r, element);
    if (index < 1 || r.bytes[r.at] === 0) {
      result.isNull = true;
      return zero;
    }
    const { at: place, detail } = r;
    const value = read(r);
    r.at = place;
    r.detail = detail;
    return value;
  };
}
