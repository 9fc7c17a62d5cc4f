// HOP and CUMULATE against lines of arithmetic: every size and offset, times before 1970 and at the ends of time, NULL, retractions.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, TEXT, TIMESTAMP } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import type { ExpandingShape } from '../../src/data/window-shape.ts';
import { ExpandOperator } from '../../src/operators/expand/expand.ts';
import type { RowError } from '../../src/operators/operator.ts';
import type { ExpandNode } from '../../src/physical/graph.ts';
import { seededRandom } from '../windows/seeded-random.ts';

const INPUT: RowSchema = [
  { name: 'id', type: BIGINT, nullable: false },
  { name: 't', type: TIMESTAMP, nullable: true },
  { name: 'name', type: TEXT, nullable: true },
];

function nodeOf(shape: ExpandingShape): ExpandNode {
  const bound = { type: TIMESTAMP, nullable: true };
  return {
    id: 2,
    kind: 'expand',
    input: 1,
    time: 1,
    shape,
    gives: [2, 'start', 'end', 0],
    schema: [INPUT[2]!, { name: 'window_start', ...bound }, { name: 'window_end', ...bound }, INPUT[0]!],
    streamKey: [3, 2],
    appendOnly: false,
    watermarkColumns: [2],
    label: 'windows of t',
  };
}

function batchOf(times: readonly (bigint | null)[], diffs: Int32Array | null = null): Batch {
  const batch = newBatch(INPUT, times.length);
  times.forEach((time, i) => {
    setValue(batch.columns[0]!, i, BigInt(i));
    setValue(batch.columns[1]!, i, time);
    setValue(batch.columns[2]!, i, i % 3 === 0 ? null : `row ${i}`);
  });
  batch.rows = times.length;
  batch.diffs = diffs;
  return batch;
}

interface Collected {
  readonly rows: string[];
  readonly batches: number[];
  readonly errors: [RowError, number][];
}

function run(shape: ExpandingShape, batch: Batch): Collected {
  const found: Collected = { rows: [], batches: [], errors: [] };
  new ExpandOperator(nodeOf(shape), INPUT).push(batch, 0, {
    push(output) {
      found.batches.push(output.rows);
      for (let i = 0; i < output.rows; i++) {
        const cells = output.columns.map((column, c): Value => valueAt(column, i, output.schema[c]!.type));
        found.rows.push(`${output.diffs?.[i] ?? 1} ${cells.map(String).join(' ')}`);
      }
    },
    error: (error, diff) => found.errors.push([error, diff]),
  });
  return found;
}

/** Every multiple of the step is tried: slow and plain. */
function expected(shape: ExpandingShape, times: readonly (bigint | null)[]): string[] {
  return times.flatMap((time, i) => {
    if (time === null) return [];
    const windows: [bigint, bigint][] = [];
    const { size, offset } = shape;
    if (shape.kind === 'hop') {
      const near = (time - offset) / shape.slide;
      for (let k = near - size / shape.slide - 3n; k <= near + 3n; k++) {
        const start = offset + k * shape.slide;
        if (start <= time && time < start + size) windows.push([start, start + size]);
      }
    } else {
      const near = (time - offset) / size;
      for (let k = near - 2n; k <= near + 2n; k++)
        for (let n = 1n; n <= size / shape.step; n++) {
          const [start, end] = [offset + k * size, offset + k * size + n * shape.step];
          if (start <= time && time < start + size && time < end) windows.push([start, end]);
        }
    }
    const name = i % 3 === 0 ? 'null' : `row ${i}`;
    return windows.map(([start, end]) => `1 ${name} ${start} ${end} ${i}`);
  });
}

const DAY = 86_400_000_000n;
const SHAPES: readonly ExpandingShape[] = [
  { kind: 'hop', slide: 2n, size: 10n, offset: 0n },
  { kind: 'hop', slide: 3n, size: 10n, offset: 1n },
  { kind: 'hop', slide: 10n, size: 10n, offset: -7n },
  { kind: 'hop', slide: 10n, size: 4n, offset: 3n },
  { kind: 'hop', slide: 7n * DAY, size: 50_000n * DAY, offset: 2n * DAY },
  { kind: 'cumulate', step: 5n, size: 20n, offset: 0n },
  { kind: 'cumulate', step: 20n, size: 20n, offset: 13n },
  { kind: 'cumulate', step: DAY, size: 30n * DAY, offset: -DAY },
];

describe('windows that repeat rows', () => {
  it.each(SHAPES)('$kind of $size: those that hold the time', (shape) => {
    const next = seededRandom(Number(shape.size % 1000n));
    const span = Number(shape.size) * 20;
    const times = Array.from({ length: shape.size > 1_000n * DAY ? 40 : 300 }, () => {
      const near = BigInt(Math.floor((next() - 0.5) * span));
      // A tenth lies beyond what doubles hold exactly, in both directions.
      const far = next() < 0.1 ? (next() < 0.5 ? 2n ** 55n : -(2n ** 55n)) : 0n;
      return next() < 0.05 ? null : near + far;
    });
    const found = run(shape, batchOf(times));
    expect(found.rows.sort()).toEqual(expected(shape, times).sort());
    expect(found.errors).toEqual([]);
  });

  it('emits batches of bounded size', () => {
    const shape: ExpandingShape = { kind: 'hop', slide: 1n, size: 1000n, offset: 0n };
    const { rows, batches } = run(shape, batchOf(Array.from({ length: 50 }, (_, i) => BigInt(i))));
    expect(rows).toHaveLength(50_000);
    expect(Math.max(...batches)).toBeLessThanOrEqual(4096);
  });

  it('repeats retractions as it repeats rows', () => {
    const shape: ExpandingShape = { kind: 'hop', slide: 5n, size: 10n, offset: 0n };
    const { rows } = run(shape, batchOf([7n, 7n], new Int32Array([1, -1])));
    expect(rows.map((row) => row.slice(0, 2).trim())).toEqual(['1', '1', '-1', '-1']);
  });

  it('puts an infinite time into one window, and tells which rows have a window out of range', () => {
    const shape: ExpandingShape = { kind: 'hop', slide: 5n, size: 10n, offset: 0n };
    const [infinity, least] = [2n ** 63n - 1n, -2440588n * DAY];
    const { rows, errors } = run(shape, batchOf([infinity, infinity - 3n, least, 1n]));
    expect(rows).toEqual([`1 null ${infinity} ${infinity} 0`, '1 null 0 10 3', '1 null -5 5 3']);
    expect(errors.map(([{ sqlstate, row }, diff]) => [sqlstate, row.slice(0, 4), diff])).toEqual([
      ['22008', 'id=1', 1],
      ['22008', 'id=2', 1],
    ]);
  });
});
