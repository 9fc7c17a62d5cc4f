// Aggregates that have to forget exactly: sums of doubles of any size, bits, collected values, each against a model that looks at the
// rows that are left, after any changes and recoveries.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { decodeArray, encodeArray } from '../../src/data/tree/cells.ts';
import type { ArrayType, RowSchema, SqlType } from '../../src/data/types.ts';
import { arrayOf, BIGINT, BOOLEAN, DOUBLE, INTEGER, INTERVAL, REAL } from '../../src/data/types.ts';
import type { TreeValue, Value } from '../../src/data/value.ts';
import { valueAt } from '../../src/data/value.ts';
import { AggregateOperator } from '../../src/operators/aggregate/aggregate.ts';
import { nearestDouble } from '../../src/operators/aggregate/exact-doubles.ts';
import type { AggregateCall, AggregateNode } from '../../src/physical/graph.ts';
import type { Random } from '../simulation/random.ts';
import { seeded } from '../simulation/random.ts';
import { testSeed } from '../setup/seed.ts';
import type { Change, Row } from './signed-rows.ts';
import { batchOf, cutEpoch, recover } from './signed-rows.ts';

const SEED = testSeed();
const field = (name: string, type: SqlType, nullable = true) => ({ name, type, nullable });
const INPUT: RowSchema = [
  field('d', DOUBLE),
  field('r', REAL),
  field('i', INTEGER),
  field('b', BIGINT),
  field('mark', BOOLEAN),
  field('id', BIGINT, false),
];
const asc = (column: number) => ({ column, descending: false, nullsFirst: false });

/** Values of a column that are not NULL, in the order of ids. */
type Model = (rows: readonly Row[]) => Value;
const column = (rows: readonly Row[], c: number): readonly Value[] =>
  rows.flatMap((row) => (row[c] === null ? [] : [row[c]!]));

interface Case {
  readonly call: AggregateCall;
  readonly type: SqlType;
  readonly model: Model;
}

/** A finite double times 2^1074, which is an integer. */
function units(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const size = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return x < 0 ? -size : size;
}

/** The sum of doubles is the nearest one to the exact sum: neither neighbour is nearer. */
function isNearest(x: number, exact: bigint): boolean {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const away = (d: number): bigint => {
    const distance = units(d) - (exact < 0n ? -exact : exact);
    return distance < 0n ? -distance : distance;
  };
  const bits = view.getBigUint64(0);
  const neighbours = bits === 0n ? [1n] : [bits - 1n, bits + 1n];
  const mine = away(Math.abs(x));
  return neighbours.every((neighbour) => {
    view.setBigUint64(0, neighbour);
    const other = view.getFloat64(0);
    if (!Number.isFinite(other)) return true;
    const theirs = away(other);
    return mine < theirs || (mine === theirs && (bits & 1n) === 0n);
  });
}

const ITEMS: ArrayType = arrayOf(DOUBLE);
const bits = (rows: readonly Row[], c: number, f: (a: bigint, b: bigint) => bigint): Value => {
  const values = column(rows, c).map((v) => BigInt(v as number));
  if (values.length === 0) return null;
  const found = values.reduce(f);
  return c === 2 ? Number(found) : found;
};

const CASES: readonly Case[] = [
  { call: { fn: 'bit_and', arg: 2 }, type: INTEGER, model: (rows) => bits(rows, 2, (a, b) => a & b) },
  { call: { fn: 'bit_or', arg: 2 }, type: INTEGER, model: (rows) => bits(rows, 2, (a, b) => a | b) },
  { call: { fn: 'bit_xor', arg: 2 }, type: INTEGER, model: (rows) => bits(rows, 2, (a, b) => a ^ b) },
  { call: { fn: 'bit_and', arg: 3 }, type: BIGINT, model: (rows) => bits(rows, 3, (a, b) => a & b) },
  { call: { fn: 'bit_or', arg: 3 }, type: BIGINT, model: (rows) => bits(rows, 3, (a, b) => a | b) },
  { call: { fn: 'bit_xor', arg: 3 }, type: BIGINT, model: (rows) => bits(rows, 3, (a, b) => a ^ b) },
  {
    call: { fn: 'array_agg', arg: 0, multiset: 0, reads: [0] },
    type: ITEMS,
    model: (rows) => items(rows.map((row) => row[0]!)),
  },
  {
    call: { fn: 'array_agg', arg: 0, multiset: 1, reads: [1] },
    type: ITEMS,
    model: (rows) => items(rows.filter((row) => row[4] === true).map((row) => row[0]!)),
  },
];

const items = (values: readonly Value[]): Value => (values.length === 0 ? null : encodeArray(values, ITEMS));

