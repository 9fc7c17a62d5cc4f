// Row tables against a plain multiset: random weights, all types, chains, orders, deltas and snapshots, expiry, defects.

import { describe, expect, it } from 'vitest';
import type { RowSchema, SqlType } from '../../src/data/types.ts';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  INTEGER,
  INTERVAL,
  NUMERIC,
  TEXT,
  TIMESTAMPTZ,
} from '../../src/data/types.ts';
import type { OrderColumn } from '../../src/state/order-code.ts';
import { ascending, rowProbe } from '../../src/state/order-code.ts';
import { OrderedCursor } from '../../src/state/ordered-cursor.ts';
import type { RowTableShape } from '../../src/state/row-table.ts';
import { RowTable } from '../../src/state/row-table.ts';
import { decodeSegment, encodeSegment } from '../../src/state/segment.ts';
import { liveSlots } from '../../src/state/slots.ts';
import type { Random } from '../simulation/random.ts';
import { seeded } from '../simulation/random.ts';
import type { Row } from './plain-rows.ts';
import { batchOf, compareRows, printed, randomRow, rowAt } from './plain-rows.ts';

const field = (name: string, type: SqlType, nullable = true) => ({ name, type, nullable });

const SCHEMA: RowSchema = [
  field('k', NUMERIC),
  field('t', TEXT, false),
  field('i', INTEGER),
  field('b', BIGINT),
  field('d', DOUBLE),
  field('n', NUMERIC),
  field('v', INTERVAL),
  field('o', BOOLEAN),
];

const ORDER: readonly OrderColumn[] = [
  { column: 4, descending: true, nullsFirst: true },
  { column: 5, descending: false, nullsFirst: true },
  { column: 6, descending: true, nullsFirst: false },
  ascending(1),
];

const SHAPE: RowTableShape = {
  fingerprint: 'rows',
  schema: SCHEMA,
  distribution: 1,
  key: 2,
  payload: ['i32'],
  orders: [ORDER, [ascending(3)]],
  time: null,
};

/** Row → weight. */
class Model {
  readonly rows = new Map<string, { row: Row; weight: number }>();

  add(row: Row, diff: number): void {
    const text = printed(row);
    const weight = (this.rows.get(text)?.weight ?? 0) + diff;
    if (weight === 0) this.rows.delete(text);
    else this.rows.set(text, { row, weight });
  }
}

/** As SQL compares: 1.0 and 1.00 are one key. */
function sameKey(a: Row, b: Row): boolean {
  return compareRows(a, b, [ascending(0), ascending(1)]) === 0;
}

function check(table: RowTable, model: Model): void {
  expect(liveSlots(table.slots)).toBe(model.rows.size);
  const keys: Row[] = [];
  for (const { row } of model.rows.values()) if (!keys.some((key) => sameKey(key, row))) keys.push(row);
  expect(table.chains.keys).toBe(keys.length);
  const probes = batchOf(SCHEMA, keys);
  const entries = new Int32Array(keys.length);
  table.find(probes.columns, 0, keys.length, entries);
  const cursor = new OrderedCursor();
  keys.forEach((key, i) => {
    const rows = [...model.rows.values()].filter(({ row }) => sameKey(row, key));
    const entry = entries[i]!;
    const chained: string[] = [];
    for (let s = table.chains.heads[entry]!; s >= 0; s = table.chains.next[s]!)
      chained.push(`${printed(rowAt(table.slots.keys, s))} × ${table.weights.values[s]!}`);
    expect(chained.sort()).toEqual(rows.map(({ row, weight }) => `${printed(row)} × ${weight}`).sort());
    expect(table.chains.rows[entry]).toBe(rows.length);
    expect(table.chains.weights[entry]).toBe(rows.reduce((sum, { weight }) => sum + weight, 0));
    table.orders.forEach((order) => {
      const root = order.root(entry);
      const walked: Row[] = [];
      for (let s = order.index.first(root, cursor); s >= 0; s = cursor.next())
        walked.push(rowAt(table.slots.keys, s));
      expect(walked.map(printed).sort()).toEqual(rows.map(({ row }) => printed(row)).sort());
      for (let r = 1; r < walked.length; r++)
        expect(compareRows(walked[r - 1]!, walked[r]!, order.columns)).toBeLessThanOrEqual(0);
      expect(order.index.total(root)).toBe(table.chains.weights[entry]);
    });
  });
}

