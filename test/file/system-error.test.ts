// Files that cannot be read or written are told as such, and what was committed is written once there is room again.

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFileSink } from '../../src/connectors/file/sink.ts';
import { fileError } from '../../src/connectors/file/system-error.ts';
import { newBatch } from '../../src/data/batch.ts';
import { INTEGER } from '../../src/data/types.ts';
import { setValue } from '../../src/data/value.ts';
import type { MillraceError } from '../../src/errors.ts';

test.each([
  ['ENOSPC', 'FILE_NO_ROOM'],
  ['EDQUOT', 'FILE_NO_ROOM'],
  ['EACCES', 'FILE_ACCESS_DENIED'],
  ['EROFS', 'FILE_ACCESS_DENIED'],
  ['ENOENT', 'FILE_NOT_FOUND'],
  ['EIO', 'FILE_ERROR'],
])('%s of the system is %s', (code, expected) => {
  const told = fileError('out.jsonl', Object.assign(new Error(`${code}: write`), { code }));
  expect(told).toMatchObject({ code: expected, retryable: true, domain: 'external' });
  expect((told as MillraceError).message).toContain('out.jsonl');
});

test('errors of our own stay what they are', () => {
  const own = new Error('a defect');
  expect(fileError('x', own)).toBe(own);
});

test('a folder that is gone while a sink writes is told, and the epoch is written when it is back', async () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-away-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'out');
  writeFileSync(join(root, 'marker'), '');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(folder);
  const columns = [{ name: 'i', type: INTEGER, nullable: false }];
  const open = () =>
    openFileSink({ root, path: 'out/rows.jsonl', columns, appendOnly: true, csv: undefined });
  const sink = await open();
  await sink.recover(null);
  const batch = newBatch(columns, 1);
  setValue(batch.columns[0]!, 0, 7);
  batch.rows = 1;
  sink.push(batch);
  const output = sink.cut();
  renameSync(folder, join(root, 'away'));
  await expect(sink.stage(output)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await sink.close();
  renameSync(join(root, 'away'), folder);
  const again = await open();
  await again.recover(null);
  await again.publish(output.bytes.length === 0 ? output : (await again.stage(output), output));
  await again.close();
  expect(readFileSync(join(folder, 'rows.jsonl'), 'utf8')).toBe('{"i":7}\n');
});
