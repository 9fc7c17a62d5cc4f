// Makes, publishes and removes the tables of views. Every function runs inside a transaction of the caller (one that also
// writes the catalog, or swaps two incarnations), best one of `withShortLocks`: DDL that waits for a lock makes every reader
// behind it wait too, so it gives up quickly and tries again.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Field } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { sqlState } from '../postgres/sql-errors.ts';
import { columnCollation, columnTypeName } from '../postgres/type-oids.ts';
import { quoteIdent, quoteLiteral, quoteQualified } from '../postgres/values.ts';
import { hasDependents, hideView, shownNames, TRIGGER } from './shown-names.ts';
import { copyIndexes } from './view-indexes.ts';
import type { ViewLayout } from './view-layout.ts';
import { columnNames, DATA_SCHEMA, publicName, tableName } from './view-layout.ts';
import { checkNameIsFree, prepareReplacement } from './view-names.ts';

export const LOCK_TIMEOUT_MS = 250;
const LOCK_PATIENCE_MS = 15_000;
export const LOCK_NOT_AVAILABLE = '55P03';

/** A transaction that never makes readers queue behind it for more than a moment; run again until it gets its locks. */
export async function withShortLocks<T>(
  pool: Pool,
  run: (connection: Connection) => Promise<T>,
  patienceMs = LOCK_PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await pool.transaction(async (connection) => {
        await connection.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
        return await run(connection);
      });
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      if (Date.now() > deadline) throw viewBusy(error);
    }
    await sleep(Math.min(1000, 50 * 2 ** Math.min(attempt, 5)) * (0.5 + Math.random()));
  }
}

