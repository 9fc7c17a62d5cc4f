// The generated filter and projection kernels on Nexmark-like columns: nanoseconds per row on one core, for batches without
// NULLs (all `nulls` absent) and with null bytes.
// Run: node bench/expr.ts [seconds per case]

import { newBatch } from '../src/data/batch.ts';
import { setValue } from '../src/data/value.ts';
import type { SqlType } from '../src/data/types.ts';
import { BIGINT, INTEGER, NUMERIC, TEXT, TIMESTAMPTZ } from '../src/data/types.ts';
import { bindFunction, bindOperator, bindTumbleStart } from '../src/expr/bind.ts';
import type { BoundExpr } from '../src/expr/bound.ts';
import { compileMap } from '../src/expr/kernel.ts';
import { literal, untyped } from '../src/expr/resolve/operand.ts';
import { bestRate } from './best-rate.ts';

const SECONDS = Number(process.argv[2] ?? 1);
const ROWS = 4096;
const field = (name: string, type: SqlType) => ({ name, type, nullable: true });
const schema = [
  field('auction', BIGINT),
  field('bidder', BIGINT),
  field('price', BIGINT),
  field('channel', TEXT),
  field('date_time', TIMESTAMPTZ),
];
const columns = schema.map((f, index) => ({ kind: 'column' as const, index, ...f }));
const [auction, bidder, price, channel, time] = columns;

const input = newBatch(schema, ROWS);
input.rows = ROWS;
for (let i = 0; i < ROWS; i++) {
  const row = [
    BigInt(i),
    BigInt(i * 3),
    BigInt(i * 1000),
    i % 2 === 0 ? 'apple' : 'google',
    1_700_000_000_000_000n + BigInt(i),
  ];
  row.forEach((value, c) => setValue(input.columns[c]!, i, value));
}

const int = (value: number): BoundExpr => literal(value, INTEGER);
const start = bindTumbleStart(time!, 10_000_000n);
const cases: Readonly<Record<string, readonly [BoundExpr | null, readonly BoundExpr[]]>> = {
  'q0: every column': [null, columns],
  'q1: 0.908 * price': [
    null,
    [auction!, bidder!, bindOperator('*', literal({ unscaled: 908n, scale: 3 }, NUMERIC), price!), time!],
  ],
  'q2: auction % 123 = 0': [
    bindOperator('=', bindOperator('%', auction!, int(123)), int(0)),
    [auction!, price!],
  ],
  'price > 100, all columns': [bindOperator('>', price!, int(100)), columns],
  "channel = 'apple'": [bindOperator('=', channel!, untyped('apple')), columns],
  'upper(channel)': [null, [bindFunction('upper', [channel!])]],
  'tumble: start and end': [null, [auction!, start, bindOperator('+', start, untyped('10 seconds'))]],
};

for (const [name, [filter, exprs]] of Object.entries(cases)) {
  const times = [false, true].map((withNulls) => {
    for (const column of input.columns) column.nulls = withNulls ? new Uint8Array(ROWS) : null;
    const kernel = compileMap({ inputSchema: schema, filter, exprs });
    const output = newBatch(
      exprs.map((expr, i) => field(`x${i}`, expr.type)),
      0,
    );
    const rate = bestRate(SECONDS, ROWS, () =>
      kernel.run(input, output, (row) => console.log(`row ${row} failed`)),
    );
    return (1000 / rate).toFixed(1).padStart(6);
  });
  console.log(`${name.padEnd(28)} ${times[0]!} ns/row   with null bytes ${times[1]!}`);
}
