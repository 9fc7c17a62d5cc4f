// Names, rights, replacement and locks of views, in the real Postgres.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import { connect } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';
import { layoutView } from '../../src/views/view-layout.ts';
import { createViewTable, dropView, publishView, withShortLocks } from '../../src/views/view-tables.ts';
import { freshDatabase } from '../setup/parts.ts';

let pool: Pool;
let url: string;
beforeAll(async () => {
  ({ url } = await freshDatabase());
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test views' });
});
afterAll(() => pool.close());

const KEY = { name: 'k', type: types.BIGINT, nullable: true };
const SCHEMA: RowSchema = [
  KEY,
  { name: 'name', type: types.TEXT, nullable: true },
  { name: 'h', type: types.INTEGER, nullable: false },
];

let nextId = 1;
function layout(
  name: string,
  schema: RowSchema = SCHEMA,
  key: readonly number[] = [0, 2],
  visible = 2,
): ViewLayout {
  return layoutView({
    viewId: nextId++,
    pipelineId: 1,
    schemaName: 'public',
    name,
    schema,
    visible,
    key,
    appendOnly: false,
  });
}

async function make(view: ViewLayout, replaces: number | null = null): Promise<ViewLayout> {
  await withShortLocks(pool, async (connection) => {
    await createViewTable(connection, view);
    await publishView(connection, view, { comment: `it's ${view.name}`, replaces });
  });
  return view;
}

async function columnsOf(name: string): Promise<string[]> {
  const { rows } = await pool.query<{ c: string }>(
    `SELECT format('%s %s', attname, format_type(atttypid, atttypmod)) AS c FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
    [name],
  );
  return rows.map((row) => row.c);
}

describe('a new view', () => {
  test('shows its visible columns, keeps its key, sorts text as bytes, and cannot be written by its name', async () => {
    const view = await make(layout('fresh'));
    expect(await columnsOf('public.fresh')).toEqual(['k bigint', 'name text']);
    await pool.query(
      `INSERT INTO millrace_data.${view.table} VALUES (NULL, 'b', 1), (1, 'B', 1), (1, 'a', 2)`,
    );
    await expect(pool.query(`INSERT INTO millrace_data.${view.table} VALUES (NULL, 'c', 1)`)).rejects.toThrow(
      /duplicate key/,
    );
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM fresh ORDER BY name');
    expect(rows.map((r) => r.name)).toEqual(['B', 'a', 'b']);
    await expect(pool.query(`UPDATE fresh SET name = 'x'`)).rejects.toThrow(/kept by Millrace/);
    await expect(pool.query(`INSERT INTO fresh VALUES (5, 'x')`)).rejects.toThrow(/kept by Millrace/);
    await expect(pool.query(`DELETE FROM fresh`)).rejects.toThrow(/kept by Millrace/);
    const comment = await pool.query<{ c: string }>(`SELECT obj_description('fresh'::regclass) AS c`);
    expect(comment.rows[0]!.c).toBe(`it's fresh`);
  });

  test('a global aggregate has at most one row; a long name is cut', async () => {
    const view = await make(layout('long_'.repeat(12) + 'é', [KEY], [], 1));
    expect(Buffer.byteLength(view.table)).toBeLessThanOrEqual(63);
    await pool.query(`INSERT INTO millrace_data."${view.table}" VALUES (1)`);
    await expect(pool.query(`INSERT INTO millrace_data."${view.table}" VALUES (2)`)).rejects.toThrow(
      /duplicate key/,
    );
  });

  test('rights that default privileges gave are taken back, SELECT stays', async () => {
    await pool.query(
      `CREATE ROLE reader_${process.pid}; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO reader_${process.pid}`,
    );
    const view = await make(layout('granted'));
    const { rows } = await pool.query<{ s: boolean; i: boolean; t: boolean }>(
      `SELECT has_table_privilege($1, 'granted', 'SELECT') AS s, has_table_privilege($1, 'granted', 'INSERT, UPDATE, DELETE') AS i,
              has_table_privilege($1, $2, 'INSERT, UPDATE, DELETE, TRUNCATE') AS t`,
      [`reader_${process.pid}`, `millrace_data.${view.table}`],
    );
    expect(rows[0]).toEqual({ s: true, i: false, t: false });
    await pool.query(`ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM reader_${process.pid}`);
  });
});

