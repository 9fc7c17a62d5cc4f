// Keyed tables against a Map: single keys deleted, windows expired, deltas, snapshots, and segments of the previous format.

import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, NUMERIC, TEXT, TIMESTAMPTZ } from '../../src/data/types.ts';
import { AggregateOperator } from '../../src/operators/aggregate/aggregate.ts';
import type { AggregateNode } from '../../src/physical/graph.ts';
import type { RowKernel } from '../../src/state/row-code.ts';
import { rowKernel } from '../../src/state/row-code.ts';
import { KeyedTable } from '../../src/state/keyed-table.ts';
import { RowChains } from '../../src/state/row-chains.ts';
import { decodeSegment, encodeSegment } from '../../src/state/segment.ts';
import { aggregateKernel } from '../../src/operators/aggregate/update-code.ts';
import { DIRTY, LIVE, liveSlots } from '../../src/state/slots.ts';
import { seeded } from '../simulation/random.ts';
import type { Row } from './plain-rows.ts';
import { batchOf, printed, rowAt } from './plain-rows.ts';

const KEYS: RowSchema = [
  { name: 'k', type: TEXT, nullable: true },
  { name: 'end', type: TIMESTAMPTZ, nullable: true },
];

function newTable(): KeyedTable {
  const kernel = aggregateKernel({
    keys: [
      { layout: 'text', tree: false, nullable: true },
      { layout: 'i64', tree: false, nullable: true },
    ],
    accumulators: ['f64', 'big'],
    calls: [],
    keepOld: true,
    weighted: false,
  });
  const shape = {
    fingerprint: 'keyed',
    keySchema: KEYS,
    accumulators: ['f64', 'big'] as const,
    windowEnd: 1,
    keepOld: true,
  };
  return new KeyedTable(shape, (table, keys, from, to, make, found) =>
    kernel.locate(table, keys, from, to, make, found),
  );
}

/** As an operator does it. */
function put(table: KeyedTable, key: Row, value: number): void {
  const { columns } = batchOf(KEYS, [key]);
  const slot = table.locate(columns, 0, true);
  table.slots.accumulators[0]!.values[slot] = value;
  table.slots.accumulators[1]!.values[slot] = 2n ** 70n + BigInt(value);
  if ((table.slots.flags[slot]! & DIRTY) !== 0) return;
  table.slots.flags[slot]! |= DIRTY;
  table.mark(slot);
}

function contents(table: KeyedTable): string[] {
  const rows: string[] = [];
  for (let s = 0; s < table.slots.used; s++) {
    if ((table.slots.flags[s]! & LIVE) === 0) continue;
    const [value, big] = table.slots.accumulators.map((acc) => acc.values[s]);
    expect(big).toBe(2n ** 70n + BigInt(value as number));
    rows.push(`${printed(rowAt(table.slots.keys, s))} = ${value as number}`);
  }
  return rows.sort();
}

describe('a keyed table', () => {
  it.each([1, 2, 3, 4])('is a map with deletions, also after recovery (seed %i)', (seed) => {
    const random = seeded(seed);
    const model = new Map<string, { key: Row; value: number }>();
    let table = newTable();
    let stored: Uint8Array[] = [];
    for (let epoch = 1; epoch <= 60; epoch++) {
      for (let n = random.below(30); n > 0; n--) {
        const end = random.chance(0.2) ? null : BigInt(epoch + random.below(20));
        const key: Row = [random.chance(0.1) ? null : `key ${random.below(10)}`, end];
        const value = random.below(1000);
        put(table, key, value);
        model.set(printed(key), { key, value });
      }
      for (const [text, { key }] of [...model]) {
        if (!random.chance(0.1)) continue;
        table.remove(table.locate(batchOf(KEYS, [key]).columns, 0, false));
        model.delete(text);
        // Some come back in the same epoch.
        if (random.chance(0.8)) continue;
        put(table, key, 5);
        model.set(text, { key, value: 5 });
      }
      const through = BigInt(epoch);
      const expired = table.expired(through);
      table.expire(expired, through);
      let past = 0;
      for (const [text, { key }] of [...model])
        if (key[1] !== null && (key[1] as bigint) <= through && model.delete(text)) past++;
      expect(expired.length).toBe(past);
      const snapshot = random.chance(0.1);
      if (snapshot) stored = [];
      stored.push(encodeSegment([snapshot ? table.snapshot() : table.delta()]));
      table.endEpoch();
      if (random.chance(0.3)) {
        table = newTable();
        for (const bytes of stored)
          for (const part of decodeSegment(bytes, () => table.slots)) table.load(part);
      }
      const expected = [...model.values()].map(({ key, value }) => `${printed(key)} = ${value}`);
      expect(contents(table)).toEqual(expected.sort());
    }
    expect(liveSlots(table.slots)).toBeGreaterThan(5);
  });

  it('writes no tombstone for a key that no segment has', () => {
    const table = newTable();
    put(table, ['a', null], 1);
    table.remove(table.locate(batchOf(KEYS, [['a', null]]).columns, 0, false));
    expect(table.delta().gone).toEqual([]);
    expect(table.delta().n).toBe(0);
  });
});

