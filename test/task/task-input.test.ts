// A chunk that is taken slice by slice: each slice is a place where an epoch may end, and the input is not finished before the last.

import { expect, test } from 'vitest';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { SourceClock } from '../../src/task/lateness.ts';
import { SourceStage } from '../../src/task/source-stage.ts';
import { TaskInput } from '../../src/task/task-input.ts';
import { MemoryReader } from './memory-input.ts';
import { scan } from './scan-node.ts';

/** Of one partition with 10 records, the fourth of them invalid, which come as one chunk. */
function tenRecords(): TaskInput {
  const decoder = compileJsonDecoder({
    columns: [{ name: 'n', type: { kind: 'integer' }, notNull: false }],
    projected: [0],
    validate: 'strict',
  });
  const log = Array.from({ length: 10 }, (_, n) => (n === 3 ? 'bad' : `{"n":${n}}`));
  const reader = new MemoryReader({
    logs: [log],
    owns: () => true,
    start: null,
    random: () => 0.99,
    maxChunk: 10,
  });
  const stage = new SourceStage(scan, 1, decoder, new SourceClock({ allowedLateness: 0n, maxFuture: null }));
  return new TaskInput(1, reader, stage, { idleTimeout: null, maxDrift: 1000 });
}

function takeUpTo(input: TaskInput, most: number): { readonly records: number; readonly values: number[] } {
  const values: number[] = [];
  const taken = input.take((batch) => {
    const [column] = batch.columns;
    if (column?.layout !== 'i32') throw new Error('n is an integer');
    values.push(...column.values.subarray(0, batch.rows));
  }, most);
  return { records: taken?.rows ?? 0, values };
}

test('the position follows the slices of a chunk', () => {
  const input = tenRecords();
  expect(takeUpTo(input, 3)).toEqual({ records: 3, values: [0, 1, 2] });
  expect(input.progress().partitions).toMatchObject([{ partition: 0, nextOffset: 3, logEndOffset: 10 }]);
  expect([input.finished, input.lag()]).toEqual([false, 7]);

  expect(takeUpTo(input, 1)).toEqual({ records: 1, values: [] });
  expect(input.progress().deadLetters).toMatchObject([{ offset: 3 }]);

  expect(takeUpTo(input, 4)).toEqual({ records: 4, values: [4, 5, 6, 7] });
  const progress = input.progress();
  expect(progress.partitions).toMatchObject([{ nextOffset: 8 }]);
  expect(progress.deadLetters).toEqual([]);

  expect(takeUpTo(input, 100)).toEqual({ records: 2, values: [8, 9] });
  expect(input.progress().partitions).toMatchObject([{ nextOffset: 10 }]);
  expect([input.finished, input.lag()]).toEqual([true, 0]);
});

test('neither its end nor a pause of the reader comes over an open chunk', () => {
  const input = tenRecords();
  takeUpTo(input, 5);
  const time = input.stage.clock.partition(0);
  expect(input.observe()).toBe(false);
  expect(time.finished).toBe(false);
  // The reader of this test refuses to pause.
  time.max = 10_000_000n;
  input.holdDrift(0n);
  takeUpTo(input, 5);
  expect(input.observe()).toBe(true);
  expect(time.finished).toBe(true);
});