/** Whether nobody else holds the views at this moment: throws VIEW_BUSY, and nothing is left locked. */
export async function checkNotBusy(pool: Pool, viewIds: readonly number[]): Promise<void> {
  if (viewIds.length === 0) return;
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', $2::text, v.table_name) AS name
       FROM millrace.view_tables v
      WHERE v.view_id = ANY ($1::bigint[]) AND to_regclass(format('%I.%I', $2::text, v.table_name)) IS NOT NULL`,
    [viewIds, DATA_SCHEMA],
  );
  const lockAll = async (connection: Connection): Promise<void> => {
    const shown = await shownNames(connection, viewIds);
    for (const name of [...shown, ...rows.map((row) => row.name)])
      await connection.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
  };
  await withShortLocks(pool, lockAll, 0);
}

function viewBusy(cause: unknown): MillraceError {
  return new MillraceError({
    code: 'VIEW_BUSY',
    message: 'the view could not be changed, because other sessions kept it locked',
    domain: 'external',
    hint: 'end the transactions that have the view open (see pg_locks and pg_stat_activity), and try again',
    retryable: true,
    cause,
  });
}

/** Makes the physical table; nothing shows it yet. */
export async function createViewTable(connection: Connection, layout: ViewLayout): Promise<void> {
  const table = tableName(layout);
  const columns = layout.schema.map(columnDefinition);
  if (layout.keyColumn !== null) columns.push(`${quoteIdent(layout.keyColumn)} bytea NOT NULL`);
  await connection.query(`CREATE TABLE ${table} (${columns.join(', ')}) WITH (fillfactor = 80)`);
  await connection.query(`CREATE UNIQUE INDEX ON ${table} (${indexedKey(layout)}) NULLS NOT DISTINCT`);
  await connection.query(`COMMENT ON TABLE ${table} IS ${quoteLiteral(`Rows of view ${layout.name}`)}`);
  await revokeFromOthers(connection, table);
  await connection.query(
    `INSERT INTO millrace.view_tables (view_id, pipeline_id, schema_name, name, table_name)
     VALUES ($1, $2, $3, $4, $5)`,
    [layout.viewId, layout.pipelineId, layout.schemaName, layout.name, layout.table],
  );
}

function columnDefinition({ name, type, nullable }: Field): string {
  return `${quoteIdent(name)} ${columnTypeName(type)}${columnCollation(type)}${nullable ? '' : ' NOT NULL'}`;
}

/** An index on a constant holds one row: the key of a global aggregate. */
function indexedKey(layout: ViewLayout): string {
  if (layout.keyColumn !== null) return quoteIdent(layout.keyColumn);
  if (layout.key.length === 0) return '(true)';
  return columnNames(layout.key.map((c) => layout.schema[c]!));
}

/** Default privileges of the database may have given rights to others. */
async function revokeFromOthers(connection: Connection, relation: string): Promise<void> {
  const { rows } = await connection.query<{ grantee: string | null }>(
    `SELECT DISTINCT r.rolname AS grantee
       FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
      WHERE c.oid = $1::regclass AND a.grantee <> c.relowner`,
    [relation],
  );
  for (const { grantee } of rows) {
    const role = grantee === null ? 'PUBLIC' : quoteIdent(grantee);
    await connection.query(
      `REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ${relation} FROM ${role}`,
    );
  }
}

export interface Publication {
  /** Shown by psql's \d+; the statement that made the view, without secrets. */
  readonly comment: string;
  /** The view whose name this one takes over; null: the name must be free. */
  readonly replaces: number | null;
}

/** Makes the public name show the table of `layout`. */
export async function publishView(
  connection: Connection,
  layout: ViewLayout,
  { comment, replaces }: Publication,
): Promise<void> {
  const name = publicName(layout);
  const visible = layout.schema.slice(0, layout.visible);
  const create = `VIEW ${name} AS SELECT ${columnNames(visible)} FROM ${tableName(layout)}`;
  const taken = replaces !== null && (await shownNames(connection, [replaces])).includes(name);
  if (replaces !== null && !taken) await hideView(connection, replaces); // renamed or dropped by hand
  if (!taken) {
    await checkNameIsFree(connection, layout);
    await connection.query(`CREATE ${create}`);
    await refuseWrites(connection, name);
  } else {
    const restore = await prepareReplacement(connection, layout);
    await connection.query(`CREATE OR REPLACE ${create}`);
    if (restore !== null) {
      await refuseWrites(connection, name);
      await restore();
    }
  }
  if (replaces !== null) {
    await copyIndexes(connection, replaces, layout);
    await connection.query('UPDATE millrace.view_tables SET published = false WHERE view_id = $1', [
      replaces,
    ]);
  }
  await connection.query(`COMMENT ON VIEW ${name} IS ${quoteLiteral(comment)}`);
  await revokeFromOthers(connection, name);
  await connection.query('UPDATE millrace.view_tables SET published = true WHERE view_id = $1', [
    layout.viewId,
  ]);
}

/** The public name goes, the table stays. What depends on the name stops it. */
export async function unpublishView(connection: Connection, viewId: number): Promise<void> {
  await hideView(connection, viewId);
  await connection.query('UPDATE millrace.view_tables SET published = false WHERE view_id = $1', [viewId]);
}

async function refuseWrites(connection: Connection, name: string): Promise<void> {
  await connection.query(
    `CREATE TRIGGER ${TRIGGER} INSTEAD OF INSERT OR UPDATE OR DELETE ON ${name}
       FOR EACH ROW EXECUTE FUNCTION millrace.refuse_write()`,
  );
}

/** Removes a view's table, and its public name while that shows this table. What depends on the name stops it. */
export async function dropView(connection: Connection, viewId: number): Promise<void> {
  await hideView(connection, viewId);
  const { rows } = await connection.query<{ name: string; table_name: string }>(
    'DELETE FROM millrace.view_tables WHERE view_id = $1 RETURNING name, table_name',
    [viewId],
  );
  const found = rows[0];
  if (found === undefined) return;
  try {
    await connection.query(`DROP TABLE IF EXISTS ${quoteQualified(DATA_SCHEMA, found.table_name)}`);
  } catch (error) {
    if (sqlState(error) === '2BP01') throw hasDependents(quoteIdent(found.name), error);
    throw error;
  }
  await connection.query('DELETE FROM millrace.changelog_readers WHERE view_id = $1', [viewId]);
  await connection.query('DELETE FROM millrace.view_watermarks WHERE view_id = $1', [viewId]);
}
