// An owner drops or renames the name of a view with Postgres' own statements: Millrace can still drop and replace it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../integration/eventually.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { openTestEngine, submit } from './engine-fixture.ts';

const SOURCE = `CREATE SOURCE n (n BIGINT) WITH (connector = 'datagen', fields.n.kind = 'sequence', datagen.rows.per.second = '50') FORMAT PLAIN ENCODE JSON;`;
const view = (definition: string): string => `CREATE MATERIALIZED VIEW v AS SELECT ${definition} FROM n`;

async function relations({ pool }: OpenEngine): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

const DROP_TABLE = `DO $$ BEGIN EXECUTE (SELECT format('DROP TABLE millrace_data.%I CASCADE', table_name) FROM millrace.view_tables); END $$`;

it.each(['DROP VIEW v', 'ALTER VIEW v RENAME TO w', 'ALTER VIEW v SET SCHEMA elsewhere', DROP_TABLE])(
  'after %s a view is dropped, and its name is free',
  async (byHand) => {
    const open = await openTestEngine();
    await open.pool.query('CREATE SCHEMA elsewhere');
    await submit(open, `${SOURCE} ${view('count(*) AS c')}`);
    await open.pool.query(byHand);
    await submit(open, 'DROP MATERIALIZED VIEW v');
    expect(await relations(open)).toEqual([]);
    await submit(open, view('max(n) AS greatest'));
    expect(await relations(open)).toEqual(['v']);
  },
);

it.each(['DROP VIEW v', 'ALTER VIEW v RENAME TO w'])('after %s a view is replaced', async (byHand) => {
  const fileRoot = mkdtempSync(join(tmpdir(), 'millrace-by-hand-'));
  onTestFinished(() => rmSync(fileRoot, { recursive: true }));
  writeFileSync(join(fileRoot, 'n.json'), '{"n": 1}\n{"n": 7}\n');
  const open = await openTestEngine({ fileRoot });
  await submit(
    open,
    `CREATE SOURCE n (n BIGINT) WITH (connector = 'file', path = 'n.json') FORMAT PLAIN ENCODE JSON; ${view('count(*) AS c')}`,
  );
  await open.pool.query(byHand);
  await submit(open, view('max(n) AS greatest').replace('CREATE', 'CREATE OR REPLACE'));
  const shown = async () => (await open.pool.query('SELECT * FROM v').catch(() => ({ rows: [] }))).rows;
  await until('the new version is shown', async () => (await shown()).length > 0);
  expect(await shown()).toEqual([{ greatest: 7n }]);
  expect(await relations(open)).toEqual(['v']);
});
