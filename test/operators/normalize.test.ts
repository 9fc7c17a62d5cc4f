// The normaliser against a plain map: random operations over few keys, epochs of any length, and kills between epochs, after which
// its state is read back from segments.

import { expect, it, onTestFailed } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { valueAt } from '../../src/data/value.ts';
import { NormalizeOperator, OPERATIONS } from '../../src/operators/normalize/normalize.ts';
import type { Output } from '../../src/operators/operator.ts';
import type { NormalizeNode } from '../../src/physical/graph.ts';
import { StateKeeper } from '../../src/task/state-keeper.ts';
import { keyOf } from '../../src/views/row-change.ts';
import { layoutView } from '../../src/views/view-layout.ts';
import { batchOf, exact, pick, randomValue, seeded } from '../views/random-rows.ts';
import { MemoryState } from '../windows/memory-state.ts';
import { testSeed } from '../setup/seed.ts';

const ROW: RowSchema = [
  { name: 'v', type: types.TEXT, nullable: true },
  { name: 'k', type: types.NUMERIC, nullable: false },
  { name: 'n', type: types.BIGINT, nullable: true },
  { name: 'j', type: types.TEXT, nullable: false },
];
const KEY = [3, 1];
const INPUT: RowSchema = [...ROW, { name: '_operation', type: types.INTEGER, nullable: false }];

const node: NormalizeNode = {
  kind: 'normalize',
  id: 2,
  input: 1,
  key: KEY,
  operation: ROW.length,
  truncates: true,
  fingerprint: 'normalize-test',
  schema: ROW,
  streamKey: KEY,
  appendOnly: false,
  watermarkColumns: [],
  label: '',
};

const layout = layoutView({
  viewId: 1,
  pipelineId: 1,
  schemaName: 'public',
  name: 't',
  schema: ROW,
  visible: ROW.length,
  key: KEY,
  appendOnly: false,
});

type Row = readonly Value[];

/** Adds what an operator emits; every row has weight 0 or 1. */
function collector(weights: Map<string, number>): Output & { rows: number } {
  return {
    rows: 0,
    push(batch) {
      for (let r = 0; r < batch.rows; r++) {
        const row = exact(batch.columns.map((column, c) => valueAt(column, r, batch.schema[c]!.type)));
        const weight = (weights.get(row) ?? 0) + (batch.diffs === null ? 1 : batch.diffs[r]!);
        if (weight === 0) weights.delete(row);
        else weights.set(row, weight);
      }
      this.rows += batch.rows;
    },
    error() {
      throw new Error('no expression can fail here');
    },
  };
}

it.each([1, 2, 3, 4])('has the rows of the model after every epoch, also after kills (%i)', async () => {
  const seed = testSeed();
  onTestFailed(() => {
    process.stdout.write(`seed ${seed}\n`);
  });
  const random = seeded(seed);
  const stored = new MemoryState();
  let model = new Map<string, Row>();
  let weights = new Map<string, number>();
  let operator = new NormalizeOperator(node);
  let keeper = new StateKeeper(0, [operator.table]);
  for (let epoch = 1; epoch <= 60; epoch++) {
    const next = new Map(model);
    const emitted = new Map(weights);
    for (let batches = Math.floor(random() * 3); batches > 0; batches--) {
      const operations = Array.from({ length: Math.floor(random() * 12) }, () => operation(random, next));
      operator.push(batchOf(INPUT, operations));
    }
    const out = collector(emitted);
    operator.endEpoch(out);
    expect([...emitted.values()].every((weight) => weight === 1)).toBe(true);
    expect([...emitted.keys()].sort()).toEqual([...next.values()].map(exact).sort());
    // One change per key: at most a row that leaves and one that enters.
    expect(out.rows).toBeLessThanOrEqual(2 * new Set([...model.keys(), ...next.keys()]).size);
    const changes = keeper.endEpoch(epoch);
    if (random() < 0.7) {
      stored.add(epoch, changes);
      [model, weights] = [next, emitted];
      continue;
    }
    // Killed before the commit: memory is void.
    operator = new NormalizeOperator(node);
    keeper = new StateKeeper(0, [operator.table]);
    await keeper.recover(stored.contents());
  }
});

function operation(random: () => number, model: Map<string, Row>): Row {
  const kind = random();
  const row = ROW.map((field) => randomValue(random, field));
  if (kind < 0.02) {
    model.clear();
    return [null, row[1]!, null, row[3]!, OPERATIONS.truncate];
  }
  const known = [...model.values()];
  const key = random() < 0.5 && known.length > 0 ? pick(random, known) : row;
  const changed = row.map((value, c) => (KEY.includes(c) ? key[c]! : value));
  const text = keyOf(layout, changed);
  if (kind < 0.35) {
    model.delete(text);
    return [null, changed[1]!, null, changed[3]!, OPERATIONS.delete];
  }
  model.set(text, changed);
  return [...changed, OPERATIONS.set];
}
