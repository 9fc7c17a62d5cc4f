// Arrays of state grow without being copied, and hold what they held.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, INTEGER, TEXT } from '../../src/data/types.ts';
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
import { rowAt } from './plain-rows.ts';

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

const SCHEMA: RowSchema = [INTEGER, BIGINT, TEXT].map((type, i) => ({ name: `c${i}`, type, nullable: true }));
const TEXTS = new TextEncoder().encode('0123456789'.repeat(200));

/** Row i of many, in columns: a NULL now and then, texts of all lengths. */
function fill(batch: Batch, from: number, rows: number): void {
  const [ints, longs, texts] = batch.columns;
  if (ints?.layout !== 'i32' || longs?.layout !== 'i64' || texts?.layout !== 'text')
    throw new Error('columns');
  longs.nulls = new Uint8Array(rows);
  texts.bytes = TEXTS;
  for (let row = 0; row < rows; row++) {
    const i = from + row;
    ints.values[row] = i % 1000;
    longs.values[row] = BigInt(i) << 20n;
    longs.nulls[row] = i % 1_000_000 === 11 ? 1 : 0;
    texts.start[row] = i % 1000;
    texts.end[row] = (i % 1000) + (i % 40);
  }
  batch.rows = rows;
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
    const [rows, step] = [150_000, 1000];
    const batch = newBatch(SCHEMA, step);
    const touched = new Int32Array(step);
    const applyAll = (diffs: Int32Array | null): void => {
      for (let from = 0; from < rows; from += step) {
        fill(batch, from, step);
        table.apply(batch.columns, diffs, 0, step, touched);
      }
      table.endEpoch();
    };
    applyAll(null);
    const [, longs] = table.slots.keys;
    expect(longs?.layout === 'i64' && longs.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(liveSlots(table.slots)).toBe(rows);
    for (let from = 0; from < rows; from += step * 7) {
      fill(batch, from, step);
      for (let row = 0; row < step; row += 97)
        expect(rowAt(table.slots.keys, from + row)).toEqual(rowAt(batch.columns, row));
    }
    applyAll(new Int32Array(step).fill(-1));
    expect([liveSlots(table.slots), table.chains.keys]).toEqual([0, 0]);
  });
});
