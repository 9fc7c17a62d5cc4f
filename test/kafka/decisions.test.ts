// The parts that decide without a broker: outcomes, ranges, waiting, rates, queue bounds, wire numbers, near names.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backoffMs, Signal } from '../../src/connectors/kafka/backoff.ts';
import type { BrokerConnection } from '../../src/connectors/kafka/connection.ts';
import { Framing } from '../../src/connectors/kafka/framing.ts';
import { LeaderLoop, type FetchPlan } from '../../src/connectors/kafka/leader-loop.ts';
import { nearNames } from '../../src/connectors/kafka/near-names.ts';
import { judgeRange, outcomeOf } from '../../src/connectors/kafka/outcome.ts';
import { PartitionReadState, type FetchedSet } from '../../src/connectors/kafka/partition.ts';
import { WireReader, WireWriter } from '../../src/connectors/kafka/protocol/wire.ts';
import { RateLimit } from '../../src/connectors/kafka/rate.ts';
import { Lease, ResponseBuffers } from '../../src/connectors/kafka/response-buffers.ts';

test.each([
  [0, 'records'],
  [1, 'out-of-range'],
  [2, 'corrupt'],
  [6, 'refresh'],
  [29, 'denied'],
  [74, 'refresh'],
  [100, 'refresh'],
  [-1, 'refresh'],
])('error code %i means %s', (code, kind) => {
  expect(outcomeOf(code).kind).toBe(kind);
});

test('a range is judged lost at once, beyond the end only when it stays so', () => {
  expect(judgeRange(5, 10, 20, 1).kind).toBe('lost');
  expect(judgeRange(25, 10, 20, 1).kind).toBe('retry');
  expect(judgeRange(25, 10, 20, 3).kind).toBe('beyond-end');
  expect(judgeRange(15, 10, 20, 9).kind).toBe('retry');
});

test('backoff doubles up to a bound, with jitter over its upper half', () => {
  const at = (random: number) => [1, 2, 3, 8, 50].map((n) => backoffMs(n, () => random));
  expect(at(0)).toEqual([25, 50, 100, 2500, 2500]);
  expect(at(1)).toEqual([50, 100, 200, 5000, 5000]);
});

test('a signal raised before the wait is not lost, a wait without one ends', async () => {
  const signal = new Signal();
  signal.notify();
  await signal.wait(Infinity);
  await signal.wait(5);
  setTimeout(() => signal.notify(), 5);
  await signal.wait(Infinity);
});

test('the rate bucket: what is spent comes back with time, a tenth of a second at most', () => {
  let now = 0;
  const rate = new RateLimit(1000, () => now);
  expect(rate.allowance()).toBe(100);
  rate.spend(100);
  expect(rate.allowance()).toBe(0);
  expect(rate.waitMs()).toBe(1);
  now = 20;
  expect(rate.allowance()).toBe(20);
  now = 10_000;
  expect(rate.allowance()).toBe(100);
  const slow = new RateLimit(0.5, () => now);
  slow.spend(slow.allowance());
  expect(slow.waitMs()).toBe(2000);
});

describe('a partition’s queue', () => {
  const set = (from: number, bytes: number, response = new Uint8Array(bytes)): FetchedSet => ({
    partition: 0,
    records: response.subarray(0, bytes),
    aborted: [],
    nextOffset: from + 10,
    endOffset: 100,
    logStartOffset: 0,
    lost: undefined,
    lease: new Lease(new ResponseBuffers(), response),
  });

  test('is full at the high-water mark, open again at the low one', () => {
    const state = new PartitionReadState(0, 0, Infinity);
    for (let i = 0; i < 4; i++) state.push(set(i * 10, 100), 400);
    expect(state.status()).toMatchObject({ state: 'backpressure' });
    expect(state.fetchable(0)).toBe(false);
    state.shift(200);
    expect(state.full).toBe(true);
    state.shift(200);
    expect(state.fetchable(0)).toBe(true);
    expect(state.fetchOffset).toBe(40);
  });

  test('when paused, does not hold on to the whole response', () => {
    const state = new PartitionReadState(0, 0, Infinity);
    state.push(set(0, 100, new Uint8Array(10_000)), 400);
    state.pause();
    state.push(set(10, 100, new Uint8Array(10_000)), 400);
    expect(state.queue.map(({ records }) => records.buffer.byteLength)).toEqual([100, 100]);
  });

  test('is at its end only while nothing is queued and fetches succeed', () => {
    const state = new PartitionReadState(0, 0, Infinity);
    state.foundEnd(1000);
    state.foundEnd(2000);
    expect(state).toMatchObject({ atEndSince: 1000, atEndUntil: 2000 });
    state.failed(2500);
    expect(state).toMatchObject({ atEndSince: undefined, unreachableSince: 2500 });
    state.succeeded(10, 0);
    state.push(set(0, 100), 400);
    state.foundEnd(3000);
    expect(state.atEndSince).toBeUndefined();
  });

  test('lag is measured to the bounded end', () => {
    const state = new PartitionReadState(0, 0, 30);
    state.succeeded(100, 0);
    expect(state.status().lag).toBe(30);
    state.takenOffset = 30;
    expect(state.status()).toMatchObject({ state: 'finished', lag: 0 });
  });
});

