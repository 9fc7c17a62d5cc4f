// The index of a table, key group by key group: what has gone leaves no room behind, and what is there is found.

import { expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT } from '../../src/data/types.ts';
import { KEY_GROUPS, addSlot, indexBytes, newKeyIndex, removeSlot } from '../../src/state/key-index.ts';
import { RowTable } from '../../src/state/row-table.ts';
import { seeded } from '../simulation/random.ts';
import { testSeed } from '../setup/seed.ts';
import { batchOf } from './plain-rows.ts';

it('finds what is there, whatever has come and gone', () => {
  const random = seeded(testSeed());
  const index = newKeyIndex();
  const hashes = new Int32Array(4096);
  const live = new Set<number>();
  for (let step = 0; step < 40_000; step++) {
    // Waves, so that tables grow and shrink; few key groups, and hashes that meet.
    const wanted = (Math.sin(step / 3000) + 1) * 2000;
    if (live.size < wanted && live.size < hashes.length) {
      let slot = random.below(hashes.length);
      while (live.has(slot)) slot = (slot + 1) % hashes.length;
      hashes[slot] = (random.below(4) << 24) | random.below(3000);
      addSlot(index, hashes, slot);
      live.add(slot);
    } else if (live.size > 0) {
      const slot = [...live][random.below(Math.min(live.size, 50))]!;
      removeSlot(index, hashes, slot);
      live.delete(slot);
    }
  }
  const found = new Set<number>();
  for (const slot of live) {
    const table = index.groups[hashes[slot]! >>> 24]!;
    let p = (hashes[slot]! << 1) & (table.length - 1);
    while (table[p] !== 0 && table[p] !== slot + 1) p = (p + 2) & (table.length - 1);
    if (table[p] === slot + 1 && table[p + 1] === hashes[slot]) found.add(slot);
  }
  expect(found).toEqual(live);
  for (const slot of live) removeSlot(index, hashes, slot);
  expect(index.live).toBe(0);
  expect(indexBytes(index)).toBe(index.room * 8);
  expect(index.room).toBeLessThanOrEqual(index.most * 16);
});

const ROWS: RowSchema = [
  { name: 'window', type: BIGINT, nullable: false },
  { name: 'v', type: BIGINT, nullable: false },
];

it('holds no more after many windows, each in a key group of its own, than after some', () => {
  const table = new RowTable({
    fingerprint: 'windows',
    schema: ROWS,
    distribution: 1,
    key: 1,
    payload: [],
    orders: [],
    time: 0,
  });
  const rows = 500;
  const touched = new Int32Array(rows);
  const most = [0, 0];
  for (let window = 1; window <= KEY_GROUPS * 2; window++) {
    const batch = batchOf(
      ROWS,
      Array.from({ length: rows }, (_, v) => [BigInt(window), BigInt(v)]),
    );
    table.apply(batch.columns, null, 0, rows, touched);
    const through = BigInt(window - 2);
    table.expire(table.expired(through), through);
    table.endEpoch();
    const half = window <= 20 ? 0 : 1;
    most[half] = Math.max(most[half]!, table.bytes());
  }
  expect(most[1]).toBeLessThanOrEqual(most[0]! * 1.2);
});
