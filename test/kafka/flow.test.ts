// The flow of a running reader: backpressure, pauses, rates, idleness, outages, large records, damage on the way.
import { expect, test } from 'vitest';
import { until } from '../integration/eventually.ts';
import { describeKafka } from '../setup/parts.ts';
import {
  codeOf,
  drain,
  newTopic,
  numbered,
  produce,
  proxied,
  reader,
  readRows,
  rowsOf,
  values,
  type Row,
} from './live.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const MiB = 1 << 20;

describeKafka('backpressure', () => {
  test('a task that does not take keeps memory flat, and loses nothing', async () => {
    const topic = await newTopic({ partitions: 2 });
    const record = Buffer.alloc(10_000, 'x');
    const records = Array.from({ length: 4000 }, (_, i) => ({ value: record, partition: i % 2 }));
    await produce(topic, records); // 40 MB
    const before = process.memoryUsage().arrayBuffers;
    const source = await reader({ topic, limits: { queueBytes: 4 * MiB, fetchBytes: 2 * MiB } });
    await sleep(1500);
    expect(source.status().queuedBytes).toBeGreaterThanOrEqual(2 * MiB);
    expect(source.status().queuedBytes).toBeLessThanOrEqual(6 * MiB);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * MiB);
    expect(source.status().partitions.map(({ state }) => state)).toContain('backpressure');

    let read = 0;
    let most = 0;
    await drain(
      source,
      () => read >= 4000,
      (chunk) => {
        read += chunk.columns.count;
        most = Math.max(most, source.status().queuedBytes);
      },
    );
    expect(read).toBe(4000);
    expect(most).toBeLessThanOrEqual(6 * MiB);
    expect(source.status().lag).toBe(0);
  });

  test('a paused partition is neither fetched nor delivered; the others go on; it resumes where it was', async () => {
    const topic = await newTopic({ partitions: 2 });
    await produce(topic, [...numbered(0, 30), ...numbered(0, 30, { partition: 1 })]);
    const source = await reader({ topic, limits: { chunkRecords: 10 } });
    const rows: Row[] = [];
    // Pause partition 0 in the middle of its batch.
    await drain(
      source,
      () => rows.length >= 40,
      (chunk) => {
        rows.push(...rowsOf(chunk));
        if (chunk.partition === 0) source.pause(0);
      },
    );
    expect(rows.filter(({ partition }) => partition === 0)).toHaveLength(10);
    expect(source.status().partitions[0]).toMatchObject({ state: 'paused', offset: 10 });
    await produce(topic, numbered(30, 32));
    await sleep(100);
    expect(source.take()).toBeUndefined();
    source.resume(0);
    const rest = await readRows(source, 22);
    expect(values(rest)).toEqual(values(numbered(10, 32).map(({ value }) => ({ value }) as Row)));
  });

  test('max_rate', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 5000));
    const source = await reader({ topic, maxRate: 1000 });
    const start = performance.now();
    const rows = await readRows(source, 600);
    const seconds = (performance.now() - start) / 1000;
    expect(rows.length / (seconds + 0.1)).toBeLessThan(1100);
    expect(seconds).toBeLessThan(3);
  });
});

describeKafka('idleness', () => {
  test('empty fetches at the end prove it; records end the proof; a paused partition gets none', async () => {
    const topic = await newTopic({ partitions: 2 });
    await produce(topic, numbered(0, 3));
    const source = await reader({ topic, limits: { maxWaitMs: 50 } });
    expect(source.status().partitions[0]!.atEndSince).toBeUndefined();
    await readRows(source, 3);
    source.pause(1);
    await until('it is proven for a while', () => {
      const { atEndSince, atEndUntil } = source.status().partitions[0]!;
      return atEndSince !== undefined && atEndUntil! - atEndSince > 100;
    });
    const [first, second] = source.status().partitions;
    expect(first).toMatchObject({ state: 'at-end', lag: 0, endOffset: 3 });
    await produce(topic, numbered(3, 4));
    await readRows(source, 1);
    expect(source.status().partitions[0]!.atEndSince ?? Infinity).toBeGreaterThan(first!.atEndUntil!);
    await sleep(200);
    expect(source.status().partitions[1]!.atEndUntil).toBe(second!.atEndUntil);
  });
});