test.each([true, false])('wire numbers and strings come back, flexible: %s', (flexible) => {
  const big = Number.MAX_SAFE_INTEGER;
  const bytes = new WireWriter(flexible)
    .int64(big)
    .int64(-1)
    .string('né')
    .nullString()
    .array([1, 300], (w, n) => w.int32(n))
    .nullArray()
    .unsignedVarint(4_000_000_000)
    .tags()
    .done();
  const reader = new WireReader(new Uint8Array(bytes), flexible);
  expect([reader.int64(), reader.int64(), reader.string(), reader.nullableString()]).toEqual([
    big,
    -1,
    'né',
    undefined,
  ]);
  expect([reader.int32Array(), reader.int32Array(), reader.unsignedVarint()]).toEqual([
    [1, 300],
    [],
    4_000_000_000,
  ]);
  reader.tags();
  expect(() => reader.int8()).toThrow(/cannot be read/);
  expect(() => new WireReader(new Uint8Array([127, 255, 255, 255]), flexible).int32Array()).toThrow(/longer/);
});

test('near names', () => {
  const names = ['bids', 'bidders', 'auctions', 'people'];
  expect(nearNames('bid', names)).toEqual(['bids']);
  expect(nearNames('Aucitons', names)).toEqual(['auctions']);
  expect(nearNames('unrelated-thing', names)).toEqual([]);
});

test.each([1, 3, 7, 1000])(
  'responses are cut from the stream whatever its reads are: %i bytes each',
  (size) => {
    const bodies = [Buffer.from('0123'), Buffer.alloc(20, 'b'), Buffer.from('4567c')];
    const stream = Buffer.concat(
      bodies.flatMap((body) => {
        const length = Buffer.alloc(4);
        length.writeInt32BE(body.length);
        return [length, body];
      }),
    );
    const frames: string[] = [];
    const refused: number[] = [];
    const framing = new Framing(100, new ResponseBuffers(), {
      frame: (response) => frames.push(Buffer.from(response).toString()),
      tooLarge: (length) => refused.push(length),
    });
    // One buffer for all reads, as on a socket.
    const shared = Buffer.alloc(1000);
    for (let at = 0; at < stream.length; at += size) {
      const length = stream.copy(shared, 0, at, at + size);
      framing.push(shared.subarray(0, length));
    }
    expect(frames).toEqual(bodies.map(String));
    framing.push(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3]));
    framing.push(Buffer.from([0, 0, 0, 4, 1, 2, 3, 4]));
    expect([refused, frames.length]).toEqual([[0x7fffffff], 3]);
  },
);

describe('a leader loop', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Fetches that were answered within so many milliseconds, each with so many bytes. */
  async function answered(bytes: number, ms: number): Promise<number> {
    let count = 0;
    const response = { bytes: new Uint8Array(bytes), errorCode: 0, partitions: [] };
    const connection = {
      isOpen: true,
      send: () => Promise.resolve(response),
      close: () => Promise.resolve(),
    };
    const state = new PartitionReadState(0, 0, Infinity);
    const loop = new LeaderLoop(1, {
      connect: () => Promise.resolve(connection as unknown as BrokerConnection),
      plan: () => ({
        partitions: count < 10 ? [state] : [],
        reservedBytes: 0,
        retryInMs: Infinity,
        request: () => ({}) as ReturnType<FetchPlan['request']>,
      }),
      accept: () => void count++,
      unreachable: () => expect.unreachable(),
      fail: () => expect.unreachable(),
    });
    await vi.advanceTimersByTimeAsync(ms);
    const closing = loop.close();
    await vi.runAllTimersAsync();
    await closing;
    return count;
  }

  test('asks for a flood again and again', async () => {
    expect(await answered(1 << 20, 0)).toBe(10);
  });

  test('asks for a trickle at intervals', async () => {
    expect(await answered(100, 0)).toBe(1);
    expect(await answered(100, 9)).toBe(3);
    expect(await answered(100, 100)).toBe(10);
  });
});
