// docs/sql-reference.md is what the function table says. UPDATE_GOLDEN=1 writes it again.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqlReference } from './sql-reference.ts';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'sql-reference.md');

test('docs/sql-reference.md is up to date', () => {
  const text = sqlReference();
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, text);
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});
