// Run in a child process with --allow-natives-syntax: prints for each kernel whether V8 optimised it (bit 6 of the status).

import { BIGINT, INTEGER, NUMERIC, TIMESTAMPTZ } from '../../src/data/types.ts';
import { newBatch } from '../../src/data/batch.ts';
import { newColumn } from '../../src/data/column.ts';
import { layoutOf } from '../../src/data/types.ts';
import { bindOperator, bindTumbleStart } from '../../src/expr/bind.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { buildKernel } from '../../src/expr/kernel/build.ts';
import type { KernelSpec } from '../../src/expr/kernel/build.ts';
import { literal } from '../../src/expr/resolve/operand.ts';

const ROWS = 2048;
const schema = [
  { name: 'auction', type: BIGINT, nullable: true },
  { name: 'bidder', type: BIGINT, nullable: true },
  { name: 'price', type: BIGINT, nullable: true },
  { name: 'date_time', type: TIMESTAMPTZ, nullable: true },
];
const columns = schema.map((field, index) => ({ kind: 'column' as const, index, ...field }));
const [auction, bidder, price, time] = columns;
const converted = bindOperator('*', literal({ unscaled: 908n, scale: 3 }, NUMERIC), price!);
const few = bindOperator('=', bindOperator('%', auction!, literal(123, INTEGER)), literal(0, INTEGER));
const start = bindTumbleStart(time!, 10_000_000n);
const end = bindOperator(
  '+',
  start,
  literal({ months: 0, days: 0, micros: 10_000_000n }, { kind: 'interval' }),
);

const input = newBatch(schema, ROWS);
for (const column of input.columns)
  if (column.layout === 'i64') for (let i = 0; i < ROWS; i++) column.values[i] = BigInt(i) * 1_000_003n;

const status = new Function('fn', 'return %GetOptimizationStatus(fn)') as (fn: unknown) => number;

function report(name: string, filter: BoundExpr | null, exprs: readonly BoundExpr[], noNulls: boolean): void {
  const targets = exprs.map((expr, index) => ({ index, expr }));
  const form = filter === null ? 'dense' : 'filter';
  const spec: KernelSpec = { form, schema, filter, targets, select: false, noNulls };
  const { run } = buildKernel(spec);
  const output = exprs.map((expr) => newColumn(layoutOf(expr.type), ROWS, false));
  const nulls = exprs.map(() => new Uint8Array(ROWS));
  const none = new Int32Array(ROWS);
  const fail = (): never => {
    throw new Error('no row fails here');
  };
  for (const column of input.columns) column.nulls = noNulls ? null : new Uint8Array(ROWS);
  let optimised = false;
  for (let i = 0; i < 3000 && !(optimised && i > 500); i++) {
    run(ROWS, input.columns, null, output, nulls, none, none, fail);
    if (i % 50 === 49) optimised = (status(run) & (1 << 6)) !== 0;
  }
  console.log(`${name}${noNulls ? '' : ' with NULLs'}: ${optimised ? 'optimised' : 'not optimised'}`);
}

for (const noNulls of [true, false]) {
  report('q1', null, [auction!, bidder!, converted, time!], noNulls);
  report('q2', few, [auction!, price!], noNulls);
  report('tumble', null, [auction!, start, end], noNulls);
}
