// Buffers of responses are used again: after everybody is done with them, and never before.
import { describe, expect, test } from 'vitest';
import { Framing } from '../../src/connectors/kafka/framing.ts';
import { Lease, ResponseBuffers } from '../../src/connectors/kafka/response-buffers.ts';
import { describeKafka } from '../setup/parts.ts';
import { cluster, drain, newTopic, produce, reader } from './live.ts';

const MiB = 1 << 20;

describe('response buffers', () => {
  test('one that was given back is taken again, one that is out never', () => {
    const buffers = new ResponseBuffers();
    const first = buffers.take(MiB);
    const second = buffers.take(MiB);
    expect(second.buffer).not.toBe(first.buffer);
    buffers.giveBack(first.subarray(10, 20));
    const third = buffers.take(MiB - 1000);
    expect(third.buffer).toBe(first.buffer);
    expect(third).toHaveLength(MiB - 1000);
    expect(buffers.take(MiB).buffer).not.toBe(first.buffer);
  });

  test('giving back twice, or what comes from elsewhere, does nothing', () => {
    const buffers = new ResponseBuffers();
    const taken = buffers.take(MiB);
    buffers.giveBack(taken);
    buffers.giveBack(taken);
    buffers.giveBack(new Uint8Array(MiB));
    expect(buffers.bytesAtRest).toBe(taken.buffer.byteLength);
    expect(buffers.take(MiB).buffer).not.toBe(buffers.take(MiB).buffer);
  });

  test('what is kept at rest is bounded, and is what was given back last', () => {
    const buffers = new ResponseBuffers(4 * MiB);
    const taken = [1, 2, 3, 3].map((size) => buffers.take(size * MiB));
    for (const one of taken) buffers.giveBack(one);
    expect(buffers.bytesAtRest).toBeLessThanOrEqual(4 * MiB);
    expect(buffers.bytesAtRest).toBeGreaterThanOrEqual(3 * MiB);
    buffers.giveBack(buffers.take(5 * MiB));
    expect(buffers.bytesAtRest).toBeLessThanOrEqual(4 * MiB);
  });

  test('a lease gives back with its last user, and says when it is released too often', () => {
    const buffers = new ResponseBuffers();
    const lease = new Lease(buffers, buffers.take(MiB));
    lease.share();
    lease.release();
    expect(buffers.bytesAtRest).toBe(0);
    lease.release();
    expect(buffers.bytesAtRest).toBeGreaterThanOrEqual(MiB);
    expect(() => lease.release()).toThrow('more often');
  });

  test('a large response is read to its place, whatever the reads are', () => {
    const frames: Buffer[] = [];
    const framing = new Framing(MiB, new ResponseBuffers(), {
      frame: (response) => frames.push(Buffer.from(response)),
      tooLarge: () => expect.unreachable(),
    });
    const bodies = [100_000, 70_000, 4].map((length, i) => Buffer.alloc(length, i + 1));
    const stream = Buffer.concat(
      bodies.flatMap((body) => {
        const length = Buffer.alloc(4);
        length.writeInt32BE(body.length);
        return [length, body];
      }),
    );
    let direct = 0;
    const shared = Buffer.alloc(1000);
    for (let at = 0; at < stream.length;) {
      const to = framing.room ?? shared;
      if (to !== shared) direct++;
      const length = stream.copy(to, 0, at, Math.min(stream.length, at + to.length));
      framing.push(to.subarray(0, length));
      at += length;
    }
    expect(frames.map((frame) => frame.toString('hex'))).toEqual(bodies.map((body) => body.toString('hex')));
    expect(direct).toBeGreaterThan(1);
  });
});

describeKafka('response buffers, live', () => {
  test('nothing that is lent is overwritten, and memory is used again', async () => {
    const source = cluster();
    let given = 0;
    const giveBack = source.buffers.giveBack.bind(source.buffers);
    // Whoever still looks at what was released sees that at once.
    source.buffers.giveBack = (bytes) => {
      new Uint8Array(bytes.buffer).fill(0xff);
      given++;
      giveBack(bytes);
    };
    const topic = await newTopic({ partitions: 2 });
    const padding = 'x'.repeat(900);
    const value = (i: number): string => `${i} ${padding}`;
    for (let from = 0; from < 8000; from += 500)
      await produce(
        topic,
        Array.from({ length: 500 }, (_, i) => ({ value: value(from + i), partition: i % 2 })),
      );
    const limits = { queueBytes: MiB, fetchBytes: MiB / 2, partitionFetchBytes: MiB / 4, chunkRecords: 100 };
    const opened = await reader({ cluster: source, topic, limits, end: { kind: 'latest' } });
    const wrong: string[] = [];
    let read = 0;
    await drain(
      opened,
      () => opened.finished,
      ({ partition, columns }) => {
        for (let i = 0; i < columns.count; i++) {
          const expected = value(columns.offsets[i]! * 2 + partition);
          const bytes = columns.buffer.subarray(columns.valueStart[i]!, columns.valueEnd[i]!);
          if (Buffer.from(bytes).toString() !== expected) wrong.push(expected.slice(0, 10));
        }
        read += columns.count;
        // A pause in the middle of a set takes its bytes back too.
        if (read % 1700 === 0) opened.pause(partition);
        if (read % 1700 === 0) opened.resume(partition);
      },
    );
    expect([read, wrong]).toEqual([8000, []]);
    expect(given).toBeGreaterThan(8);
    expect(source.buffers.bytesAtRest).toBeGreaterThan(0);
  });
});
