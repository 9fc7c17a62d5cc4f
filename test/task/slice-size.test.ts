// Records that an input gives at a time follow what they cost.

import { expect, test } from 'vitest';
import { SliceSize } from '../../src/task/slice-size.ts';

/** What 20 slices come to when a record takes so many milliseconds, and brings so much of an epoch. */
function grown(msPerRecord: number, shareOfRecord = 0): SliceSize {
  const size = new SliceSize();
  for (let i = 0; i < 20; i++) {
    const records = Math.min(4096, size.next(1));
    size.took(records, records * msPerRecord, records * shareOfRecord);
  }
  return size;
}

test('slices of cheap records grow until a chunk is one', () => {
  expect(grown(0.0001).next(1)).toBeGreaterThanOrEqual(4096);
});

test('a slice takes about as long as a turn may', () => {
  const records = grown(1).next(1);
  expect(records).toBeGreaterThanOrEqual(8);
  expect(records).toBeLessThanOrEqual(32);
});

test('a record that takes longer than that comes alone', () => {
  expect(grown(500).next(1)).toBe(1);
});

test('a slice is no large part of an epoch', () => {
  const records = grown(0.0001, 1 / 1000).next(1);
  expect(records).toBeGreaterThanOrEqual(62);
  expect(records).toBeLessThanOrEqual(125);
  expect(grown(0.0001, 1).next(1)).toBe(1);
});

test('before records become more rows than the last ones, slices are smaller', () => {
  const size = grown(0.0001);
  const before = size.next(1);
  expect(size.next(1000)).toBe(Math.floor(before / 1000));
  expect(size.next(1e9)).toBe(1);
});
