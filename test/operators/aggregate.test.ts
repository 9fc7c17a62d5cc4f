// GROUP BY against a plain model: random batches, epochs, recovery from deltas and snapshots, window expiry, damaged segments.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, DOUBLE, INTEGER, NUMERIC, TEXT, TIMESTAMPTZ } from '../../src/data/types.ts';
import type { NumericValue, Value } from '../../src/data/value.ts';
import { isNumericValue, setValue, valueAt } from '../../src/data/value.ts';
import { AggregateOperator } from '../../src/operators/aggregate/aggregate.ts';
import type { Output, RowError } from '../../src/operators/operator.ts';
import type { AggregateNode } from '../../src/physical/graph.ts';
import { decodeSegment, encodeSegment } from '../../src/state/segment.ts';

type Row = readonly Value[];

function batchOf(schema: RowSchema, rows: readonly Row[]): Batch {
  const batch = newBatch(schema, rows.length);
  rows.forEach((row, i) => row.forEach((value, c) => setValue(batch.columns[c]!, i, value)));
  batch.rows = rows.length;
  return batch;
}

function show(value: Value): string {
  if (isNumericValue(value)) return numericText(value);
  if (typeof value === 'bigint') return `${value}`;
  return JSON.stringify(value);
}

function numericText({ unscaled, scale }: NumericValue): string {
  let u = unscaled;
  let s = scale;
  while (s > 0 && u % 10n === 0n) {
    u /= 10n;
    s--;
  }
  return `${u}e-${s}`;
}

/** Collects output as a Z-set of printed rows. */
class Collected implements Output {
  readonly weights = new Map<string, number>();
  readonly errors: [RowError, number][] = [];
  pushed = 0;

  push(batch: Batch): void {
    for (let i = 0; i < batch.rows; i++) {
      const row = batch.columns.map((column, c) => show(valueAt(column, i, batch.schema[c]!.type))).join('|');
      const weight = (this.weights.get(row) ?? 0) + (batch.diffs === null ? 1 : batch.diffs[i]!);
      if (weight === 0) this.weights.delete(row);
      else this.weights.set(row, weight);
      this.pushed++;
    }
  }

  error(error: RowError, diff: number): void {
    this.errors.push([error, diff]);
  }

  rows(): string[] {
    for (const weight of this.weights.values()) expect(weight).toBe(1);
    return [...this.weights.keys()].sort();
  }
}

const INPUT: RowSchema = [
  { name: 'k', type: BIGINT, nullable: true },
  { name: 't', type: TEXT, nullable: true },
  { name: 'i', type: INTEGER, nullable: true },
  { name: 'b', type: BIGINT, nullable: false },
  { name: 'n', type: NUMERIC, nullable: true },
];

const NODE: AggregateNode = {
  id: 2,
  kind: 'aggregate',
  input: 1,
  keys: [0, 1],
  calls: [
    { fn: 'count_star', arg: null },
    { fn: 'count', arg: 2 },
    { fn: 'sum', arg: 2 },
    { fn: 'sum', arg: 3 },
    { fn: 'min', arg: 3 },
    { fn: 'max', arg: 1 },
    { fn: 'sum', arg: 4 },
    { fn: 'max', arg: 4 },
  ],
  schema: [
    INPUT[0]!,
    INPUT[1]!,
    { name: 'c', type: BIGINT, nullable: false },
    { name: 'ci', type: BIGINT, nullable: false },
    { name: 'si', type: BIGINT, nullable: true },
    { name: 'sb', type: NUMERIC, nullable: true },
    { name: 'mb', type: BIGINT, nullable: true },
    { name: 'mt', type: TEXT, nullable: true },
    { name: 'sn', type: NUMERIC, nullable: true },
    { name: 'xn', type: NUMERIC, nullable: true },
  ],
  streamKey: [0, 1],
  appendOnly: false,
  watermarkColumns: [],
  label: 'GROUP BY k, t',
  window: null,
  multisets: [],
  retracts: false,
  fingerprint: 'test',
};

function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 0x1000000;
  };
}

const BIG = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 4294967296n, -4294967297n];

function randomRow(next: () => number): Row {
  const pick = Math.floor(next() * 40);
  return [
    next() < 0.1 ? null : BigInt(pick) - 20n,
    next() < 0.1 ? null : ['', 'a', 'ä', '漢字', 'a\u{1F600}'][Math.floor(next() * 5)]!,
    next() < 0.2 ? null : Math.floor((next() - 0.5) * 4294967295),
    next() < 0.3 ? BIG[Math.floor(next() * BIG.length)]! : BigInt(Math.floor(next() * 1e9)),
    next() < 0.2
      ? null
      : { unscaled: BigInt(Math.floor((next() - 0.5) * 1e12)), scale: Math.floor(next() * 5) },
  ];
}

