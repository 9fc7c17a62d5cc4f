// The generator as a source: every event once, whatever the partitions, the chunks and the restarts.
import { afterEach, describe, expect, test } from 'vitest';
import type { NexmarkReaderOptions, NexmarkTableSource } from '../../src/connectors/nexmark/reader.ts';
import { openNexmarkReader } from '../../src/connectors/nexmark/reader.ts';
import type { SourceReader } from '../../src/connectors/source.ts';

const BIDS: NexmarkTableSource = { table: 'bid', seed: 7, events: 1000, rate: null, partitions: 3 };
const open: SourceReader[] = [];

afterEach(async () => {
  for (const reader of open.splice(0)) await reader.close();
});

function openReader(options: Partial<NexmarkReaderOptions> & { source: NexmarkTableSource }): SourceReader {
  const reader = openNexmarkReader({ start: { kind: 'earliest' }, ...options });
  open.push(reader);
  return reader;
}

/** Everything that can be taken now, as "partition:offset" → text. */
function drain(reader: SourceReader, chunks = Infinity): Map<string, string> {
  const seen = new Map<string, string>();
  for (let n = 0; n < chunks; n++) {
    const chunk = reader.take();
    if (chunk === undefined) break;
    const { columns, partition } = chunk;
    for (let i = 0; i < columns.count; i++) {
      const text = Buffer.from(
        columns.buffer.subarray(columns.valueStart[i], columns.valueEnd[i]),
      ).toString();
      expect(seen.has(`${partition}:${columns.offsets[i]}`)).toBe(false);
      seen.set(`${partition}:${columns.offsets[i]}`, text);
      expect(columns.timestamps[i]).toBe(Date.parse((JSON.parse(text) as { date_time: string }).date_time));
    }
    expect(chunk.nextOffset).toBe(columns.offsets[columns.count - 1]! + 1);
  }
  return seen;
}

describe('bounded', () => {
  test('gives every bid of the first 1,000 events, is finished and says so', async () => {
    const reader = openReader({ source: BIDS, chunkRecords: 100 });
    expect(reader.partitions()).toEqual([0, 1, 2]);
    expect(reader.positions.end).toEqual(
      new Map([
        [0, 307],
        [1, 307],
        [2, 306],
      ]),
    );
    expect(reader.finished).toBe(false);
    expect(drain(reader).size).toBe(920);
    expect(reader.finished).toBe(true);
    expect(reader.status().partitions.map(({ state }) => state)).toEqual([
      'finished',
      'finished',
      'finished',
    ]);
    expect(reader.take()).toBeUndefined();
    await new Promise<void>((resolve) => reader.onReady(resolve));
  });

  test('is the same set of events with any number of partitions', () => {
    const one = [...drain(openReader({ source: { ...BIDS, partitions: 1 } })).values()];
    const three = [...drain(openReader({ source: BIDS })).values()];
    expect(three.sort()).toEqual(one.sort());
  });

  test('goes on from committed offsets', () => {
    const whole = drain(openReader({ source: BIDS, chunkRecords: 50 }));
    const first = openReader({ source: BIDS, chunkRecords: 50 });
    const seen = drain(first, 4);
    const offsets = new Map(first.status().partitions.map(({ partition, offset }) => [partition, offset]));
    const rest = drain(openReader({ source: BIDS, start: { kind: 'offsets', offsets } }));
    expect(new Map([...seen, ...rest])).toEqual(whole);
    expect(seen.size + rest.size).toBe(whole.size);
  });

  test('starts at a time, ends at offsets, reads only what it owns', () => {
    const at = openReader({
      source: { ...BIDS, rate: 100 },
      start: { kind: 'timestamp', ms: Date.UTC(2026, 0, 1, 0, 0, 5) },
    });
    // event 500 is the first of the sixth second: 460 bids came before it
    expect(at.positions.start).toEqual(
      new Map([
        [0, 154],
        [1, 153],
        [2, 153],
      ]),
    );
    const end = openReader({
      source: BIDS,
      end: { kind: 'offsets', offsets: new Map([[1, 5]]) },
      owns: (partition) => partition === 1,
    });
    expect([...drain(end).keys()]).toEqual(['1:0', '1:1', '1:2', '1:3', '1:4']);
  });

  test('leaves out a paused partition', () => {
    const reader = openReader({ source: BIDS });
    reader.pause(0);
    expect([...drain(reader).keys()].some((key) => key.startsWith('0:'))).toBe(false);
    let woken = 0;
    reader.onReady(() => woken++);
    reader.resume(0);
    expect(woken).toBe(1);
    expect(drain(reader).size).toBe(307);
  });
});

describe('at a rate', () => {
  test('gives no more than is due, wakes its listener, and makes up for little', async () => {
    const reader = openReader({ source: { ...BIDS, events: null, rate: 1000 } });
    let taken = 0;
    const started = performance.now();
    await new Promise<void>((resolve) => {
      const more = (): void => {
        for (let chunk = reader.take(); chunk !== undefined; chunk = reader.take())
          taken += chunk.columns.count;
        if (performance.now() - started > 300) resolve();
      };
      reader.onReady(more);
      more();
    });
    const elapsed = performance.now() - started;
    expect(taken).toBeLessThanOrEqual((elapsed * 920) / 1000 + 1);
    expect(taken).toBeGreaterThan(100);
    expect(reader.finished).toBe(false);
    expect(reader.positions.end).toBeUndefined();
  });
});