function nodeOf(calls: readonly Case[], retracts: boolean): AggregateNode {
  return {
    id: 2,
    kind: 'aggregate',
    input: 1,
    keys: [],
    calls: calls.map(({ call }) => call),
    multisets: [
      { columns: [0, 5], order: [asc(1)], keepsNulls: true, fingerprint: 'all' },
      { columns: [4, 0, 5], order: [asc(2)], fingerprint: 'marked' },
    ],
    retracts,
    schema: calls.map(({ call, type }, j) => field(`${call.fn} ${j}`, type)),
    streamKey: [],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
    window: null,
    fingerprint: 'exact',
  };
}

function randomDouble(random: Random): number {
  if (random.chance(0.1)) return random.pick([0, -0, 5e-324, -5e-324, 2 ** -1022, 0.1, 1e22, 1]);
  const exponent = random.chance(0.5) ? random.below(8) : random.below(1900) - 1000;
  return (random.below(2 ** 30) / 2 ** 29 - 1) * 2 ** exponent * (1 + random.below(2 ** 23) * 2 ** -52);
}

function randomRow(random: Random, id: number): Row {
  const orNull = (value: Value): Value => (random.chance(0.15) ? null : value);
  const long = BigInt.asIntN(64, BigInt(random.below(2 ** 32)) * BigInt(random.below(2 ** 32)) * 3n);
  return [
    orNull(randomDouble(random)),
    orNull(Math.fround(random.below(1000) / 7)),
    orNull(random.chance(0.5) ? random.below(8) : random.below(2 ** 32) - 2 ** 31),
    orNull(random.chance(0.5) ? BigInt(random.below(8)) : long),
    random.pick([true, null]),
    BigInt(id),
  ];
}

class Last {
  row: Value[] = [];
  readonly errors: string[] = [];
  private readonly types: readonly SqlType[];

  constructor(types: readonly SqlType[]) {
    this.types = types;
  }

  push(batch: Batch): void {
    for (let i = 0; i < batch.rows; i++)
      if (batch.diffs === null || batch.diffs[i]! > 0)
        this.row = this.types.map((type, c) => valueAt(batch.columns[c]!, i, type));
  }

  error(error: { readonly sqlstate: string }, diff: number): void {
    this.errors.push(`${error.sqlstate} ${diff}`);
  }
}

/** Rows come and go over many epochs, with recoveries; `check` is given what is there and what was said of it. */
function play(cases: readonly Case[], seed: number, check: (rows: readonly Row[], said: Last) => void): void {
  const random = seeded(seed);
  const node = nodeOf(cases, true);
  const said = new Last(cases.map(({ type }) => type));
  let operator = new AggregateOperator(node, INPUT);
  const segments: Uint8Array[] = [];
  const present: Row[] = [];
  for (let epoch = 0, id = 0; epoch < 30; epoch++) {
    const leaving = epoch === 29 ? present.length : random.below(Math.min(25, present.length + 1));
    const changes: Change[] = Array.from({ length: leaving }, () => ({
      row: present.splice(random.below(present.length), 1)[0]!,
      diff: -1,
    }));
    for (let n = epoch === 29 ? 0 : random.below(30); n > 0; n--) {
      const row = randomRow(random, id++);
      present.push(row);
      changes.push({ row, diff: 1 });
    }
    // A retraction may come before what it retracts; an insertion of its own epoch does not.
    operator.push(batchOf(INPUT, changes));
    operator.endEpoch(said);
    segments.push(cutEpoch(operator.tables));
    present.sort((a, b) => Number((a[5] as bigint) - (b[5] as bigint)));
    check(present, said);
    if (random.chance(0.2)) {
      operator = new AggregateOperator(node, INPUT);
      recover(operator.tables, segments);
    }
  }
}

function shown(value: Value, type: SqlType): unknown {
  return type.kind === 'array' && value !== null ? decodeArray(value as TreeValue, type) : value;
}