function model(rows: readonly Row[]): string[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${show(row[0]!)}|${show(row[1]!)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups]
    .map(([key, members]) => {
      const ints = members.flatMap((row) => (row[2] === null ? [] : [row[2] as number]));
      const bigs = members.map((row) => row[3] as bigint);
      const numerics = members.flatMap((row) => (row[4] === null ? [] : [row[4] as NumericValue]));
      const at6 = numerics.map((n) => n.unscaled * 10n ** BigInt(6 - n.scale));
      const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
      return [
        key,
        `${members.length}`,
        `${ints.length}`,
        ints.length === 0 ? 'null' : `${sum(ints.map(BigInt))}`,
        numericText({ unscaled: sum(bigs), scale: 0 }),
        `${bigs.reduce((a, b) => (b < a ? b : a))}`,
        show(members[0]![1]!),
        at6.length === 0 ? 'null' : numericText({ unscaled: sum(at6), scale: 6 }),
        at6.length === 0
          ? 'null'
          : numericText({ unscaled: at6.reduce((a, b) => (b > a ? b : a)), scale: 6 }),
      ].join('|');
    })
    .sort();
}

describe('GROUP BY over append-only input', () => {
  it.each([1, 2, 3, 4, 5])('equals a plain model, also after recovery at any epoch (seed %i)', (seed) => {
    const next = random(seed);
    let operator = new AggregateOperator(NODE, INPUT);
    let stored: Uint8Array[] = [];
    const out = new Collected();
    const all: Row[] = [];
    for (let epoch = 1; epoch <= 30; epoch++) {
      for (let b = Math.floor(next() * 3); b >= 0; b--) {
        const rows = Array.from({ length: Math.floor(next() * 60) }, () => randomRow(next));
        all.push(...rows);
        operator.push(batchOf(INPUT, rows));
      }
      operator.endEpoch(out);
      const snapshot = next() < 0.15;
      if (snapshot) stored = [];
      stored.push(encodeSegment([snapshot ? operator.table.snapshot() : operator.table.delta()]));
      operator.table.endEpoch();
      if (next() < 0.2) {
        operator = new AggregateOperator(NODE, INPUT);
        for (const bytes of stored)
          for (const part of decodeSegment(bytes, () => operator.table.slots)) operator.table.load(part);
      }
      expect(out.rows()).toEqual(model(all));
    }
    expect(all.length).toBeGreaterThan(500);
  });

  it('says nothing about groups that an epoch did not touch', () => {
    const operator = new AggregateOperator(NODE, INPUT);
    const row: Row = [1n, 'a', 1, 1n, null];
    operator.push(batchOf(INPUT, [row, [2n, 'b', 1, 1n, null]]));
    operator.endEpoch(new Collected());
    operator.table.endEpoch();
    operator.push(batchOf(INPUT, [row]));
    const out = new Collected();
    operator.endEpoch(out);
    expect(out.pushed).toBe(2);
  });

  it('reports a sum out of range as an error of the group, and takes it back when the sum fits again', () => {
    const schema: RowSchema = [{ name: 'x', type: INTEGER, nullable: false }];
    const node: AggregateNode = {
      ...NODE,
      keys: [],
      calls: [{ fn: 'sum', arg: 0 }],
      schema: [{ name: 's', type: BIGINT, nullable: true }],
    };
    const operator = new AggregateOperator(node, schema);
    const sums = operator.table.slots.accumulators;
    operator.endEpoch(new Collected());
    operator.table.endEpoch();
    sums[2]!.values[0] = 2n ** 63n;
    operator.push(batchOf(schema, [[1]]));
    const failing = new Collected();
    operator.endEpoch(failing);
    operator.table.endEpoch();
    expect(failing.errors.at(-1)![0].sqlstate).toBe('22003');
    operator.push(batchOf(schema, [[1]]));
    sums[2]!.values[0] = 0n;
    const mended = new Collected();
    operator.endEpoch(mended);
    expect(mended.errors.map(([, diff]) => diff)).toEqual([-1]);
    expect(mended.rows()).toEqual(['2']);
  });

  it('has one row for a global aggregate over no input', () => {
    const schema: RowSchema = [{ name: 'x', type: DOUBLE, nullable: true }];
    const node: AggregateNode = {
      ...NODE,
      keys: [],
      calls: [
        { fn: 'count_star', arg: null },
        { fn: 'sum', arg: 0 },
      ],
      schema: [
        { name: 'c', type: BIGINT, nullable: false },
        { name: 's', type: DOUBLE, nullable: true },
      ],
    };
    const operator = new AggregateOperator(node, schema);
    const out = new Collected();
    operator.endEpoch(out);
    operator.table.endEpoch();
    expect(out.rows()).toEqual(['0|null']);
    operator.push(batchOf(schema, [[1.5], [null], [2.25]]));
    operator.endEpoch(out);
    expect(out.rows()).toEqual(['3|3.75']);
  });
});

