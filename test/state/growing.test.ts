// Arrays of state grow without being copied, and hold what they held.

import { describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, INTEGER, NUMERIC, TEXT } from '../../src/data/types.ts';
import {
  grownBigints,
  grownBytes,
  grownDoubles,
  grownInt16s,
  grownInt32s,
  nextCapacity,
} from '../../src/state/growing.ts';
import { RowTable } from '../../src/state/row-table.ts';
import { liveSlots } from '../../src/state/slots.ts';
import type { Row } from './plain-rows.ts';
import { batchOf, printed, rowAt } from './plain-rows.ts';

const LARGE = 1 << 20;

describe('arrays that grow', () => {
  it.each([
    ['bytes', () => grownBytes(new Uint8Array(LARGE).fill(7), LARGE + 1), grownBytes],
    ['16-bit integers', () => grownInt16s(new Int16Array(LARGE).fill(-7), LARGE + 1), grownInt16s],
    ['32-bit integers', () => grownInt32s(new Int32Array(LARGE).fill(-7), LARGE + 1), grownInt32s],
    ['doubles', () => grownDoubles(new Float64Array(LARGE).fill(-0.5), LARGE + 1), grownDoubles],
    ['64-bit integers', () => grownBigints(new BigInt64Array(LARGE).fill(-7n), LARGE + 1), grownBigints],
  ])('keep large ones where they are: %s', (_, make, grow) => {
    const before = make();
    const first = before[0];
    const after = (grow as (old: typeof before, length: number) => typeof before)(before, LARGE * 3);
    expect(after.buffer).toBe(before.buffer);
    expect(after.length).toBe(LARGE * 3);
    expect([after[0], after[LARGE - 1]]).toEqual([first, first]);
    expect([Number(after[LARGE]), Number(after[LARGE * 3 - 1])]).toEqual([0, 0]);
  });

  it('copy small ones, which are views of anything', () => {
    const old = new Int32Array([1, 2, 3, 4]).subarray(1, 3);
    expect([...grownInt32s(old, 4)]).toEqual([2, 3, 0, 0]);
  });

  it('let an eighth lie idle at most when there are many', () => {
    expect(nextCapacity(64)).toBe(128);
    for (let n = 1 << 16; n < 1e9; n = nextCapacity(n)) {
      expect(nextCapacity(n)).toBeGreaterThan(n);
      expect(nextCapacity(n)).toBeLessThanOrEqual(n * 1.13);
    }
  });
});

const SCHEMA: RowSchema = [INTEGER, BIGINT, TEXT, NUMERIC].map((type, i) => ({
  name: `c${i}`,
  type,
  nullable: true,
}));

function rowOf(i: number): Row {
  if (i % 11 === 0) return [i, null, null, null];
  return [i % 1000, BigInt(i) << 20n, `text ${i}`, { unscaled: BigInt(i), scale: i % 5 }];
}

describe('a table of rows', () => {
  it('finds every row after its arrays grew in place', () => {
    const table = new RowTable({
      fingerprint: 'rows',
      schema: SCHEMA,
      distribution: 1,
      key: 1,
      payload: ['i64'],
      orders: [],
      time: null,
    });
    const [rows, step] = [150_000, 500];
    const touched = new Int32Array(step);
    for (let from = 0; from < rows; from += step) {
      const batch = batchOf(
        SCHEMA,
        Array.from({ length: step }, (_, i) => rowOf(from + i)),
      );
      table.apply(batch.columns, null, 0, step, touched);
    }
    table.endEpoch();
    const [, longs] = table.slots.keys;
    expect(longs?.layout === 'i64' && longs.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(liveSlots(table.slots)).toBe(rows);
    for (let i = 0; i < rows; i += 997) expect(printed(rowAt(table.slots.keys, i))).toBe(printed(rowOf(i)));
    for (let from = 0; from < rows; from += step) {
      const batch = batchOf(
        SCHEMA,
        Array.from({ length: step }, (_, i) => rowOf(from + i)),
        Array(step).fill(-1),
      );
      table.apply(batch.columns, batch.diffs, 0, step, touched);
    }
    table.endEpoch();
    expect([liveSlots(table.slots), table.chains.keys]).toEqual([0, 0]);
  });
});
