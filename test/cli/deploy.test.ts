// `millrace deploy` of a folder while the service runs: the same files again change nothing, a changed one replaces what it made.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../integration/eventually.ts';
import { folder, millrace } from '../integration/service.ts';
import { openPsql, openTestEngine } from '../pipeline/engine-fixture.ts';

const file = (aggregate: string): string => `
CREATE SOURCE n (n BIGINT) WITH (connector = 'file', path = 'n.json') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW told AS SELECT ${aggregate} AS is FROM n;`;

it('millrace deploy says unchanged of the same files, and replaces what a changed one had made', async () => {
  const fileRoot = folder('deploy');
  const queries = join(fileRoot, 'queries');
  mkdirSync(queries);
  writeFileSync(join(fileRoot, 'n.json'), '{"n": 1}\n{"n": 7}\n');
  writeFileSync(join(queries, 'told.sql'), file('count(*)'));
  const open = await openTestEngine({ fileRoot });
  const psql = await openPsql(open);
  const env = { ...process.env, DATABASE_URL: open.databaseUrl, MILLRACE_DIR: folder('deploy-state') };
  const deploy = (of: string) => millrace(['deploy', of], env);

  const first = await deploy(queries);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain('told.sql\n');
  expect((await deploy(queries)).stdout).toBe('told.sql\nunchanged\n');

  writeFileSync(join(queries, 'told.sql'), file('max(n)'));
  expect(await deploy(queries)).toMatchObject({ code: 0, stderr: '' });
  const told = async () => (await psql.query<{ is: bigint }>('SELECT "is" FROM told')).rows[0]?.is;
  await until('the new version is shown', async () => (await told()) === 7n);

  const nowhere = await deploy(join(fileRoot, 'nowhere'));
  expect(nowhere.code).toBe(1);
  expect(nowhere.stderr).toMatch(/^error\[FILE_NOT_READABLE\]/);
});