const WINDOWED: RowSchema = [
  { name: 'end', type: TIMESTAMPTZ, nullable: true },
  { name: 'k', type: TEXT, nullable: false },
];

function windowed(onClose: boolean): AggregateNode {
  return {
    ...NODE,
    keys: [0, 1],
    calls: [{ fn: 'count_star', arg: null }],
    schema: [...WINDOWED, { name: 'c', type: BIGINT, nullable: false }],
    window: { endKey: 0, onClose },
  };
}

describe('windowed GROUP BY', () => {
  it('emits a window once, when the watermark reaches its end, and frees its state', () => {
    const operator = new AggregateOperator(windowed(true), WINDOWED);
    const out = new Collected();
    operator.push(
      batchOf(WINDOWED, [
        [10n, 'a'],
        [10n, 'a'],
        [20n, 'a'],
        [null, 'a'],
      ]),
    );
    operator.watermark(9n);
    operator.endEpoch(out);
    operator.table.endEpoch();
    expect(out.rows()).toEqual([]);
    operator.watermark(10n);
    operator.endEpoch(out);
    expect(out.rows()).toEqual(['10|"a"|2']);
    expect(operator.table.slots.used - operator.table.slots.free.length).toBe(2);
  });

  it('emits all that is left at the end of input, also windows of infinite time', () => {
    const operator = new AggregateOperator(windowed(true), WINDOWED);
    const out = new Collected();
    const infinity = 2n ** 63n - 1n;
    operator.push(
      batchOf(WINDOWED, [
        [infinity, 'a'],
        [20n, 'a'],
      ]),
    );
    operator.watermark(1000n);
    operator.endEpoch(out);
    operator.table.endEpoch();
    expect(out.rows()).toEqual(['20|"a"|1']);
    operator.watermark(infinity);
    operator.endEpoch(out);
    expect(out.rows()).toEqual(['20|"a"|1', `${infinity}|"a"|1`]);
    expect(operator.table.slots.used - operator.table.slots.free.length).toBe(0);
  });

  it('emits changes at once and frees the state of closed windows without taking their rows back', () => {
    const operator = new AggregateOperator(windowed(false), WINDOWED);
    const out = new Collected();
    for (let w = 1; w <= 200; w++) {
      const rows: Row[] = Array.from({ length: 100 }, (_, i) => [BigInt(w * 10), `key ${i}`]);
      operator.push(batchOf(WINDOWED, rows));
      operator.watermark(BigInt((w - 1) * 10));
      operator.endEpoch(out);
      const bytes = encodeSegment([operator.table.delta()]);
      operator.table.endEpoch();
      expect(operator.table.slots.used).toBeLessThanOrEqual(300);
      if (w === 200) expect(bytes.length).toBeLessThan(20_000);
    }
    expect(out.rows().length).toBe(20_000);
  });

  it('does not bring expired windows back on recovery', () => {
    const operator = new AggregateOperator(windowed(true), WINDOWED);
    const stored: Uint8Array[] = [];
    for (const [rows, mark] of [
      [
        [
          [10n, 'a'],
          [20n, 'b'],
        ],
        5n,
      ],
      [[[20n, 'b']], 10n],
    ] as const) {
      operator.push(batchOf(WINDOWED, rows));
      operator.watermark(mark);
      operator.endEpoch(new Collected());
      stored.push(encodeSegment([operator.table.delta()]));
      operator.table.endEpoch();
    }
    const recovered = new AggregateOperator(windowed(true), WINDOWED);
    for (const bytes of stored)
      for (const part of decodeSegment(bytes, () => recovered.table.slots)) recovered.table.load(part);
    const out = new Collected();
    recovered.watermark(20n);
    recovered.endEpoch(out);
    expect(out.rows()).toEqual(['20|"b"|2']);
  });
});

describe('segments', () => {
  it('are refused when any bit was flipped', () => {
    const operator = new AggregateOperator(NODE, INPUT);
    operator.push(batchOf(INPUT, [[1n, 'text', 1, 1n, { unscaled: 2n ** 70n, scale: 2 }]]));
    operator.endEpoch(new Collected());
    const bytes = encodeSegment([operator.table.delta()]);
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeSegment(damaged, () => operator.table.slots), `bit ${bit}`).toThrow(
        /cannot be read/,
      );
    }
  });

  it('pass over tables that are gone', () => {
    const operator = new AggregateOperator(NODE, INPUT);
    operator.push(batchOf(INPUT, [[1n, 'a', 1, 1n, null]]));
    operator.endEpoch(new Collected());
    const bytes = encodeSegment([operator.table.delta(), operator.table.snapshot()]);
    expect(decodeSegment(bytes, () => null)).toEqual([]);
    expect(decodeSegment(bytes, () => operator.table.slots)).toHaveLength(2);
  });
});
