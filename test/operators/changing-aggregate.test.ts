// GROUP BY over changing input against a plain model: random signed batches of every type, all aggregates, DISTINCT, texts in
// order; recovery at any epoch; old and new rows; groups that vanish; results that fail and mend.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
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
import type { IntervalValue, NumericValue, Value } from '../../src/data/value.ts';
import { AggregateOperator } from '../../src/operators/aggregate/aggregate.ts';
import type { Output, RowError } from '../../src/operators/operator.ts';
import type { AggregateCall, AggregateMultiset, AggregateNode } from '../../src/physical/graph.ts';
import { decodeSegment, encodeSegment } from '../../src/state/segment.ts';
import { liveSlots } from '../../src/state/slots.ts';
import type { Random } from '../simulation/random.ts';
import { seeded } from '../simulation/random.ts';
import { asRead } from './signed-rows.ts';
import type { Row } from '../state/plain-rows.ts';
import { batchOf, compareRows, compareValues, printed, randomRow, rowAt } from '../state/plain-rows.ts';

const field = (name: string, type: SqlType, nullable = true) => ({ name, type, nullable });

const INPUT: RowSchema = [
  field('k', NUMERIC),
  field('t', TEXT),
  field('i', INTEGER),
  field('b', BIGINT),
  field('d', DOUBLE),
  field('n', NUMERIC),
  field('v', INTERVAL),
  field('o', BOOLEAN),
  field('id', BIGINT, false),
];
const asc = (column: number) => ({ column, descending: false, nullsFirst: false });

/** One multiset per input column 1 … 6, in order, and one for texts by bigint descending, then id. */
const MULTISETS: readonly AggregateMultiset[] = [
  ...[1, 2, 3, 4, 5, 6].map((column) => ({ columns: [column], order: [asc(0)], fingerprint: `m${column}` })),
  {
    columns: [1, 3, 8],
    order: [{ column: 1, descending: true, nullsFirst: true }, asc(2)],
    fingerprint: 'texts',
  },
];

type Model = (values: readonly Value[], rows: readonly Row[]) => Value | number;
interface Case {
  readonly call: AggregateCall;
  readonly type: SqlType;
  /** Over the arguments that are not NULL, in the order of MULTISETS' texts. */
  readonly model: Model;
}

const big = (values: readonly Value[]): bigint =>
  values.reduce<bigint>((sum, v) => sum + BigInt(v as number), 0n);

function numericSum(values: readonly Value[]): Value {
  if (values.length === 0) return null;
  const all = values as readonly NumericValue[];
  const scales = new Set(all.map(({ scale }) => scale));
  if (scales.has(-1) || (scales.has(-2) && scales.has(-3))) return { unscaled: 0n, scale: -1 };
  for (const special of [-2, -3]) if (scales.has(special)) return { unscaled: 0n, scale: special };
  const scale = Math.max(...scales);
  const unscaled = all.reduce((sum, v) => sum + v.unscaled * 10n ** BigInt(scale - v.scale), 0n);
  return { unscaled, scale };
}

/** Doubles are exact multiples of 1/4 here, but for 1e300 and 5e-324, which cannot add up to anything else. */
function doubleSum(values: readonly Value[]): Value {
  return values.length === 0 ? null : (values as number[]).reduce((a, b) => a + b, 0);
}

function intervalSum(values: readonly Value[]): Value {
  if (values.length === 0) return null;
  return (values as IntervalValue[]).reduce((a, b) => ({
    months: a.months + b.months,
    days: a.days + b.days,
    micros: a.micros + b.micros,
  }));
}

function variance(values: readonly Value[], sample: boolean): Value {
  const n = BigInt(values.length);
  if (n === 0n || (sample && n === 1n)) return null;
  const bigs = values.map((v) => BigInt(v as number));
  const spread = n * bigs.reduce((sum, v) => sum + v * v, 0n) - big(values) ** 2n;
  return Number((spread * 10n ** 12n) / (n * (sample ? n - 1n : n))) / 1e12;
}

