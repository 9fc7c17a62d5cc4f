// Which files of a folder are deployed.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readSqlFiles } from '../../src/pipeline/deployments.ts';

it('those of a folder and the ones below it, and of an optional one when it is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = [
    'b.sql',
    'a/z.sql',
    'more/.optional',
    'more/q.sql',
    'more/deep/r.sql',
    'more-yet/s.sql',
    'no.txt',
  ];
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  const names = async (of: string): Promise<string[]> => (await readSqlFiles(of)).map(({ name }) => name);
  expect(await names(folder)).toEqual(['a/z.sql', 'b.sql', 'more-yet/s.sql']);
  expect(await names(join(folder, 'more'))).toEqual(['deep/r.sql', 'q.sql']);
});
