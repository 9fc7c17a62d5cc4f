import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, MIGRATIONS_FOLDER, readMigrations } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { freshDatabase } from '../setup/parts.ts';

let url: string;
let pool: Pool;
let folder: string;

beforeAll(async () => {
  ({ url } = await freshDatabase());
  pool = new Pool(url, { applicationName: 'test', max: 2 });
  folder = join(await mkdtemp(join(tmpdir(), 'migrations-')), 'migrations');
  await cp(MIGRATIONS_FOLDER, folder, { recursive: true });
});

afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

/** Everything that the schemas of Millrace hold, by name and definition. */
async function inventory(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ thing: string }>(
    `SELECT c.relkind::text || ' ' || c.oid::regclass::text || ' ' || coalesce(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum), '') AS thing
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE n.nspname LIKE 'millrace%' AND c.relname NOT LIKE 'migrations%' GROUP BY c.oid, c.relkind ORDER BY 1`,
  );
  return rows.map(({ thing }) => thing);
}

describe('migrations', () => {
  it('go up, all the way back, and up again to the same schema', async () => {
    const newest = (await readMigrations(MIGRATIONS_FOLDER)).length;
    expect(await migrate(url)).toEqual({ from: 0, to: newest });
    const first = await inventory();
    expect(first.length).toBeGreaterThan(10);
    for (let version = newest - 1; version >= 0; version--)
      expect(await migrate(url, { target: version })).toEqual({ from: version + 1, to: version });
    expect(await inventory()).toEqual([]);
    await migrate(url);
    expect(await inventory()).toEqual(first);
    expect(await migrate(url)).toEqual({ from: newest, to: newest });
  });

  it('take turns when several start at once', async () => {
    await migrate(url, { target: 0 });
    const reports = await Promise.all([1, 2, 3].map(() => migrate(url)));
    expect(reports.filter(({ from }) => from === 0)).toHaveLength(1);
  });

  it('refuse a step that was edited after it had been applied', async () => {
    await appendFile(join(folder, '0001_core.up.sql'), '\n-- edited\n');
    await expect(migrate(url, { folder })).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  });

  it('refuse a newer schema and touch nothing', async () => {
    await pool.query(`INSERT INTO millrace.migrations (version, name, checksum) VALUES (999, 'future', 'x')`);
    const before = await inventory();
    await expect(migrate(url)).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      message: expect.stringContaining('999') as string,
    });
    expect(await inventory()).toEqual(before);
    await pool.query('DELETE FROM millrace.migrations WHERE version = 999');
  });

  it('name the privilege that is missing', async () => {
    const role = `nobody_${process.pid}`;
    const database = new URL(url).pathname.slice(1);
    await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
    await pool.query(`GRANT CONNECT ON DATABASE "${database}" TO ${role}`);
    const as = new URL(url);
    as.username = role;
    as.password = 'pw';
    await expect(migrate(as.href)).rejects.toMatchObject({
      code: 'POSTGRES_PRIVILEGE_MISSING',
      message: expect.stringContaining('CREATE') as string,
    });
    await pool.query(`GRANT CREATE ON DATABASE "${database}" TO ${role}`);
    await expect(migrate(as.href)).rejects.toMatchObject({
      code: 'POSTGRES_PRIVILEGE_MISSING',
      message: expect.stringContaining('schema millrace belongs to') as string,
    });
    await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('refuse a database that is not UTF8', async () => {
    const name = `${new URL(url).pathname.slice(1)}_latin`;
    await pool.query(`CREATE DATABASE "${name}" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    const latin = new URL(url);
    latin.pathname = `/${name}`;
    await expect(migrate(latin.href)).rejects.toMatchObject({ code: 'POSTGRES_NOT_UTF8' });
    await pool.query(`DROP DATABASE "${name}"`);
  });
});