describeKafka('outages', () => {
  test('cut again and again: every record once, in order, the outage visible', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 20_000));
    const proxy = await proxied();
    const source = await reader({
      topic,
      cluster: proxy.cluster,
      limits: { partitionFetchBytes: 20_000, chunkRecords: 500 },
    });
    const rows: Row[] = [];
    let cuts = 0;
    await drain(
      source,
      () => rows.length >= 20_000,
      (chunk) => {
        rows.push(...rowsOf(chunk));
        if (rows.length < (cuts + 1) * 3000) return;
        cuts++;
        proxy.cut();
        setTimeout(() => proxy.open(), 20);
      },
    );
    expect(cuts).toBeGreaterThan(4);
    expect(rows.map(({ offset }) => offset)).toEqual(Array.from({ length: 20_000 }, (_, i) => i));

    proxy.cut();
    await sleep(300);
    expect(source.status()).toMatchObject({
      unreachableSince: expect.any(Number),
      lastError: { code: 'BROKER_UNREACHABLE' },
      partitions: [{ state: 'unreachable', atEndSince: undefined }],
    });
    proxy.open();
    await produce(topic, numbered(20_000, 20_001));
    expect(values(await readRows(source, 1))).toEqual(['v20000']);
    await sleep(100);
    expect(source.status()).toMatchObject({ unreachableSince: undefined, lastError: undefined });
  });

  test('closing while the broker is away, and while a fetch waits', async () => {
    const topic = await newTopic();
    const proxy = await proxied();
    const source = await reader({ topic, cluster: proxy.cluster, limits: { maxWaitMs: 5000 } });
    await sleep(100);
    const start = performance.now();
    await source.close();
    expect(performance.now() - start).toBeLessThan(1000);
    expect(source.take()).toBeUndefined();
    const other = await reader({ topic, cluster: proxy.cluster });
    proxy.cut();
    await sleep(200);
    await other.close();
    expect(proxy.connections()).toBe(0);
  });
});

describeKafka('large and broken', () => {
  test('a record of 12 MB comes through; beyond the limit it is a typed error', async () => {
    const topic = await newTopic({ config: { 'max.message.bytes': '20000000' } });
    await produce(topic, [
      { value: 'small', partition: 0 },
      { value: Buffer.alloc(12_000_000, 'y'), partition: 0 },
      { value: 'after', partition: 0 },
    ]);
    const sizes: number[] = [];
    const source = await reader({ topic, end: { kind: 'latest' } });
    await drain(
      source,
      () => source.finished,
      ({ columns }) => {
        for (let i = 0; i < columns.count; i++) sizes.push(columns.valueEnd[i]! - columns.valueStart[i]!);
      },
    );
    expect(sizes).toEqual([5, 12_000_000, 5]);
    const narrow = await reader({ topic, limits: { maxBatchBytes: 11_000_000 } });
    expect(await codeOf(readRows(narrow, 3))).toBe('RECORD_TOO_LARGE');
    // Far beyond, the answer is not even buffered.
    const tiny = await reader({
      topic,
      start: { kind: 'offsets', offsets: new Map([[0, 1]]) },
      limits: { maxBatchBytes: MiB },
    });
    expect(await codeOf(readRows(tiny, 1))).toBe('RECORD_TOO_LARGE');
  });

  test('bytes changed on the way are CORRUPT_BATCH', async () => {
    const topic = await newTopic();
    await produce(topic, [...numbered(0, 3), { value: 'HERE-IT-IS', partition: 0 }]);
    const proxy = await proxied((data) => {
      const at = data.indexOf('HERE-IT-IS');
      if (at >= 0) data.write('THERE', at);
      return data;
    });
    const source = await reader({ topic, cluster: proxy.cluster });
    expect(await codeOf(readRows(source, 4))).toBe('CORRUPT_BATCH');
  });
});
