// When has what is built beside a pipeline caught up with it?

import { expect, it } from 'vitest';
import type { Inputs, Marks } from '../../src/pipeline/replacing/behind.ts';
import { behind } from '../../src/pipeline/replacing/behind.ts';
import type { Standing } from '../../src/pipeline/replacing/standing.ts';

const INPUTS: Inputs = { same: (id) => (id === 11 ? [11, 1] : [id]), nameOf: (id) => `input ${id}` };

interface At {
  readonly epoch?: bigint;
  readonly status?: string;
  /** Source, partition, next offset, end. */
  readonly at?: readonly (readonly [number, number, bigint, bigint?])[];
  readonly watermarks?: ReadonlyMap<number, bigint>;
  readonly readers?: Standing['readers'];
}

function standing({
  epoch = 5n,
  status = 'running',
  at = [],
  watermarks = new Map(),
  readers = [],
}: At): Standing {
  const partitions = at.map(([sourceId, partition, nextOffset, end = null]) => ({
    sourceId,
    partition,
    nextOffset,
    end,
  }));
  return { name: 'new', epoch, status, partitions, watermarks, readers };
}

function waits(hidden: At, shown: At, marks: Marks = new Map()): string | null {
  return behind(7, standing(hidden), [standing(shown)], INPUTS, marks);
}

it('what has not committed, loads, or does not run, has not', () => {
  expect(behind(7, undefined, [], INPUTS, new Map())).toMatch(/gone/);
  expect(waits({ epoch: 0n }, {})).toMatch(/to begin/);
  expect(waits({ status: 'failed' }, {})).toMatch(/failed/);
  const reader = { viewId: 3, epoch: 1n, loading: true, upstream: 1n };
  expect(waits({ readers: [reader] }, {})).toBe('pipeline new to load input 3');
});

it('every partition that both read counts, under either name of the input', () => {
  const shown: At = { at: [[1, 0, 10n], [1, 1, 20n]] }; // prettier-ignore
  expect(waits({ at: [[1, 0, 10n], [1, 1, 20n]] }, shown)).toBeNull(); // prettier-ignore
  expect(waits({ at: [[1, 0, 10n], [1, 1, 19n]] }, shown)).toMatch(/at 19 of 20 in partition 1 of input 1/); // prettier-ignore
  expect(waits({ at: [[11, 0, 9n], [11, 1, 20n]] }, shown)).toMatch(/at 9 of 10/); // prettier-ignore
  expect(waits({ at: [[11, 0, 11n], [11, 1, 20n]] }, shown)).toBeNull(); // prettier-ignore
  expect(waits({ at: [[1, 0, 10n]] }, shown)).toMatch(/to read partition 1/);
  // Another input is none of its business.
  expect(waits({ at: [[2, 0, 0n, 0n]] }, shown)).toBeNull();
});

it('what only the new one reads counts up to where that stood at first', () => {
  const marks: Marks = new Map();
  expect(waits({ at: [[2, 0, 3n, 10n]] }, {}, marks)).toMatch(/at 3 of 10/);
  expect(waits({ at: [[2, 0, 9n, 50n]] }, {}, marks)).toMatch(/at 9 of 10/);
  expect(waits({ at: [[2, 0, 10n, 90n]] }, {}, marks)).toBeNull();
  const reader = (epoch: bigint, upstream: bigint) => ({
    readers: [{ viewId: 3, epoch, loading: false, upstream }],
    at: [[3, 0, epoch + 1n]] as const,
  });
  expect(waits(reader(4n, 8n), {}, marks)).toMatch(/at 5 of 9/);
  expect(waits(reader(8n, 12n), {}, marks)).toBeNull();
});

it('positions in the change logs of two versions of a table say nothing of each other', () => {
  const follows = (viewId: number, epoch: bigint): At => ({
    readers: [{ viewId, epoch, loading: false, upstream: epoch }],
    at: [[viewId, 0, epoch + 1n]],
  });
  expect(waits(follows(11, 3n), follows(1, 900n))).toBeNull();
  expect(waits(follows(1, 3n), follows(1, 900n))).toMatch(/at 4 of 901/);
});

it('watermarks of the very same input must have come as far', () => {
  const at: At['at'] = [[1, 0, 10n]];
  const shown = { at, watermarks: new Map([[1, 50n]]) };
  expect(waits({ at }, shown)).toMatch(/watermark of input 1/);
  expect(waits({ at, watermarks: new Map([[1, 49n]]) }, shown)).toMatch(/watermark/);
  expect(waits({ at, watermarks: new Map([[1, 50n]]) }, shown)).toBeNull();
  // Declared anew, it has other watermarks.
  expect(waits({ at: [[11, 0, 10n]] }, shown)).toBeNull();
});
