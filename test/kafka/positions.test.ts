// Where reading starts and stops, and what happens when the log is not where it was.
import { expect, test } from 'vitest';
import { describeKafka, uniqueTopic } from '../setup/parts.ts';
import {
  codeOf,
  cluster,
  drain,
  newTopic,
  numbered,
  produce,
  reader,
  readRows,
  readTopic,
  rowsOf,
  values,
  withAdmin,
} from './live.ts';

const offsets = (...entries: [number, number][]) => ({ kind: 'offsets', offsets: new Map(entries) }) as const;

describeKafka('start and end', () => {
  test('latest reads only what comes after', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 5));
    const source = await reader({ topic, start: { kind: 'latest' } });
    expect(source.positions.start).toEqual(new Map([[0, 5]]));
    await produce(topic, numbered(5, 8));
    expect(values(await readRows(source, 3))).toEqual(['v5', 'v6', 'v7']);
  });

  test('a timestamp starts at the first record that is not older, ends before it', async () => {
    const topic = await newTopic({ partitions: 2 });
    await produce(topic, [
      ...numbered(0, 10).map((record, i) => ({ ...record, timestamp: 1000 + i * 10 })),
      { value: 'other', partition: 1, timestamp: 5 },
    ]);
    const from = await readTopic(topic, { start: { kind: 'timestamp', ms: 1045 } });
    expect(values(from)).toEqual(['v5', 'v6', 'v7', 'v8', 'v9']);
    const until = await readTopic(topic, { end: { kind: 'timestamp', ms: 1020 } });
    expect(values(until).sort()).toEqual(['other', 'v0', 'v1']);
  });

  test('explicit offsets, in the middle of a batch; partitions that they do not name start at their earliest', async () => {
    const topic = await newTopic({ partitions: 2 });
    await produce(topic, [...numbered(0, 10), ...numbered(100, 103, { partition: 1 })]);
    const rows = await readTopic(topic, { start: offsets([0, 7]) });
    expect(values(rows).sort()).toEqual(['v100', 'v101', 'v102', 'v7', 'v8', 'v9']);
    const bounded = await reader({ topic, end: offsets([0, 3], [1, 0]) });
    expect(values(await readRows(bounded))).toEqual(['v0', 'v1', 'v2']);
    expect(bounded.status()).toMatchObject({ finished: true, lag: 0 });
  });

  test('the end is taken once: later records are not part of the bounded input', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 4));
    const source = await reader({ topic, end: { kind: 'latest' } });
    expect(source.positions.end).toEqual(new Map([[0, 4]]));
    await produce(topic, numbered(4, 6));
    expect(values(await readRows(source))).toEqual(['v0', 'v1', 'v2', 'v3']);
    // The caller keeps the positions; so a restart ends at the same place.
    const again = await reader({
      topic,
      identity: source.positions.identity,
      start: offsets([0, 2]),
      end: { kind: 'offsets', offsets: source.positions.end! },
    });
    expect(values(await readRows(again))).toEqual(['v2', 'v3']);
  });

  test('an empty bounded topic is finished at once', async () => {
    const source = await reader({ topic: await newTopic({ partitions: 2 }), end: { kind: 'latest' } });
    expect(source.take()).toBeUndefined();
    expect(source.finished).toBe(true);
  });

  test('a partition that appears later is read from its start', async () => {
    const topic = await newTopic();
    const source = await reader({ topic, start: { kind: 'latest' }, limits: { metadataRefreshMs: 100 } });
    await withAdmin((admin) => admin.setPartitionCount(topic, 3));
    await produce(topic, numbered(0, 2, { partition: 2 }));
    expect(await readRows(source, 2)).toMatchObject([
      { partition: 2, offset: 0, value: 'v0' },
      { partition: 2, offset: 1, value: 'v1' },
    ]);
    expect(source.partitions()).toEqual([0, 1, 2]);
  });

  test('only the partitions that it owns', async () => {
    const topic = await newTopic({ partitions: 4 });
    await produce(
      topic,
      [0, 1, 2, 3].map((partition) => ({ partition, value: `p${partition}` })),
    );
    expect(values(await readTopic(topic, { owns: (partition) => partition % 2 === 1 })).sort()).toEqual([
      'p1',
      'p3',
    ]);
  });
});

