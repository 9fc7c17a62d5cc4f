// The time of a node is that in which it ran itself.

import { afterEach, expect, it, vi } from 'vitest';
import { Meter } from '../../src/operators/meter.ts';

afterEach(() => vi.restoreAllMocks());

it('counts for each node what it took without what it called', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const meter = new Meter([7, 8, 9]);
  /** Runs `own` ms, calls, and runs as long again. */
  const run = (place: number, own: number, calls: () => void): void => {
    const outer = meter.begin();
    const begun = performance.now();
    now += own;
    calls();
    now += own;
    meter.end(place, begun, outer);
  };
  const twice = (): void => {
    run(1, 10, () => run(2, 100, () => undefined));
    run(1, 20, () => undefined);
  };
  run(0, 1, twice);
  run(0, 2, () => undefined);
  meter.takes(1, 5);
  meter.gives(1, 3);
  meter.gives(1, 4);
  expect(meter.figures()).toEqual([
    { node: 7, rowsIn: 0, rowsOut: 0, batches: 0, busyMs: 6 },
    { node: 8, rowsIn: 5, rowsOut: 7, batches: 2, busyMs: 60 },
    { node: 9, rowsIn: 0, rowsOut: 0, batches: 0, busyMs: 200 },
  ]);
});