function distinct(values: readonly Value[]): readonly Value[] {
  const sorted = [...values].sort((a, b) => compareValues(a, b) || (printed([a]) < printed([b]) ? -1 : 1));
  return sorted.filter((v, i) => i === 0 || compareValues(v, sorted[i - 1]!) !== 0);
}

const extreme = (values: readonly Value[], sign: number): Value =>
  values.length === 0 ? null : values.reduce((a, b) => (compareValues(b, a) * sign > 0 ? b : a));

const each = (column: number, type: SqlType): readonly Case[] => [
  { call: { fn: 'count', arg: column }, type: BIGINT, model: (v) => BigInt(v.length) },
  { call: { fn: 'min', arg: column, multiset: column - 1 }, type, model: (v) => extreme(v, -1) },
  { call: { fn: 'max', arg: column, multiset: column - 1 }, type, model: (v) => extreme(v, 1) },
  {
    call: { fn: 'count', arg: column, distinct: true, multiset: column - 1 },
    type: BIGINT,
    model: (v) => BigInt(distinct(v).length),
  },
];

const sums = (column: number, type: SqlType, sum: (v: readonly Value[]) => Value): readonly Case[] => [
  { call: { fn: 'sum', arg: column }, type, model: sum },
  {
    call: { fn: 'sum', arg: column, distinct: true, multiset: column - 1 },
    type,
    model: (v) => sum(distinct(v)),
  },
];

const exact = (values: readonly Value[]): Value =>
  values.length === 0 ? null : { unscaled: big(values), scale: 0 };

const CASES: readonly Case[] = [
  { call: { fn: 'count_star', arg: null }, type: BIGINT, model: (_, rows) => BigInt(rows.length) },
  ...each(1, TEXT),
  ...each(2, INTEGER),
  ...each(3, BIGINT),
  ...each(4, DOUBLE),
  ...each(5, NUMERIC),
  ...each(6, INTERVAL),
  ...sums(2, BIGINT, (v) => (v.length === 0 ? null : big(v))),
  ...sums(3, NUMERIC, exact),
  ...sums(4, DOUBLE, doubleSum),
  ...sums(5, NUMERIC, numericSum),
  ...sums(6, INTERVAL, intervalSum),
  { call: { fn: 'var_samp', arg: 2 }, type: NUMERIC, model: (v) => variance(v, true) },
  { call: { fn: 'var_pop', arg: 3 }, type: NUMERIC, model: (v) => variance(v, false) },
  {
    call: { fn: 'bool_and', arg: 7 },
    type: BOOLEAN,
    model: (v) => (v.length === 0 ? null : v.every((one) => one === true)),
  },
  {
    call: { fn: 'bool_or', arg: 7 },
    type: BOOLEAN,
    model: (v) => (v.length === 0 ? null : v.some((one) => one === true)),
  },
  {
    call: { fn: 'string_agg', arg: 1, multiset: 6, separator: '; ' },
    type: TEXT,
    model: (v) => (v.length === 0 ? null : v.join('; ')),
  },
  {
    call: { fn: 'string_agg', arg: 1, distinct: true, multiset: 0, separator: '' },
    type: TEXT,
    model: (v) => (v.length === 0 ? null : distinct(v).join('')),
  },
];

const NODE: AggregateNode = {
  id: 2,
  kind: 'aggregate',
  input: 1,
  keys: [0],
  calls: CASES.map(({ call }) => call),
  multisets: MULTISETS,
  retracts: true,
  schema: [INPUT[0]!, ...CASES.map(({ call, type }, j) => field(`${call.fn} ${j}`, type))],
  streamKey: [0],
  appendOnly: false,
  watermarkColumns: [],
  label: '',
  window: null,
  fingerprint: 'changing',
};

/** Keeps what was emitted by key, and minds the rules: −1 of what is there, one row per key, no change that changes nothing. */
class Collected implements Output {
  readonly rows = new Map<string, Row>();
  readonly errors: [RowError, number][] = [];
  private readonly keys: number;
  private taken = new Map<string, string>();

  constructor(keys: number) {
    this.keys = keys;
  }