function randomChanges(random: Random, model: Model, n: number): [Row, number][] {
  return Array.from({ length: n }, (): [Row, number] => {
    const present = [...model.rows.values()];
    const change: [Row, number] =
      present.length > 0 && random.chance(0.5)
        ? [random.pick(present).row, random.chance(0.7) ? -1 : 1]
        : [randomRow(random, SCHEMA), 1 + random.below(3)];
    model.add(...change);
    return change;
  });
}

function apply(table: RowTable, changes: readonly [Row, number][]): void {
  const batch = batchOf(
    SCHEMA,
    changes.map(([row]) => row),
    changes.map(([, diff]) => diff),
  );
  table.apply(batch.columns, batch.diffs, 0, batch.rows, new Int32Array(batch.rows));
}

function recovered(stored: readonly Uint8Array[]): RowTable {
  const table = new RowTable(SHAPE);
  for (const bytes of stored) for (const part of decodeSegment(bytes, () => table.slots)) table.load(part);
  return table;
}

describe('a row table', () => {
  it.each([1, 2, 3, 4, 5, 6])('is a multiset by key, also after recovery at any epoch (seed %i)', (seed) => {
    const random = seeded(seed);
    const model = new Model();
    let table = new RowTable(SHAPE);
    let stored: Uint8Array[] = [];
    for (let epoch = 0; epoch < 25; epoch++) {
      apply(table, randomChanges(random, model, random.below(80)));
      const snapshot = random.chance(0.15);
      if (snapshot) stored = [];
      stored.push(encodeSegment([snapshot ? table.snapshot() : table.delta()]));
      table.endEpoch();
      if (random.chance(0.3)) table = recovered(stored);
      check(table, model);
    }
    // Down to nothing, and nothing is left behind.
    apply(
      table,
      [...model.rows.values()].map(({ row, weight }): [Row, number] => [row, -weight]),
    );
    stored.push(encodeSegment([table.delta()]));
    table.endEpoch();
    check(table, new Model());
    check(recovered(stored), new Model());
    expect(table.slots.free.length).toBe(table.slots.used);
  });

  it('keeps equal keys that print differently as one key and two rows', () => {
    const table = new RowTable(SHAPE);
    const rest = ['t', 1, 1n, 0, null, null, true] as const;
    const one: Row = [{ unscaled: 10n, scale: 1 }, ...rest];
    const other: Row = [{ unscaled: 100n, scale: 2 }, ...rest];
    const minus: Row = [{ unscaled: 10n, scale: 1 }, 't', 1, 1n, -0, null, null, true];
    apply(table, [
      [one, 1],
      [other, 1],
      [minus, 1],
    ]);
    expect(table.chains.keys).toBe(1);
    expect(liveSlots(table.slots)).toBe(3);
    apply(table, [[other, -1]]);
    const left: string[] = [];
    for (let s = table.chains.heads[0]!; s >= 0; s = table.chains.next[s]!)
      left.push(printed(rowAt(table.slots.keys, s)));
    expect(left.sort()).toEqual([printed(one), printed(minus)].sort());
  });

  it('takes its key group from the distribution columns alone', () => {
    const table = new RowTable(SHAPE);
    const random = seeded(3);
    const rows = Array.from({ length: 200 }, (): Row => [
      { unscaled: 42n, scale: 0 },
      ...randomRow(random, SCHEMA).slice(1),
    ]);
    apply(
      table,
      rows.map((row) => [row, 1]),
    );
    const groups = new Set<number>();
    for (let s = 0; s < table.slots.used; s++) groups.add(table.slots.hashes[s]! >>> 24);
    expect(groups.size).toBe(1);
    const filled = table.chains.index.used.filter((n) => n > 0);
    expect(filled.length).toBe(1);
  });

  it('lets a retraction come before its row within an epoch, and tells when it stays alone', () => {
    const table = new RowTable(SHAPE);
    const row = randomRow(seeded(5), SCHEMA);
    apply(table, [
      [row, -1],
      [row, 1],
    ]);
    table.endEpoch();
    expect(liveSlots(table.slots)).toBe(0);
    apply(table, [[row, -1]]);
    expect(() => table.endEpoch()).toThrow(/retracted more often/);
  });

  it('keeps what the operator puts beside a row', () => {
    const table = new RowTable(SHAPE);
    const rows = Array.from({ length: 50 }, (_, i): Row => [null, `${i}`, i, null, null, null, null, null]);
    const touched = new Int32Array(50);
    table.apply(batchOf(SCHEMA, rows).columns, null, 0, 50, touched);
    touched.forEach((slot, i) => (table.payload[0]!.values[slot] = i * 3));
    const first = encodeSegment([table.delta()]);
    table.endEpoch();
    table.payload[0]!.values[touched[7]!] = 1000;
    table.touch(touched[7]!);
    const second = encodeSegment([table.delta()]);
    const again = recovered([first, second]);
    for (let s = 0; s < 50; s++) {
      const i = rowAt(again.slots.keys, s)[2] as number;
      expect(again.payload[0]!.values[s]).toBe(i === 7 ? 1000 : i * 3);
    }
  });

  it('finds a place in an order by the values of a batch', () => {
    const table = new RowTable({ ...SHAPE, orders: [[ascending(3)]] });
    const rows = [10n, 20n, 30n].map((b): Row => [null, 'k', null, b, null, null, null, null]);
    apply(
      table,
      rows.map((row) => [row, 1]),
    );
    const probe = rowProbe(table.slots, SCHEMA, table.orders[0]!.columns);
    const times = batchOf([field('b', BIGINT)], [[5n], [20n], [25n], [31n], [null]]);
    const cursor = new OrderedCursor();
    const found = [0, 1, 2, 3, 4].map((i) => {
      probe.set(times.columns, i);
      const slot = table.orders[0]!.index.seek(table.orders[0]!.root(0), probe, cursor);
      return slot < 0 ? null : rowAt(table.slots.keys, slot)[3]!;
    });
    expect(found).toEqual([10n, 20n, 30n, null, null]);
  });
});

