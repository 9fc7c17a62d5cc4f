// Files as a source: lines, offsets, following, and staying below the root.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileReaderOptions } from '../../src/connectors/file/reader.ts';
import { openFileReader } from '../../src/connectors/file/reader.ts';
import type { SourceReader } from '../../src/connectors/source.ts';
import { MillraceError } from '../../src/errors.ts';

let root: string;
const open: SourceReader[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-file-')));
});

afterEach(async () => {
  for (const reader of open.splice(0)) await reader.close();
  rmSync(root, { recursive: true });
});

async function openReader(path: string, options: Partial<FileReaderOptions> = {}): Promise<SourceReader> {
  const reader = await openFileReader({
    root,
    path,
    format: { format: 'PLAIN', encode: 'JSON' },
    start: { kind: 'earliest' },
    ...options,
  });
  open.push(reader);
  return reader;
}

interface Line {
  readonly partition: number;
  readonly offset: number;
  readonly text: string;
}

/** Takes until `done` says so. */
async function drain(reader: SourceReader, done: (lines: readonly Line[]) => boolean): Promise<Line[]> {
  const lines: Line[] = [];
  for (;;) {
    const woken = new Promise<void>((resolve) => reader.onReady(resolve));
    for (let chunk = reader.take(); chunk !== undefined; chunk = reader.take()) {
      const { columns, partition } = chunk;
      for (let i = 0; i < columns.count; i++) {
        const text = Buffer.from(
          columns.buffer.subarray(columns.valueStart[i], columns.valueEnd[i]),
        ).toString();
        lines.push({ partition, offset: columns.offsets[i]!, text });
      }
    }
    if (done(lines)) return lines;
    await woken;
  }
}

const texts = (lines: readonly Line[]): string[] => lines.map(({ text }) => text);

async function code(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof MillraceError ? error.code : String(error);
}

describe('one file', () => {
  test('gives its lines once, skips empty ones, takes a last line without an end', async () => {
    writeFileSync(join(root, 'a.jsonl'), '{"a":1}\n\n{"a":2}\r\n  \n{"a":"é"}');
    const reader = await openReader('a.jsonl');
    const lines = await drain(reader, () => reader.finished);
    expect(lines).toEqual([
      { partition: 0, offset: 0, text: '{"a":1}' },
      { partition: 0, offset: 9, text: '{"a":2}\r' },
      { partition: 0, offset: 21, text: '{"a":"é"}' },
    ]);
    expect(reader.status()).toMatchObject({ finished: true, lag: 0 });
    expect(reader.positions.end).toEqual(new Map([[0, 31]]));
  });

  test('an empty file is finished', async () => {
    writeFileSync(join(root, 'a.jsonl'), '');
    const reader = await openReader('a.jsonl');
    expect(await drain(reader, () => reader.finished)).toEqual([]);
  });

  test('lines over many blocks, some longer than a block, from any committed position', async () => {
    const written = Array.from(
      { length: 3000 },
      (_, i) => `${i}:${'x'.repeat(i === 1500 ? 3_000_000 : (i * 7919) % 2000)}`,
    );
    writeFileSync(join(root, 'big.jsonl'), written.join('\n') + '\n');
    const reader = await openReader('big.jsonl', { chunkRecords: 100 });
    const lines = await drain(reader, () => reader.finished);
    expect(texts(lines)).toEqual(written);
    for (const at of [1, 1499, 1500, 1501, 2999]) {
      const start = { kind: 'offsets', offsets: new Map([[0, lines[at]!.offset]]) } as const;
      const again = await openReader('big.jsonl', { start });
      expect(texts(await drain(again, () => again.finished))).toEqual(written.slice(at));
    }
  });

  test('is followed as it grows; half a line waits for its end', async () => {
    const path = join(root, 'a.jsonl');
    writeFileSync(path, 'one\ntw');
    const reader = await openReader('a.jsonl', { end: { kind: 'unbounded' } });
    expect(texts(await drain(reader, (lines) => lines.length === 1))).toEqual(['one']);
    appendFileSync(path, 'o\nthree\n');
    expect(texts(await drain(reader, (lines) => lines.length === 2))).toEqual(['two', 'three']);
    expect(reader.finished).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const [status] = reader.status().partitions;
    expect(status!.state).toBe('at-end');
    expect(status!.atEndUntil! - status!.atEndSince!).toBeGreaterThan(50);
  });

  test('that has lost what was read is DATA_LOST', async () => {
    const path = join(root, 'a.jsonl');
    writeFileSync(path, 'one\ntwo\n');
    const start = { kind: 'offsets', offsets: new Map([[0, 100]]) } as const;
    expect(await code(openReader('a.jsonl', { start }))).toBe('DATA_LOST');
    const reader = await openReader('a.jsonl', { end: { kind: 'unbounded' } });
    await drain(reader, (lines) => lines.length === 2);
    truncateSync(path, 2);
    expect(await code(drain(reader, () => false))).toBe('DATA_LOST');
  });
});