/** Written by the first version of Millrace: count(*), sum(n), max(k) by k. */
const FORMAT_1 =
  'TVJTMdiz/CgBAAEAAQACAAAAdjHDAAAAAAAAAAAAAAAAAwAAAAMAWQEAAAB8AQAAAPgBAAAAAQAAAAEAAAAAAAEAAAAGAAAAAAAAAAcAAABh' +
  '5ryi5a2XAAAAAAAAAABAAAAAAAAA8D8AAAAAAADwPwAAAAAAAABAAAAAAAAA8D8AAAAAAAAAABcAAAAxMTgwNTkxNjIwNzE3NDExMzAzNDI1' +
  'NQEAAAAxAQAAADAAAAABAAAAAgAAAAAAAAAAAAAAAAAAAQAAAGEGAAAA5ryi5a2XAAAAAAAAAQEA';

describe('segments of format 1', () => {
  const schema: RowSchema = [
    { name: 'k', type: TEXT, nullable: true },
    { name: 'n', type: NUMERIC, nullable: true },
  ];
  const node: AggregateNode = {
    id: 2,
    kind: 'aggregate',
    input: 1,
    keys: [0],
    calls: [
      { fn: 'count_star', arg: null },
      { fn: 'sum', arg: 1 },
      { fn: 'max', arg: 0 },
    ],
    schema: [
      schema[0]!,
      { name: 'c', type: BIGINT, nullable: false },
      { name: 's', type: NUMERIC, nullable: true },
      { name: 'm', type: TEXT, nullable: true },
    ],
    streamKey: [0],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
    window: null,
    multisets: [],
    retracts: false,
    fingerprint: 'v1',
  };

  it('are read', () => {
    const operator = new AggregateOperator(node, schema);
    const bytes = Buffer.from(FORMAT_1, 'base64');
    for (const part of decodeSegment(bytes, () => operator.table.slots)) operator.table.load(part);
    operator.push(batchOf(schema, [['a', { unscaled: 5n, scale: 1 }]]));
    const rows: string[] = [];
    operator.endEpoch({
      push: (batch) => {
        for (let i = 0; i < batch.rows; i++)
          rows.push(`${batch.diffs![i]! > 0 ? '+' : '-'}${printed(rowAt(batch.columns, i))}`);
      },
      error: () => undefined,
    });
    expect(rows).toEqual([
      '-"a"|2n|11805916207174113034255e-1|"a"',
      '+"a"|3n|11805916207174113034260e-1|"a"',
    ]);
  });

  it('of a version that nobody knows are refused', () => {
    const bytes = Buffer.from(FORMAT_1, 'base64');
    bytes[8] = 2;
    bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
    expect(() => decodeSegment(bytes, () => null)).toThrow(/another format version/);
  });
});

describe('the generated loops of a row table', () => {
  it('agree with those of an aggregate about the key group', () => {
    const random = seeded(9);
    const rows = Array.from({ length: 300 }, (): Row => [
      random.chance(0.1) ? null : `key ${random.below(1e6)}`,
      random.chance(0.1) ? null : BigInt(random.below(1e9)),
    ]);
    const table = newTable();
    const kernel: RowKernel = rowKernel({ schema: KEYS, distribution: 2, key: 2 });
    const groups: number[] = [];
    const chains = new RowChains();
    const weights = { kind: 'f64' as const, values: new Float64Array(1) };
    const owner = {
      slots: newTable().slots,
      chains,
      weights,
      insert: (_columns: unknown, _row: number, _rowHash: number, keyHash: number) => {
        groups.push(keyHash >>> 24);
        return 0;
      },
      weigh: () => undefined,
    };
    const { columns } = batchOf(KEYS, rows);
    kernel.apply(owner, columns, null, 0, rows.length, new Int32Array(rows.length));
    rows.forEach((_, i) => {
      const slot = table.locate(columns, i, true);
      expect(table.slots.hashes[slot]! >>> 24).toBe(groups[i]);
    });
  });
});
