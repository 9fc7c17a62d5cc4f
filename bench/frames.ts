// npm run bench:frames: what one more row costs a window of 10,000 rows, beside computing all values of its partition again, and what is
// kept for it. Processor time of this process; `--rows` makes it smaller.

import type { Batch } from '../src/data/batch.ts';
import { newBatch } from '../src/data/batch.ts';
import { setValue } from '../src/data/value.ts';
import type { RowSchema } from '../src/data/types.ts';
import { BIGINT, NUMERIC, TIMESTAMPTZ } from '../src/data/types.ts';
import { OverOperator } from '../src/operators/over/over.ts';
import type { OverCall, OverFrame, OverNode } from '../src/physical/graph.ts';

const INPUT: RowSchema = [
  { name: 'id', type: BIGINT, nullable: false },
  { name: 'at', type: TIMESTAMPTZ, nullable: true },
  { name: 'price', type: BIGINT, nullable: true },
];
const at = process.argv.indexOf('--rows');
const ROWS = at < 0 ? 10_000 : Number(process.argv[at + 1]);
const CHANGES = 400;
const SECOND = 1_000_000n;

const FRAMES: Readonly<Record<string, OverFrame>> = {
  'RANGE a tenth of the partition before the row': {
    start: { kind: 'range', offset: String(-BigInt(ROWS / 10) * SECOND) },
    end: { kind: 'peers' },
  },
  'ROWS 10 PRECEDING': { start: { kind: 'row', offset: -10 }, end: { kind: 'row', offset: 0 } },
  'GROUPS 10 PRECEDING EXCLUDE GROUP': {
    start: { kind: 'group', offset: -10 },
    end: { kind: 'peers' },
    exclude: 'group',
  },
  'up to the row (the default)': { start: { kind: 'unbounded' }, end: { kind: 'peers' } },
};

function nodeOf(frame: OverFrame): OverNode {
  const call = (fn: OverCall['fn']): OverCall => ({ fn, args: [2], count: 0, frame });
  return {
    kind: 'over',
    id: 2,
    input: 1,
    partition: [],
    order: [{ column: 1, descending: false, nullsFirst: false }],
    calls: [call('sum'), call('max')],
    fingerprint: 'bench',
    schema: [
      ...INPUT,
      { name: 'sum', type: NUMERIC, nullable: true },
      { name: 'max', type: BIGINT, nullable: true },
    ],
    streamKey: [0],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
  };
}

function batchOf(rows: readonly number[], diff: number): Batch {
  const batch = newBatch(INPUT, rows.length);
  rows.forEach((row, i) => {
    setValue(batch.columns[0]!, i, BigInt(row));
    setValue(batch.columns[1]!, i, BigInt(row) * SECOND);
    setValue(batch.columns[2]!, i, BigInt((row * 7919) % 1000));
  });
  batch.rows = rows.length;
  batch.diffs = new Int32Array(rows.length).fill(diff);
  return batch;
}

/** Microseconds of processor time of `work`. */
function cpu(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return user + system;
}

const NOBODY = { push: () => undefined, error: () => undefined };

function epoch(operator: OverOperator, rows: readonly number[], diff: number): void {
  operator.push(batchOf(rows, diff));
  operator.endEpoch(NOBODY);
  operator.table.endEpoch();
}

function measure(name: string, frame: OverFrame): void {
  const operator = new OverOperator(nodeOf(frame), INPUT);
  const all = Array.from({ length: ROWS }, (_, i) => i * 2);
  let first = Infinity;
  for (let round = 0; round < 5; round++) {
    first = Math.min(
      first,
      cpu(() => epoch(operator, all, 1)),
    );
    if (round < 4) epoch(operator, all, -1);
  }
  // A row at the end, as it comes in time order; one in the middle, which comes and goes.
  const behind = cpu(() => {
    for (let i = 0; i < CHANGES; i++) epoch(operator, [2 * (ROWS + i)], 1);
  });
  const computed = operator.computed;
  const within = cpu(() => {
    for (let i = 0; i < CHANGES; i++) epoch(operator, [ROWS + 1], i % 2 === 0 ? 1 : -1);
  });
  const reached = (operator.computed - computed) / CHANGES;
  const [one, middle] = [behind / CHANGES, within / CHANGES];
  console.log(
    `${name}: all ${ROWS} rows ${first.toFixed(0)} us; a row at the end ${one.toFixed(1)} us (1 : ${(first / one).toFixed(0)}); ` +
      `in the middle ${middle.toFixed(1)} us for ${reached.toFixed(0)} values (1 : ${(first / middle).toFixed(1)}); ` +
      `${(operator.bytes() / (ROWS + CHANGES)).toFixed(0)} bytes a row beside ${(operator.table.bytes() / (ROWS + CHANGES)).toFixed(0)} of state`,
  );
}

for (const [name, frame] of Object.entries(FRAMES)) measure(name, frame);