describe('a row table with event time', () => {
  const schema: RowSchema = [field('k', TEXT), field('at', TIMESTAMPTZ)];
  const shape: RowTableShape = {
    ...SHAPE,
    schema,
    distribution: 1,
    key: 1,
    orders: [[ascending(1)]],
    time: 1,
    payload: [],
  };

  it.each([1, 2, 3])(
    'drops what is past with one tombstone, and does not bring it back (seed %i)',
    (seed) => {
      const random = seeded(seed);
      const table = new RowTable(shape);
      const stored: Uint8Array[] = [];
      let live: Row[] = [];
      for (let epoch = 1; epoch <= 40; epoch++) {
        const rows = Array.from({ length: 50 }, (_, i): Row => {
          if (random.chance(0.05)) return [`never ${epoch} ${i}`, null];
          return [
            `${random.below(9)}`,
            BigInt(epoch * 10 + random.below(100)) * 1000n + BigInt(epoch * 50 + i),
          ];
        });
        const gone = live.filter(() => random.chance(0.1));
        live = [...live.filter((row) => !gone.includes(row)), ...rows];
        const batch = batchOf(schema, [...rows, ...gone], [...rows.map(() => 1), ...gone.map(() => -1)]);
        table.apply(batch.columns, batch.diffs, 0, batch.rows, new Int32Array(batch.rows));
        const through = BigInt(epoch * 10 * 1000);
        const expired = table.expired(through);
        const past = live.filter(([, at]) => at !== null && (at as bigint) <= through);
        expect(expired.length).toBe(past.length);
        table.expire(expired, through);
        live = live.filter((row) => !past.includes(row));
        stored.push(encodeSegment([table.delta()]));
        table.endEpoch();
        const again = new RowTable(shape);
        for (const bytes of epoch % 10 === 0 ? stored : [])
          for (const part of decodeSegment(bytes, () => again.slots)) again.load(part);
        for (const one of epoch % 10 === 0 ? [table, again] : [table]) {
          const rows: string[] = [];
          for (let s = 0; s < one.slots.used; s++)
            if ((one.slots.flags[s]! & 1) !== 0) rows.push(printed(rowAt(one.slots.keys, s)));
          expect(rows.sort()).toEqual(live.map(printed).sort());
        }
      }
      expect(table.slots.used).toBeLessThan(1500);
    },
  );
});
