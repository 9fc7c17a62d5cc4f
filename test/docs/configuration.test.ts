// The table of docs/configuration.md is what src/config.ts says. UPDATE_GOLDEN=1 writes it again.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { expect, test } from 'vitest';
import type { Setting } from '../../src/config.ts';
import { fileKeyOf, flagOf, SETTINGS } from '../../src/config.ts';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'configuration.md');
const TABLE = /(<!-- settings -->\n\n).*(\n\n<!-- end of settings -->)/s;

function line({ variable, meaning, fallback, otherwise, secret }: Setting): string {
  const flag = secret === true ? 'no flag' : `\`--${flagOf(variable)}\``;
  const standard = fallback === null ? (otherwise ?? '') : `\`${fallback}\``;
  return `| \`${variable}\` | \`${fileKeyOf(variable)}\` | ${flag} | ${meaning.replaceAll('|', '\\|')} | ${standard} |`;
}

test('docs/configuration.md has every setting as the code has it', async () => {
  const written = readFileSync(FILE, 'utf8');
  const table = [
    '| variable | in the file | flag | meaning | default |',
    '| --- | --- | --- | --- | --- |',
    ...SETTINGS.map(line),
  ].join('\n');
  const options = { ...(await prettier.resolveConfig(FILE)), parser: 'markdown' };
  const text = await prettier.format(
    written.replace(TABLE, (_, head: string, foot: string) => head + table + foot),
    options,
  );
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, text);
  expect(SETTINGS.length).toBeGreaterThan(20);
  expect(written).toMatch(TABLE);
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});