describe('a folder', () => {
  test('has its files as partitions, those that it had when it was first opened', async () => {
    mkdirSync(join(root, 'in'));
    writeFileSync(join(root, 'in', 'b.jsonl'), 'b1\nb2\n');
    writeFileSync(join(root, 'in', 'a.ndjson'), 'a1\n');
    writeFileSync(join(root, 'in', 'notes.txt'), 'no\n');
    const reader = await openReader('in');
    const seen = await drain(reader, () => reader.finished);
    expect(seen.map(({ partition, text }) => `${partition}:${text}`).sort()).toEqual([
      '0:a1',
      '1:b1',
      '1:b2',
    ]);
    writeFileSync(join(root, 'in', '0.jsonl'), 'new\n');
    const again = await openReader('in', {
      identity: reader.positions.identity,
      owns: (partition) => partition === 1,
    });
    expect(texts(await drain(again, () => again.finished))).toEqual(['b1', 'b2']);
    rmSync(join(root, 'in', 'a.ndjson'));
    expect(await code(openReader('in', { identity: reader.positions.identity }))).toBe('DATA_LOST');
  });
});

describe('the root', () => {
  test.each(['../secret', 'in/../../secret', '/etc/passwd', '', 'a\0b', '..', 'in\\..\\..\\secret'])(
    '%j is refused',
    async (path) => {
      expect(await code(openReader(path))).toBe('FILE_NOT_ALLOWED');
    },
  );

  test('links that lead out are refused, links within are not', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'millrace-outside-'));
    writeFileSync(join(outside, 'secret.jsonl'), 'secret\n');
    writeFileSync(join(root, 'a.jsonl'), 'one\n');
    symlinkSync(join(outside, 'secret.jsonl'), join(root, 'out.jsonl'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync(join(root, 'a.jsonl'), join(root, 'in.jsonl'));
    mkdirSync(join(root, 'mixed'));
    symlinkSync(join(outside, 'secret.jsonl'), join(root, 'mixed', 'a.jsonl'));
    expect(await code(openReader('out.jsonl'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openReader('folder/secret.jsonl'))).toBe('FILE_NOT_ALLOWED');
    expect(await code(openReader('mixed'))).toBe('DATA_LOST');
    const reader = await openReader('in.jsonl');
    expect(texts(await drain(reader, () => reader.finished))).toEqual(['one']);
    rmSync(outside, { recursive: true });
  });

  test('missing files and roots are named', async () => {
    expect(await code(openReader('none.jsonl'))).toBe('FILE_NOT_FOUND');
    expect(await code(openReader('a.jsonl', { root: join(root, 'none') }))).toBe('FILE_ROOT_MISSING');
  });
});

describe('CSV', () => {
  const format = {
    format: 'PLAIN',
    encode: 'CSV',
    delimiter: ',',
    quote: '"',
    nullText: '',
    header: true,
  } as const;

  test('a record spans lines within quotes, over blocks, from any committed position; empty lines are records', async () => {
    const records = Array.from({ length: 400 }, (_, i) =>
      i % 7 === 3 ? '' : `${i},"${'line\n""and"",\n'.repeat((i * 37) % 900)}"`,
    );
    writeFileSync(join(root, 'big.csv'), `${records.join('\n')}\n`);
    const reader = await openReader('big.csv', { format });
    const lines = await drain(reader, () => reader.finished);
    expect(lines.map((line) => line.text)).toEqual(records);
    for (const at of [1, 133, 399]) {
      const offsets = new Map([[0, lines[at]!.offset]]);
      const again = await openReader('big.csv', { format, start: { kind: 'offsets', offsets } });
      expect((await drain(again, () => again.finished)).map((line) => line.text)).toEqual(records.slice(at));
    }
  });

  test('a quote that is not closed takes the rest of the file, and is no CSV', async () => {
    writeFileSync(join(root, 'open.csv'), '1,a\n2,"b\n3,c\n');
    const reader = await openReader('open.csv', { format });
    const lines = await drain(reader, () => reader.finished);
    expect(lines.map((line) => line.text)).toEqual(['1,a', '2,"b\n3,c\n']);
  });
});
