// The generated loops: what they do with failing rows, diffs, columns passed on, NULLs, wide numerics and large projections.

import { describe, expect, test } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import type { SqlType } from '../../src/data/types.ts';
import { BIGINT, INTEGER, NUMERIC, TEXT, TIMESTAMPTZ } from '../../src/data/types.ts';
import { valueAt } from '../../src/data/value.ts';
import { bindCase, bindFunction, bindLogic, bindOperator, bindTumbleStart } from '../../src/expr/bind.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { compileMap, compileScalar } from '../../src/expr/kernel.ts';
import { literal, untyped } from '../../src/expr/resolve/operand.ts';
import { batchOf } from './compare.ts';

const SCHEMA = [
  { name: 'a', type: BIGINT, nullable: true },
  { name: 'b', type: BIGINT, nullable: true },
  { name: 't', type: TEXT, nullable: true },
  { name: 'n', type: NUMERIC, nullable: true },
];
const [A, B, T, N] = SCHEMA.map((field, index) => ({ kind: 'column' as const, index, ...field }));

function int(value: number): BoundExpr {
  return literal(value, INTEGER);
}

interface Ran {
  readonly rows: (string | null)[][];
  readonly diffs: number[] | null;
  readonly errors: string[];
  readonly output: Batch;
}

function run(filter: BoundExpr | null, exprs: readonly BoundExpr[], input: Batch): Ran {
  const kernel = compileMap({ inputSchema: SCHEMA, filter, exprs });
  const output = newBatch(
    exprs.map((expr, i) => ({ name: `x${i}`, type: expr.type, nullable: true })),
    0,
  );
  const errors: string[] = [];
  kernel.run(input, output, (row, target, error) =>
    errors.push(`row ${row}, expression ${target}: ${error.sqlstate}`),
  );
  const text = (type: SqlType, value: ReturnType<typeof valueAt>) =>
    value === null ? null : valueToText(value, type);
  const rows = Array.from({ length: output.rows }, (_, i) =>
    exprs.map((expr, c) => text(expr.type, valueAt(output.columns[c]!, i, expr.type))),
  );
  return {
    rows,
    diffs: output.diffs === null ? null : [...output.diffs.subarray(0, output.rows)],
    errors,
    output,
  };
}

const INPUT = batchOf(SCHEMA, [
  ['1', '10', 'x', '1.5'],
  ['2', '0', 'y', null],
  ['3', '30', null, '123456789012345678901234567890.1'],
  [null, '40', 'é', 'NaN'],
]);

const QUOTIENT = bindOperator('/', A!, B!);

describe('failing rows', () => {
  test('are left out of a projection and reported', () => {
    const ran = run(null, [A!, QUOTIENT], INPUT);
    expect(ran.rows).toEqual([
      ['1', '0'],
      ['3', '0'],
      [null, null],
    ]);
    expect(ran.errors).toEqual(['row 1, expression 1: 22012']);
  });

  test('of the filter count as expression −1', () => {
    const ran = run(bindOperator('>=', QUOTIENT, int(0)), [T!], INPUT);
    expect(ran.rows).toEqual([['x'], [null]]);
    expect(ran.errors).toEqual(['row 1, expression -1: 22012']);
  });

  test('do not fail where CASE, AND and OR guard them', () => {
    const nonzero = bindOperator('<>', B!, int(0));
    const guarded = bindCase([{ when: nonzero, then: QUOTIENT }], untyped(null));
    expect(run(null, [guarded], INPUT).errors).toEqual([]);
    const safe = bindLogic('and', [nonzero, bindOperator('=', QUOTIENT, int(0))]);
    expect(run(safe, [A!], INPUT)).toMatchObject({ rows: [['1'], ['3']], errors: [] });
    const either = bindLogic('or', [bindOperator('=', B!, int(0)), bindOperator('=', QUOTIENT, int(1))]);
    expect(run(either, [A!], INPUT)).toMatchObject({ rows: [['2']], errors: [] });
  });

  test('of a scalar are NULL, in place', () => {
    const errors: number[] = [];
    const kernel = compileScalar(QUOTIENT, SCHEMA);
    const column = kernel.run(INPUT, (row) => errors.push(row));
    expect([0, 1, 2, 3].map((row) => valueAt(column, row, BIGINT))).toEqual([0n, null, 0n, null]);
    expect(errors).toEqual([1]);
    const fine = batchOf(SCHEMA, [['8', '2', '', '0']]);
    expect(valueAt(kernel.run(fine), 0, BIGINT)).toBe(4n);
  });
});