describe('names', () => {
  test('a relation, a type or a view that is there: DUPLICATE_NAME; a missing schema: UNKNOWN_SCHEMA', async () => {
    await pool.query('CREATE TABLE taken (x int); CREATE TYPE typed AS ENUM (); CREATE SEQUENCE counted');
    await make(layout('mine'));
    for (const name of ['taken', 'typed', 'counted', 'mine'])
      await expect(make(layout(name))).rejects.toMatchObject({ code: 'DUPLICATE_NAME' });
    await expect(make({ ...layout('x'), schemaName: 'nowhere' })).rejects.toMatchObject({
      code: 'UNKNOWN_SCHEMA',
    });
    const { rows } = await pool.query(
      `SELECT FROM millrace.view_tables WHERE name IN ('taken', 'typed', 'counted', 'x')`,
    );
    expect(rows).toEqual([]);
  });
});

describe('replacing', () => {
  test('the same columns: one commit, rights, indexes and dependent views stay', async () => {
    const first = await make(layout('swapped'));
    await pool.query(
      `CREATE INDEX by_name ON millrace_data.${first.table} (name text_pattern_ops) WHERE name <> 'a'`,
    );
    await pool.query('CREATE VIEW on_top AS SELECT k FROM swapped');
    const second = await make(
      layout(
        'swapped',
        [...SCHEMA.slice(0, 2), { name: 'more', type: types.DATE, nullable: true }, SCHEMA[2]!],
        [0, 3],
        3,
      ),
      first.viewId,
    );
    expect(await columnsOf('swapped')).toEqual(['k bigint', 'name text', 'more date']);
    const { rows } = await pool.query<{ d: string }>(
      `SELECT indexdef AS d FROM pg_indexes WHERE tablename = $1 AND indexdef LIKE '%WHERE%'`,
      [second.table],
    );
    expect(rows.map((r) => r.d)).toEqual([expect.stringContaining('text_pattern_ops')]);
    await expect(pool.query(`DELETE FROM swapped`)).resolves.toBeDefined();
    await withShortLocks(pool, (connection) => dropView(connection, first.viewId));
    expect((await pool.query('SELECT * FROM on_top')).rows).toEqual([]);
    await expect(
      withShortLocks(pool, (connection) => dropView(connection, second.viewId)),
    ).rejects.toMatchObject({ code: 'HAS_DEPENDENTS', message: expect.stringContaining('on_top') as string });
  });

  test('other columns: refused while something uses them, otherwise rights are given back', async () => {
    const first = await make(layout('reshaped'));
    await pool.query('CREATE VIEW uses_it AS SELECT name FROM reshaped; GRANT SELECT ON reshaped TO PUBLIC');
    const other: RowSchema = [
      { name: 'total', type: { kind: 'numeric', precision: 10, scale: 2 }, nullable: true },
    ];
    await expect(make(layout('reshaped', other, [0], 1), first.viewId)).rejects.toMatchObject({
      code: 'INCOMPATIBLE_COLUMNS',
      message: expect.stringContaining('uses_it') as string,
    });
    await pool.query('DROP VIEW uses_it');
    await make(layout('reshaped', other, [0], 1), first.viewId);
    expect(await columnsOf('reshaped')).toEqual(['total numeric(10,2)']);
    const { rows } = await pool.query(
      `SELECT FROM pg_class, aclexplode(relacl) a WHERE relname = 'reshaped' AND a.grantee = 0 AND privilege_type = 'SELECT'`,
    );
    expect(rows.length).toBe(1);
    await expect(pool.query(`INSERT INTO reshaped VALUES (1)`)).rejects.toThrow(/kept by Millrace/);
  });
});

test('a reader that holds the view delays DDL without blocking others, and then VIEW_BUSY says so', async () => {
  const first = await make(layout('locked'));
  const reader = await connect(url, { applicationName: 'reader' });
  await reader.query('BEGIN');
  await reader.query('SELECT * FROM locked');
  const drop = withShortLocks(pool, (connection) => dropView(connection, first.viewId), 400);
  await expect(drop).rejects.toMatchObject({ code: 'VIEW_BUSY', retryable: true });
  const patient = withShortLocks(pool, (connection) => dropView(connection, first.viewId));
  await reader.query('COMMIT');
  await patient;
  await expect(pool.query('SELECT * FROM locked')).rejects.toThrow(/does not exist/);
  await reader.close();
});
