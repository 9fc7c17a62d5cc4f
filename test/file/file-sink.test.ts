// The file sink dies at every step of an epoch; the file holds exactly the committed epochs, and never more.
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileSink } from '../../src/connectors/file/sink.ts';
import type { SinkPosition, SinkWriter } from '../../src/connectors/sink.ts';
import { newBatch } from '../../src/data/batch.ts';
import { INTEGER } from '../../src/data/types.ts';
import { setValue } from '../../src/data/value.ts';
import { random } from '../formats/decoding.ts';

const SCHEMA = [{ name: 'a', type: INTEGER, nullable: false }];
const SEED = Number(process.env['SEED'] ?? 99);
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-sink-')));
});

afterEach(() => rmSync(root, { recursive: true }));

function openSink(path = 'out/rows.jsonl'): Promise<SinkWriter> {
  return openFileSink({ root, path, columns: SCHEMA, appendOnly: true, csv: undefined });
}

function content(path = 'out/rows.jsonl'): string {
  return readFileSync(join(root, path), 'utf8');
}

function push(sink: SinkWriter, values: readonly number[]): void {
  const batch = newBatch(SCHEMA, values.length);
  batch.rows = values.length;
  values.forEach((value, row) => setValue(batch.columns[0]!, row, value));
  sink.push(batch);
}

const lines = (values: readonly number[]): string => values.map((a) => `{"a":${a}}\n`).join('');

async function code(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

describe('exactly once', () => {
  test(`any step may be the last one of a writer, seed ${SEED}`, async () => {
    const rnd = random(SEED);
    let committed: SinkPosition | null = null;
    const expected: number[] = [];
    let next = 0;
    for (let life = 0; life < 60; life++) {
      const sink = await openSink();
      await sink.recover(committed);
      expect(content()).toBe(lines(expected));
      for (let epoch = 0; epoch < 4; epoch++) {
        const rows = Array.from({ length: Math.floor(rnd() * 4) }, (_, i) => next + i);
        push(sink, rows);
        if (rnd() < 0.1) break;
        const output = sink.cut();
        if (rnd() < 0.1) break;
        const position = await sink.stage(output);
        expect(content()).toBe(lines(expected));
        if (rnd() < 0.15) break;
        committed = JSON.parse(JSON.stringify(position)) as SinkPosition;
        expected.push(...rows);
        next += rows.length;
        if (rnd() < 0.15) {
          // half of the publication may have reached the file
          if (rnd() < 0.5)
            appendFileSync(join(root, 'out/rows.jsonl'), output.bytes.subarray(0, output.bytes.length >> 1));
          break;
        }
        await sink.publish(output);
        expect(content()).toBe(lines(expected));
      }
      await sink.close();
    }
    expect(expected.length).toBeGreaterThan(50);
  });

  test('a predecessor that still stages does not disturb its successor', async () => {
    const old = await openSink();
    await old.recover(null);
    const sink = await openSink();
    await sink.recover(null);
    push(sink, [1]);
    const position = await sink.stage(sink.cut());
    push(old, [2, 3]);
    await old.stage(old.cut());
    await Promise.all([old.close(), sink.close()]);
    const third = await openSink();
    await third.recover(position);
    expect(content()).toBe(lines([1]));
    expect(readdirSync(join(root, 'out'))).toEqual(['rows.jsonl']);
    await third.close();
  });
});

describe('a file that is not as it was left', () => {
  test('is refused, and not touched', async () => {
    writeFileSync(join(root, 'mine.txt'), 'precious');
    const sink = await openSink('mine.txt');
    expect(await code(sink.recover(null))).toBe('SINK_CHANGED');
    expect(content('mine.txt')).toBe('precious');
    await sink.close();
  });

  test('shorter, longer, or without its staged lines', async () => {
    const sink = await openSink();
    await sink.recover(null);
    push(sink, [1, 2]);
    const output = sink.cut();
    const first = await sink.stage(output);
    await sink.publish(output);
    push(sink, [3]);
    const second = await sink.stage(sink.cut());
    await sink.close();
    const again = await openSink();
    truncateSync(join(root, 'out/rows.jsonl'), 3);
    expect(await code(again.recover(second))).toBe('SINK_CHANGED');
    writeFileSync(join(root, 'out/rows.jsonl'), lines([1, 2, 3, 4]));
    expect(await code(again.recover(first))).toBe('SINK_CHANGED');
    writeFileSync(join(root, 'out/rows.jsonl'), lines([1, 2]));
    for (const name of readdirSync(join(root, 'out')))
      if (name.includes('staged')) rmSync(join(root, 'out', name));
    expect(await code(again.recover(second))).toBe('SINK_CHANGED');
    await again.recover(first);
    await again.close();
  });
});

describe('the root', () => {
  test('holds', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'millrace-outside-'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync(join(outside, 'new.jsonl'), join(root, 'dangling.jsonl'));
    expect(await code(openSink('../x.jsonl'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openSink('/tmp/x.jsonl'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openSink('folder/x.jsonl'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openSink('out/'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openSink('folder'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openSink('dangling.jsonl'))).toBeDefined();
    expect(existsSync(join(outside, 'new.jsonl'))).toBe(false);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });
});
