// NULL where a numeric of many digits was before: what is left of it in the arrays is never read.

import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/data/binary-format.ts';
import { readColumn, writeColumn } from '../../src/data/codec.ts';
import { newColumn, NUMERIC_WIDE } from '../../src/data/column.ts';
import type { NumericColumn } from '../../src/data/column.ts';
import { NUMERIC } from '../../src/data/types.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import { copyCell } from '../../src/state/cells.ts';

/** Row 0 is NULL, with the scale of a wide value that an earlier batch had there and without its digits. */
function leftOver(): NumericColumn {
  const column = newColumn('numeric', 2, true) as NumericColumn;
  column.scale[0] = NUMERIC_WIDE | 3;
  column.nulls![0] = 1;
  setValue(column, 1, { unscaled: 15n, scale: 1 });
  return column;
}

it('is written and read back', () => {
  const writer = new ByteWriter(64);
  writeColumn(writer, leftOver(), Int32Array.of(0, 1), 2);
  const column = readColumn(new ByteReader(Buffer.from(writer.finish())), 'numeric', 2);
  expect([valueAt(column, 0, NUMERIC), valueAt(column, 1, NUMERIC)]).toEqual([
    null,
    { unscaled: 15n, scale: 1 },
  ]);
});

it('is copied between cells', () => {
  const to = newColumn('numeric', 1, true) as NumericColumn;
  copyCell(leftOver(), 0, to, 0);
  expect(valueAt(to, 0, NUMERIC)).toBeNull();
  expect(to.scale[0]).toBe(0);
});