describe(`aggregates that forget exactly (seed ${SEED})`, () => {
  it.each([SEED, SEED + 1, SEED + 2])('bits and collected values (seed %i)', (seed) => {
    play(CASES, seed, (rows, said) => {
      CASES.forEach(({ type, model }, j) => {
        expect(shown(said.row[j]!, type), `call ${j}`).toEqual(shown(model(rows), type));
      });
    });
  });

  it.each([SEED, SEED + 1, SEED + 2])('a sum of doubles is the nearest to what is left (seed %i)', (seed) => {
    const sum: Case = { call: { fn: 'sum', arg: 0 }, type: DOUBLE, model: () => null };
    let spilled = 0;
    play([sum], seed, (rows, said) => {
      const values = column(rows, 0) as readonly number[];
      const [found] = said.row;
      if (values.length === 0) return expect(found).toBeNull();
      const exact = values.reduce((total, x) => total + units(x), 0n);
      if (!isNearest(found as number, exact)) expect.fail(`${String(found)} of ${values.join(', ')}`);
      if (exact === 0n) expect(Object.is(found, -0)).toBe(values.every((x) => Object.is(x, -0)));
      if (values.length > 20) spilled++;
    });
    expect(spilled).toBeGreaterThan(3);
  });

  it('a sum of doubles does not depend on the order of rows, whether they may leave or not', () => {
    const random = seeded(SEED);
    const sums: Case[] = [0, 1].map((arg) => ({
      call: { fn: 'sum', arg },
      type: arg === 0 ? DOUBLE : REAL,
      model: () => null,
    }));
    const rows = Array.from({ length: 500 }, (_, id) => randomRow(random, id));
    const results = [0, 1, 2, 3].map((n) => {
      const shuffled = n === 0 ? rows : [...rows].sort(() => random.below(2) - 0.5);
      const operator = new AggregateOperator(nodeOf(sums, n % 2 === 1), INPUT);
      const said = new Last([DOUBLE, REAL]);
      const batch = batchOf(
        INPUT,
        shuffled.map((row) => ({ row, diff: 1 })),
      );
      operator.push(n % 2 === 1 ? batch : { ...batch, diffs: null });
      operator.endEpoch(said);
      return said.row;
    });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]![1]).toBe(Math.fround(results[0]![1] as number));
    expect(results[0]![1]).toBeCloseTo(
      (column(rows, 1) as readonly number[]).reduce((a, b) => a + b, 0),
      0,
    );
  });

  it('a sum of singles beyond them fails, until it is smaller again', () => {
    const sum: Case = { call: { fn: 'sum', arg: 1 }, type: REAL, model: () => null };
    const operator = new AggregateOperator(nodeOf([sum], true), INPUT);
    const said = new Last([REAL]);
    const row = (r: number): Row => [null, r, null, null, null, 1n];
    const most = Math.fround(3e38);
    const epoch = (...changes: readonly Change[]): void => {
      operator.push(batchOf(INPUT, changes));
      operator.endEpoch(said);
      cutEpoch(operator.tables);
    };
    epoch({ row: row(most), diff: 1 });
    epoch({ row: row(most), diff: 1 });
    expect(said.errors).toEqual(['22003 1']);
    epoch({ row: row(most), diff: -1 });
    expect(said.errors).toEqual(['22003 1', '22003 -1']);
    expect(said.row).toEqual([most]);
  });

  it('a percentile between intervals that have none between them fails, until others are', () => {
    const schema: RowSchema = [field('v', INTERVAL)];
    const node: AggregateNode = {
      ...nodeOf([], true),
      calls: [{ fn: 'percentile_cont', arg: 0, multiset: 0, fractions: { list: [0.5, null], array: true } }],
      multisets: [{ columns: [0], order: [asc(0)], fingerprint: 'm' }],
      schema: [field('p', arrayOf(INTERVAL))],
    };
    const operator = new AggregateOperator(node, schema);
    const said = new Last([arrayOf(INTERVAL)]);
    const epoch = (...changes: readonly Change[]): void => {
      operator.push(batchOf(schema, changes));
      operator.endEpoch(said);
      cutEpoch(operator.tables);
    };
    const months = (n: number) => ({ months: n, days: 0, micros: 0n });
    const least = { months: -(2 ** 31), days: -(2 ** 31), micros: -(2n ** 63n) };
    // Half the way from -infinity is infinity less infinity.
    epoch({ row: [months(2)], diff: 1 }, { row: [least], diff: 1 });
    expect(said.errors).toEqual(['22008 1']);
    epoch({ row: [months(2)], diff: -1 }, { row: [least], diff: 1 }, { row: [least], diff: 1 });
    expect(said.errors).toEqual(['22008 1', '22008 -1']);
    expect(shown(said.row[0]!, arrayOf(INTERVAL))).toEqual([least, null]);
    epoch(...[least, least, least].map((v) => ({ row: [v], diff: -1 })));
    epoch({ row: [months(1)], diff: 1 }, { row: [months(4)], diff: 1 });
    expect(shown(said.row[0]!, arrayOf(INTERVAL))).toEqual([{ months: 2, days: 15, micros: 0n }, null]);
  });

  it('rounds fractions of powers of two to the nearest double', () => {
    const random = seeded(SEED);
    for (let n = 0; n < 20_000; n++) {
      let x = 0n;
      for (let words = 1 + random.below(4); words > 0; words--)
        x = (x << 32n) | BigInt(random.below(2 ** 32));
      if (random.chance(0.3)) x = (x >> BigInt(random.below(60))) << BigInt(random.below(60));
      if (random.chance(0.5)) x = -x;
      const at = random.chance(0.5) ? 1074 : random.below(1075);
      const found = nearestDouble(x, at);
      if (!isNearest(found, x << BigInt(1074 - at))) expect.fail(`${x} / 2^${at} is not ${found}`);
    }
  });
});
