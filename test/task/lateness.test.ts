// Event time of a source against a plain model: lateness in offset order, whatever the batching; watermark over partitions.

import { describe, expect, it } from 'vitest';
import { EpochPace } from '../../src/task/epoch-pace.ts';
import type { LateRowMark, PartitionTime } from '../../src/task/sift.ts';
import { SourceClock } from '../../src/task/lateness.ts';
import { PLUS_INFINITY, siftExactly, siftPlain } from '../../src/task/sift.ts';
import { Wakeup } from '../../src/task/wakeup.ts';

function sift(
  clock: SourceClock,
  partition: number,
  times: readonly (bigint | null)[],
  delay = 0n,
  broker = -1,
) {
  const n = times.length;
  const keep = new Int32Array(n);
  const late: LateRowMark[] = [];
  const nulls = new Uint8Array(times.map((t) => (t === null ? 1 : 0)));
  const kept = clock.sift(partition, {
    count: n,
    times: new BigInt64Array(times.map((t) => t ?? 0n)),
    timeNulls: nulls,
    marks: new BigInt64Array(times.map((t) => (t ?? 0n) - delay)),
    markNulls: nulls,
    brokerMs: new Float64Array(n).fill(broker),
    keep,
    late,
  });
  return { kept: [...keep.subarray(0, kept)], late: late.map((mark) => mark.row) };
}

function newClock(allowedLateness = 0n, maxFuture: bigint | null = null, watermark: bigint | null = null) {
  return new SourceClock({ allowedLateness, maxFuture }, watermark);
}

function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 0x1000000;
  };
}

describe('lateness', () => {
  it.each([1, 2, 3])('does not depend on how the records are cut into batches (seed %i)', (seed) => {
    const next = random(seed);
    const times = Array.from({ length: 500 }, (_, i) =>
      next() < 0.05 ? null : BigInt(Math.floor(i * 10 + (next() - 0.7) * 300)),
    );
    const expected: number[] = [];
    let max: bigint | null = null;
    times.forEach((t, i) => {
      if (t === null) return;
      if (max !== null && t < max - 20n) expected.push(i);
      else if (max === null || t - 50n > max) max = t - 50n;
    });
    const clock = newClock(20n);
    const late: number[] = [];
    for (let from = 0; from < times.length;) {
      const to = Math.min(times.length, from + 1 + Math.floor(next() * 60));
      late.push(...sift(clock, 0, times.slice(from, to), 50n).late.map((row) => row + from));
      from = to;
    }
    expect(late).toEqual(expected);
    expect(late.length).toBeGreaterThan(5);
  });

  it('keeps rows without a time, which move nothing', () => {
    const clock = newClock();
    expect(sift(clock, 0, [10n, null, 5n])).toEqual({ kept: [0, 1], late: [2] });
  });

  it('lets a row far beyond its broker timestamp count, but not move the watermark', () => {
    const clock = newClock(0n, 1_000_000n);
    expect(sift(clock, 0, [1_000_000n, 9_000_000_000n, 2_000_000n], 0n, 1000).late).toEqual([]);
    expect(clock.advance()).toBe(2_000_000n);
  });

  it('lets a row of the end of time count, but not move the watermark', () => {
    const clock = newClock();
    expect(sift(clock, 0, [1n, PLUS_INFINITY, 2n]).late).toEqual([]);
    expect(clock.advance()).toBe(2n);
  });

  it('holds a partition that appears against the watermark that is there', () => {
    const clock = newClock();
    sift(clock, 0, [100n]);
    clock.advance();
    expect(sift(clock, 1, [50n, 100n])).toEqual({ kept: [1], late: [0] });
  });

  it('holds a partition that was idle against the watermark that went on without it', () => {
    const clock = newClock();
    sift(clock, 0, [100n]);
    sift(clock, 1, [10n]);
    expect(clock.advance()).toBe(10n);
    clock.partition(1).idle = true;
    expect(clock.advance()).toBe(100n);
    expect(sift(clock, 1, [50n, 100n, 120n])).toEqual({ kept: [1, 2], late: [0] });
    expect(clock.partition(1).idle).toBe(false);
  });
});