  push(batch: Batch): void {
    for (let i = 0; i < batch.rows; i++) {
      const row = rowAt(batch.columns, i);
      const key = printed(row.slice(0, this.keys));
      if (batch.diffs![i] === -1) {
        expect(printed(this.rows.get(key)!)).toBe(printed(row));
        this.rows.delete(key);
        this.taken.set(key, printed(row));
      } else {
        expect(this.rows.has(key)).toBe(false);
        expect(this.taken.get(key)).not.toBe(printed(row));
        this.rows.set(key, row);
      }
    }
  }

  error(error: RowError, diff: number): void {
    this.errors.push([error, diff]);
  }

  endEpoch(): void {
    this.taken = new Map();
  }
}

function sameResult(actual: Value, expected: Value | number, type: SqlType): boolean {
  if (expected === null || actual === null) return expected === actual;
  if (typeof expected === 'number' && typeof actual === 'object' && 'unscaled' in actual) {
    const value = Number(`${actual.unscaled}e${-actual.scale}`);
    return Math.abs(value - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  }
  if (type.kind === 'double' && typeof actual === 'number' && typeof expected === 'number')
    return Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
  // Which of equal values min and max show is open.
  return printed([actual]) === printed([expected]) || compareValues(actual, expected) === 0;
}

function check(out: Collected, rows: readonly Row[], keys: number): void {
  const groups: Row[][] = keys === 0 ? [[...rows]] : [];
  if (keys > 0) {
    for (const row of rows) {
      const group = groups.find(([first]) => compareRows(first!, row, [asc(0)]) === 0);
      if (group === undefined) groups.push([row]);
      else group.push(row);
    }
  }
  expect(out.rows.size).toBe(groups.length);
  const emitted = [...out.rows.values()];
  for (const group of groups) {
    const found = emitted.find((row) => keys === 0 || compareRows(row, group[0]!, [asc(0)]) === 0)!;
    group.sort((a, b) => compareRows(a, b, [{ ...asc(3), descending: true, nullsFirst: true }, asc(8)]));
    CASES.forEach(({ call, type, model }, j) => {
      const values = group.flatMap((row) =>
        call.arg === null || row[call.arg] === null ? [] : [row[call.arg]!],
      );
      const expected = model(values, group);
      const actual = found[keys + j]!;
      if (!sameResult(actual, expected, type))
        expect.fail(`${NODE.schema[j + 1]!.name}: ${printed([actual])} is not ${printed([expected])}`);
    });
  }
}

function step(random: Random, present: Row[], n: number): [Row, number][] {
  return Array.from({ length: n }, (_, i): [Row, number] => {
    if (present.length > 0 && random.chance(0.5)) {
      return [present.splice(random.below(present.length), 1)[0]!, -1];
    }
    const row = [...randomRow(random, INPUT)];
    row[0] = random.chance(0.1) ? null : { unscaled: 10n ** BigInt(random.below(3)), scale: random.below(3) };
    row[8] = BigInt(random.below(1e9)) * 100n + BigInt(i);
    present.push(row);
    return [row, 1];
  });
}

function recovered(node: AggregateNode, stored: readonly Uint8Array[]): AggregateOperator {
  const operator = new AggregateOperator(node, INPUT);
  const byName = new Map(operator.tables.map((table) => [table.fingerprint, table]));
  for (const bytes of stored)
    for (const part of decodeSegment(asRead(bytes), (name) => byName.get(name)!.slots))
      byName.get(part.fingerprint)!.load(part);
  return operator;
}

function push(operator: AggregateOperator, changes: readonly [Row, number][]): void {
  operator.push(
    batchOf(
      INPUT,
      changes.map(([row]) => row),
      changes.map(([, diff]) => diff),
    ),
  );
}

function endEpoch(operator: AggregateOperator, out: Collected): void {
  operator.endEpoch(out);
  out.endEpoch();
  for (const table of operator.tables) table.endEpoch();
}

describe('GROUP BY over changing input', () => {
  it.each([1, 2, 3, 4, 5, 6])('equals a plain model, also after recovery at any epoch (seed %i)', (seed) => {
    const random = seeded(seed);
    const keys = seed % 3 === 0 ? 0 : 1;
    const node = keys === 1 ? NODE : { ...NODE, keys: [], streamKey: [], schema: NODE.schema.slice(1) };
    const out = new Collected(keys);
    const present: Row[] = [];
    let operator = new AggregateOperator(node, INPUT);
    let stored: Uint8Array[] = [];
    for (let epoch = 0; epoch < 25; epoch++) {
      for (let b = random.below(3); b >= 0; b--) push(operator, step(random, present, random.below(40)));
      operator.endEpoch(out);
      out.endEpoch();
      const snapshot = random.chance(0.15);
      if (snapshot) stored = [];
      stored.push(
        encodeSegment(operator.tables.map((table) => (snapshot ? table.snapshot() : table.delta()))),
      );
      for (const table of operator.tables) table.endEpoch();
      check(out, present, keys);
      if (random.chance(0.25)) operator = recovered(node, stored);
    }
    // Everything leaves, and nothing is left.
    push(
      operator,
      present.map((row) => [row, -1]),
    );
    endEpoch(operator, out);
    check(out, [], keys);
    for (const table of operator.tables)
      expect(liveSlots(table.slots)).toBe(table === operator.table && keys === 0 ? 1 : 0);
    expect(out.errors).toEqual([]);
  });

  it('says nothing of a group whose row is the same after as before', () => {
    const node: AggregateNode = {
      ...NODE,
      calls: [{ fn: 'max', arg: 2, multiset: 0 }],
      multisets: [{ columns: [2], order: [asc(0)], fingerprint: 'm' }],
      schema: [INPUT[0]!, field('max', INTEGER)],
    };
    const row = (i: number): Row => [null, null, i, null, null, null, null, null, 1n];
    const operator = new AggregateOperator(node, INPUT);
    const out = new Collected(1);
    push(operator, [
      [row(5), 1],
      [row(3), 1],
    ]);
    endEpoch(operator, out);
    let pushed = 0;
    const counting = { push: (batch: Batch) => void (pushed += batch.rows), error: () => undefined };
    push(operator, [
      [row(3), -1],
      [row(4), 1],
    ]);
    operator.endEpoch(counting);
    expect(pushed).toBe(0);
  });

  it('says nothing of a group that came and went within an epoch', () => {
    const operator = new AggregateOperator(NODE, INPUT);
    const row = randomRow(seeded(1), INPUT);
    push(operator, [
      [row, 1],
      [row, -1],
    ]);
    const out = new Collected(1);
    operator.endEpoch(out);
    expect(out.rows.size).toBe(0);
    expect(operator.tables.every((table) => table.delta().gone.length === 0)).toBe(true);
  });

  it('has an error for a sum out of range as long as it is, and its row again after that', () => {
    const node: AggregateNode = {
      ...NODE,
      keys: [],
      calls: [{ fn: 'sum', arg: 6 }],
      multisets: [],
      schema: [field('sum', INTERVAL)],
    };
    const row = (months: number): Row => {
      return [null, null, null, null, null, null, { months, days: 0, micros: 0n }, null, 1n];
    };
    const operator = new AggregateOperator(node, INPUT);
    const out = new Collected(0);
    push(operator, [[row(2_000_000_000), 1]]);
    endEpoch(operator, out);
    push(operator, [[row(2_000_000_000), 1]]);
    endEpoch(operator, out);
    expect(out.rows.size).toBe(0);
    expect(out.errors.map(([error, diff]) => [error.sqlstate, diff])).toEqual([['22008', 1]]);
    push(operator, [[row(2_000_000_000), -1]]);
    endEpoch(operator, out);
    expect(out.errors.map(([, diff]) => diff)).toEqual([1, -1]);
    expect([...out.rows.values()].map(printed)).toEqual(['2000000000/0/0']);
  });

  it('forgets NaN, infinities and overflow when they leave', () => {
    const node: AggregateNode = {
      ...NODE,
      keys: [],
      calls: [
        { fn: 'sum', arg: 4 },
        { fn: 'avg', arg: 4 },
        { fn: 'stddev_pop', arg: 4 },
      ],
      multisets: [],
      schema: [field('sum', DOUBLE), field('avg', DOUBLE), field('stddev', DOUBLE)],
    };
    const row = (d: number): Row => [null, null, null, null, d, null, null, null, 1n];
    const operator = new AggregateOperator(node, INPUT);
    const out = new Collected(0);
    const now = (): string => [...out.rows.values()].map(printed).join();
    for (const d of [NaN, Infinity, -Infinity, 1, 3, 1e300]) push(operator, [[row(d), 1]]);
    endEpoch(operator, out);
    expect(now()).toBe('NaN|NaN|NaN');
    push(operator, [
      [row(NaN), -1],
      [row(-Infinity), -1],
    ]);
    endEpoch(operator, out);
    expect(now()).toBe('Infinity|Infinity|NaN');
    push(operator, [
      [row(Infinity), -1],
      [row(1e300), -1],
    ]);
    endEpoch(operator, out);
    expect(now()).toBe('4|2|1');
    for (const d of [1.7e308, 1.7e308]) push(operator, [[row(d), 1]]);
    endEpoch(operator, out);
    expect(out.rows.size).toBe(0);
    for (const d of [1.7e308, 1.7e308]) push(operator, [[row(d), -1]]);
    endEpoch(operator, out);
    expect(now()).toBe('4|2|1');
    expect(out.errors.map(([error, diff]) => [error.sqlstate, diff])).toEqual([
      ['22003', 1],
      ['22003', -1],
    ]);
  });

  it('tells when more rows leave than came', () => {
    const operator = new AggregateOperator({ ...NODE, calls: [NODE.calls[0]!], multisets: [] }, INPUT);
    push(operator, [[randomRow(seeded(2), INPUT), -1]]);
    expect(() => operator.endEpoch(new Collected(1))).toThrow(/lost more rows than it had/);
  });
});

describe('windows over changing input', () => {
  const schema: RowSchema = [field('end', TIMESTAMPTZ, false), field('x', INTEGER)];
  const node: AggregateNode = {
    ...NODE,
    keys: [0],
    calls: [
      { fn: 'count_star', arg: null },
      { fn: 'max', arg: 1, multiset: 0 },
      { fn: 'sum', arg: 1, distinct: true, multiset: 0 },
    ],
    multisets: [{ columns: [1], order: [asc(0)], fingerprint: 'rows' }],
    schema: [schema[0]!, field('c', BIGINT), field('m', INTEGER), field('s', BIGINT)],
    appendOnly: true,
    window: { endKey: 0, onClose: true },
  };

  it('are emitted once on close, as they are then, and leave nothing behind', () => {
    const operator = new AggregateOperator(node, schema);
    const emitted: string[] = [];
    const out: Output = {
      push: (batch) => {
        for (let i = 0; i < batch.rows; i++) emitted.push(printed(rowAt(batch.columns, i)));
      },
      error: () => expect.fail('no error is due'),
    };
    const epoch = (changes: readonly [Row, number][], mark: bigint): void => {
      operator.push(
        batchOf(
          schema,
          changes.map(([row]) => row),
          changes.map(([, diff]) => diff),
        ),
      );
      operator.watermark(mark);
      operator.endEpoch(out);
      for (const table of operator.tables) table.endEpoch();
    };
    epoch(
      [
        [[10n, 7], 1],
        [[10n, 7], 1],
        [[10n, 9], 1],
        [[20n, 1], 1],
      ],
      5n,
    );
    epoch(
      [
        [[10n, 9], -1],
        [[20n, 1], -1],
        [[30n, 4], 1],
      ],
      9n,
    );
    expect(emitted).toEqual([]);
    epoch([], 20n);
    expect(emitted).toEqual(['10n|2n|7|7n']);
    epoch([[[30n, 5], 1]], 30n);
    expect(emitted.slice(1)).toEqual(['30n|2n|5|9n']);
    for (const table of operator.tables) expect(liveSlots(table.slots)).toBe(0);
  });
});
