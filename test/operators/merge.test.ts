// Merged accumulators against rows added one by one: every aggregate that is kept by node of a tree, over values of every kind.

import { describe, expect, it } from 'vitest';
import { newBatch } from '../../src/data/batch.ts';
import type { Column } from '../../src/data/column.ts';
import { newColumn } from '../../src/data/column.ts';
import type { RowSchema, SqlType } from '../../src/data/types.ts';
import { BIGINT, BOOLEAN, DOUBLE, INTEGER, INTERVAL, layoutOf, NUMERIC } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import { FrameSums } from '../../src/operators/over/frame-sums.ts';
import type { AggregateFunction } from '../../src/physical/graph.ts';
import { OrderedIndex } from '../../src/state/ordered-index.ts';
import { isInner } from '../../src/state/ordered-nodes.ts';
import { freshen } from '../../src/state/ordered-cover.ts';
import { testSeed } from '../setup/seed.ts';
import type { Random } from './signed-rows.ts';
import { random } from './signed-rows.ts';

type Draw = (next: Random) => Value;

const DOUBLES: Draw = (next) => {
  const special = next(60);
  if (special === 0) return next(2) === 0 ? -0 : 0;
  return (next(2000) - 1000) * 10 ** (next(30) - 15);
};
const NUMERICS: Draw = (next) => ({
  unscaled: BigInt(next(2000) - 1000) * 10n ** BigInt(next(20)),
  scale: next(5),
});
const BIGS: Draw = (next) => BigInt(next(2 ** 20) - 2 ** 19) * BigInt(2 ** next(40));
const SMALL: Draw = (next) => next(2 ** 24) - 2 ** 23;

const CALLS: readonly (readonly [AggregateFunction, SqlType, SqlType, Draw])[] = [
  ['count', BIGINT, BIGINT, BIGS],
  ['sum', INTEGER, BIGINT, SMALL],
  ['sum', BIGINT, NUMERIC, BIGS],
  ['avg', BIGINT, NUMERIC, BIGS],
  ['sum', NUMERIC, NUMERIC, NUMERICS],
  ['avg', NUMERIC, NUMERIC, NUMERICS],
  ['sum', DOUBLE, DOUBLE, DOUBLES],
  ['avg', DOUBLE, DOUBLE, DOUBLES],
  ['sum', INTERVAL, INTERVAL, (next) => ({ months: next(9), days: next(9), micros: BigInt(next(999)) })],
  ['bool_and', BOOLEAN, BOOLEAN, (next) => next(9) > 0],
  ['bool_or', BOOLEAN, BOOLEAN, (next) => next(9) === 0],
  ['bit_and', INTEGER, INTEGER, SMALL],
  ['bit_or', BIGINT, BIGINT, BIGS],
  ['bit_xor', INTEGER, INTEGER, SMALL],
  ['bit_xor', BIGINT, BIGINT, BIGS],
  ['var_pop', INTEGER, NUMERIC, SMALL],
  ['stddev_samp', BIGINT, NUMERIC, BIGS],
  ['var_samp', NUMERIC, NUMERIC, NUMERICS],
  ['stddev_pop', DOUBLE, DOUBLE, DOUBLES],
  ['corr', DOUBLE, DOUBLE, DOUBLES],
  ['regr_sxy', DOUBLE, DOUBLE, DOUBLES],
  ['regr_count', DOUBLE, BIGINT, DOUBLES],
];

const ROWS = 600;

describe(`a node has what its rows have, added one by one (seed ${testSeed()})`, () => {
  it.each(CALLS)('%s of %o', (fn, type, result, draw) => {
    const next = random(testSeed());
    const schema: RowSchema = [0, 1].map((i) => ({ name: `v${i}`, type, nullable: true }));
    const { columns } = newBatch(schema, ROWS);
    for (let i = 0; i < ROWS; i++)
      for (const column of columns) setValue(column, i, next(9) === 0 ? null : draw(next));
    // Where x is NULL the binder makes y NULL.
    const x = columns[1]!;
    const y = columns[0]!;
    for (let i = 0; i < ROWS; i++) if (x.nulls![i] === 1) y.nulls![i] = 1;
    const index = new OrderedIndex((a, b) => a - b, { values: new Float64Array(ROWS).fill(1) });
    let root = 0;
    for (let i = 0; i < ROWS; i++) root = index.insert(root, i);
    const pair = fn === 'corr' || fn.startsWith('regr_');
    const sums = new FrameSums(fn, pair ? [0, 1] : [0], schema, (c) => columns[c]!, index);
    const one = valueOf(sums, result, () => {
      for (let i = 0; i < ROWS; i++) sums.slot(i);
    });
    sums.freshen();
    freshen(index, root, (ref) => sums.fresh(ref));
    expect(isInner(root)).toBe(true);
    expect(valueOf(sums, result, () => sums.node(root))).toEqual(one);
    expect(one).not.toBeNull();
  });
});

function valueOf(sums: FrameSums, type: SqlType, fill: () => void): Value {
  const column: Column = newColumn(layoutOf(type), 1, true);
  sums.open();
  sums.clear();
  fill();
  sums.write(column, 0);
  return valueAt(column, 0, type);
}