describe('the watermark of a source', () => {
  it('is the minimum over its partitions, waits for those without rows, and never falls', () => {
    const clock = newClock();
    clock.partition(1);
    sift(clock, 0, [100n]);
    expect(clock.advance()).toBeNull();
    sift(clock, 1, [40n]);
    expect(clock.advance()).toBe(40n);
    clock.partition(2);
    expect(clock.advance()).toBe(40n);
  });

  it('stays when every partition is idle', () => {
    const clock = newClock();
    sift(clock, 0, [100n]);
    clock.advance();
    clock.partition(0).idle = true;
    expect(clock.advance()).toBe(100n);
  });

  it('is infinite when bounded input has ended, and closes windows less the allowed lateness before', () => {
    const clock = newClock(30n);
    sift(clock, 0, [100n]);
    clock.advance();
    expect(clock.closedThrough()).toBe(70n);
    clock.partition(0).finished = true;
    expect(clock.advance()).toBe(PLUS_INFINITY);
    expect(clock.closedThrough()).toBe(PLUS_INFINITY);
  });
});

describe('the pace of epochs', () => {
  const limits = { checkpointIntervalMs: 1000, maxEpochBytes: 1000 };

  it('ends an epoch at once when input pauses and nothing is being committed', () => {
    const pace = new EpochPace(limits);
    expect(pace.isOver(0, 10, false, false)).toBe(true);
    expect(pace.isOver(5, 10, false, true)).toBe(false);
  });

  it('lasts longer under load, but never beyond the interval or the byte cap', () => {
    const pace = new EpochPace(limits);
    for (let i = 0; i < 50; i++) pace.committed(100);
    expect(pace.isOver(50, 10, true, false)).toBe(false);
    expect(pace.isOver(700, 10, true, false)).toBe(false);
    expect(pace.isOver(850, 10, true, false)).toBe(true);
    expect(pace.isOver(1000, 10, true, true)).toBe(true);
    expect(pace.isOver(1, 1000, true, true)).toBe(true);
  });
});

describe('a wakeup', () => {
  it('that came before the wait ends it at once', async () => {
    const wakeup = new Wakeup();
    wakeup.wake();
    await wakeup.wait(60_000);
    setTimeout(() => wakeup.wake(), 1);
    await wakeup.wait(60_000);
  });
});

describe('sifting by words', () => {
  const seed = 20261125;
  it(`agrees with sifting by bigints, seed ${seed}`, () => {
    let state = seed;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 0) / 2 ** 32;
    };
    const extremes = [
      PLUS_INFINITY,
      -(2n ** 63n),
      2n ** 52n,
      2n ** 52n - 1n,
      -(2n ** 52n),
      -(2n ** 52n) - 1n,
      0n,
      -1n,
    ];
    let plain = 0;
    for (let run = 0; run < 500; run++) {
      const count = 1 + Math.floor(random() * 40);
      const odd = random() < 0.3 ? 0.05 : 0;
      const value = (i: number): bigint =>
        random() < odd
          ? extremes[Math.floor(random() * extremes.length)]!
          : BigInt(Math.floor((i + random() * 20 - 10) * 1e6)) - (run % 3 === 0 ? 10_000_000n : 0n);
      const nulls = (): Uint8Array | null =>
        random() < 0.5 ? null : Uint8Array.from({ length: count }, () => (random() < 0.2 ? 1 : 0));
      const columns = {
        count,
        times: BigInt64Array.from({ length: count }, (_, i) => value(i)),
        timeNulls: nulls(),
        marks: BigInt64Array.from({ length: count }, (_, i) => value(i)),
        markNulls: nulls(),
        brokerMs: Float64Array.from({ length: count }, (_, i) => (random() < 0.2 ? -1 : i * 1000)),
      };
      const options = {
        allowedLateness: [0n, 3_000_000n, 2n ** 60n][Math.floor(random() * 2.1)]!,
        maxFuture: random() < 0.5 ? null : 4_000_000n,
      };
      const max = [null, 0n, 5_000_000n, PLUS_INFINITY][Math.floor(random() * 3.1)]!;
      const outcome = (exactly: boolean) => {
        const time: PartitionTime = { max, idle: false, finished: false };
        const keep = new Int32Array(count);
        const late: LateRowMark[] = [];
        const rows = { ...columns, keep, late };
        const begun = exactly ? { next: 0, kept: 0 } : siftPlain(time, options, rows);
        if (begun.next === count) plain++;
        const kept = begun.next === count ? begun.kept : siftExactly(time, options, rows, begun);
        return { max: time.max, late, keep: [...keep.subarray(0, kept)] };
      };
      expect(outcome(false)).toEqual(outcome(true));
    }
    expect(plain).toBeGreaterThan(100);
    expect(plain).toBeLessThan(500);
  });
});