describe('rows', () => {
  test('keep their diffs', () => {
    const input = { ...INPUT, diffs: new Int32Array([1, -1, 1, -1]) };
    expect(run(null, [A!], input).diffs).toEqual([1, -1, 1, -1]);
    expect(run(bindOperator('>', B!, int(5)), [A!], input).diffs).toEqual([1, 1, -1]);
  });

  test('pass on columns without copying where nothing is filtered', () => {
    const { output } = run(null, [T!, bindOperator('+', A!, int(1))], INPUT);
    expect(output.columns[0]).toBe(INPUT.columns[2]);
  });

  test('have wide numerics, special ones and NULLs gathered behind a filter', () => {
    const ran = run(bindOperator('>', B!, int(5)), [N!, bindOperator('*', N!, int(2)), T!], INPUT);
    const wide = ['123456789012345678901234567890.1', '246913578024691357802469135780.2', null];
    expect(ran.rows).toEqual([['1.5', '3.0', 'x'], wide, ['NaN', 'NaN', 'é']]);
  });

  test('are computed anew in every batch', () => {
    const kernel = compileMap({ inputSchema: SCHEMA, filter: null, exprs: [bindFunction('upper', [T!])] });
    const output = newBatch([{ name: 'u', type: TEXT, nullable: true }], 0);
    const fail = (): void => expect.unreachable();
    for (const word of ['first', 'second and longer', '']) {
      kernel.run(
        batchOf(SCHEMA, [
          ['1', '1', word, '1'],
          [null, null, null, null],
        ]),
        output,
        fail,
      );
      expect([valueAt(output.columns[0]!, 0, TEXT), valueAt(output.columns[0]!, 1, TEXT)]).toEqual([
        word.toUpperCase(),
        null,
      ]);
      kernel.run(batchOf(SCHEMA, [['1', '1', word, '1']]), output, fail);
      expect(valueAt(output.columns[0]!, 0, TEXT)).toBe(word.toUpperCase());
    }
  });
});

test('a projection too large for one kernel is split, and failing rows still leave once', () => {
  const sum = Array.from({ length: 300 }).reduce<BoundExpr>((e) => bindOperator('+', e, B!), A!);
  const exprs = [sum, QUOTIENT, sum, bindOperator('%', A!, B!), sum, A!];
  {
    const ran = run(null, exprs, INPUT);
    expect(ran.errors).toEqual(['row 1, expression 1: 22012']);
    expect(ran.rows.map((row) => row[0])).toEqual(['3001', '9003', null]);
    expect(ran.rows.map((row) => row[5])).toEqual(['1', '3', null]);
  }
  const filtered = run(bindOperator('<', B!, int(35)), exprs, {
    ...INPUT,
    diffs: new Int32Array([1, 1, -1, 1]),
  });
  expect(filtered.rows.map((row) => row[4])).toEqual(['3001', '9003']);
  expect(filtered.diffs).toEqual([1, -1]);
  expect(filtered.errors).toEqual(['row 1, expression 1: 22012']);
});

test('tumbling windows start at multiples of their size from 1970 on, before it too', () => {
  const schema = [{ name: 'ts', type: TIMESTAMPTZ, nullable: false }];
  const ts = { kind: 'column' as const, index: 0, ...schema[0]! };
  const input = batchOf(schema, [
    ['1970-01-01 00:00:09.999999+00'],
    ['1969-12-31 23:59:59+00'],
    ['infinity'],
  ]);
  const starts = compileScalar(bindTumbleStart(ts, 10_000_000n), schema).run(input);
  const shown = [0, 1, 2].map((row) => valueToText(valueAt(starts, row, TIMESTAMPTZ)!, TIMESTAMPTZ));
  expect(shown).toEqual(['1970-01-01 00:00:00+00', '1969-12-31 23:59:50+00', 'infinity']);
});

test('no text of the user is in the code', () => {
  const evil = `'); process.exit(); //`;
  const named = { ...T!, name: evil };
  const kernel = compileMap({
    inputSchema: SCHEMA,
    filter: bindOperator('=', named, untyped(evil)),
    exprs: [named],
  });
  expect(kernel.source).not.toContain('process');
  expect(kernel.source).toContain('for (let i = 0');
});