describeKafka('a log that moved on', () => {
  async function trimmed(): Promise<string> {
    const topic = await newTopic();
    await produce(topic, numbered(0, 10));
    await withAdmin((admin) => admin.deleteRecordsBefore(topic, new Map([[0, 6]])));
    return topic;
  }

  test('an offset below the log start is DATA_LOST', async () => {
    const source = await reader({ topic: await trimmed(), start: offsets([0, 3]) });
    expect(await codeOf(readRows(source, 1))).toBe('DATA_LOST');
    expect(source.status().lastError?.message).toMatch(/offset 3 is wanted, the log starts at 6/);
    expect(() => source.take()).toThrow(/deleted before they were read/);
  });

  test("on_data_loss = 'continue' jumps, and says so", async () => {
    const source = await reader({ topic: await trimmed(), start: offsets([0, 3]), onDataLoss: 'continue' });
    const seen: unknown[] = [];
    const rows: (string | null)[] = [];
    await drain(
      source,
      () => rows.length >= 4,
      (chunk) => {
        if (chunk.lost !== undefined) seen.push(chunk.lost, chunk.nextOffset, chunk.columns.count);
        rows.push(...values(rowsOf(chunk)));
      },
    );
    expect(seen).toEqual([{ from: 3, to: 6 }, 6, 0]);
    expect(rows).toEqual(['v6', 'v7', 'v8', 'v9']);
  });

  test('earliest is the log start', async () => {
    expect(values(await readTopic(await trimmed()))).toEqual(['v6', 'v7', 'v8', 'v9']);
  });

  test('records deleted ahead of a reader that is running', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 10));
    const source = await reader({ topic });
    await readRows(source, 10);
    source.pause(0);
    await produce(topic, numbered(10, 20));
    await withAdmin((admin) => admin.deleteRecordsBefore(topic, new Map([[0, 15]])));
    source.resume(0);
    // What was fetched before the deletion may still be delivered; then comes the gap, never a silent jump.
    const code = await codeOf(readRows(source, 10));
    const { offset } = source.status().partitions[0]!;
    expect([code, offset]).toSatisfy(
      ([c, o]) => (c === 'DATA_LOST' && o === 10) || (c === 'none' && o === 20),
    );
  });

  test('an offset beyond the end is another topic', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 3));
    const source = await reader({ topic, start: offsets([0, 50]) });
    expect(await codeOf(readRows(source, 1))).toBe('TOPIC_RECREATED');
  });

  test('a recreated topic is refused on opening, by its id', async () => {
    const topic = await newTopic();
    const { identity } = (await reader({ topic })).positions;
    expect(identity).toMatch(/^[0-9a-f]{32}$/);
    await recreate(topic);
    expect(await codeOf(reader({ topic, identity, start: offsets([0, 0]) }))).toBe('TOPIC_RECREATED');
    expect(await codeOf(reader({ topic, start: offsets([5, 10]) }))).toBe('TOPIC_RECREATED');
  });

  test('a topic recreated while it is read never gives a record of the new one', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 3));
    const source = await reader({ topic });
    await readRows(source, 3);
    await recreate(topic);
    await produce(topic, numbered(100, 110));
    expect(await codeOf(readRows(source, 1))).toBe('TOPIC_RECREATED');
  });

  test('a topic deleted while it is read', async () => {
    const topic = await newTopic();
    const source = await reader({ topic, limits: { topicGoneMs: 300 } });
    await withAdmin((admin) => admin.deleteTopic(topic));
    expect(await codeOf(readRows(source, 1))).toBe('TOPIC_NOT_FOUND');
  });

  async function recreate(topic: string): Promise<void> {
    await withAdmin((admin) => admin.deleteTopic(topic));
    // Until the deletion is through, creating says that it exists.
    while (!(await withAdmin((admin) => admin.createTopic({ topic, partitions: 1 })))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});

describeKafka('refusals on opening', () => {
  test('a missing topic, with names that are near', async () => {
    const label = uniqueTopic('auctions');
    await newTopic({ topic: label });
    const opening = reader({ topic: label.replace('auctions', 'autcions') });
    await expect(opening).rejects.toMatchObject({
      code: 'TOPIC_NOT_FOUND',
      hint: expect.stringContaining(`"${label}"`),
    });
    expect(await codeOf(reader({ topic: 'not a legal name!' }))).toBe('TOPIC_NOT_FOUND');
  });

  test('no broker', async () => {
    const nowhere = cluster({ brokers: ['127.0.0.1:1'] });
    const opening = reader({ topic: 'x', cluster: nowhere, limits: { openTimeoutMs: 300 } });
    await expect(opening).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retryable: true });
  });

  test('an address that is none', () => {
    expect(() => cluster({ brokers: ['a:b:c'] })).toThrow(/not a broker address/);
  });
});
