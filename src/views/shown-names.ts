// Under which names Postgres shows the tables of views. An owner may rename, move or drop the relation with Postgres' own
// statements; what Millrace made is known by its trigger.

import { sqlState } from '../postgres/sql-errors.ts';
import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import { quoteQualified } from '../postgres/values.ts';
import { DATA_SCHEMA } from './view-layout.ts';

/** On every public name, against writes. */
export const TRIGGER = 'kept_by_millrace';

/** Quoted names, such as `"public"."v"`: one for each view that is shown. */
export async function shownNames(
  connection: Connection,
  viewIds: readonly number[],
): Promise<readonly string[]> {
  const { rows } = await connection.query<{ schema: string; name: string }>(
    `SELECT DISTINCT n.nspname AS schema, c.relname AS name
       FROM millrace.view_tables v
       JOIN pg_class t ON t.relname = v.table_name
       JOIN pg_namespace d ON d.oid = t.relnamespace AND d.nspname = $2
       JOIN pg_depend p ON p.refclassid = 'pg_class'::regclass AND p.refobjid = t.oid AND p.classid = 'pg_rewrite'::regclass
       JOIN pg_rewrite r ON r.oid = p.objid
       JOIN pg_class c ON c.oid = r.ev_class
       JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = $3
      WHERE v.view_id = ANY ($1::bigint[])
      ORDER BY 1, 2`,
    [viewIds, DATA_SCHEMA, TRIGGER],
  );
  return rows.map(({ schema, name }) => quoteQualified(schema, name));
}

/** The view is shown no more; its table stays. What depends on the name stops it. */
export async function hideView(connection: Connection, viewId: number): Promise<void> {
  for (const name of await shownNames(connection, [viewId]))
    try {
      await connection.query(`DROP VIEW ${name}`);
    } catch (error) {
      if (sqlState(error) === '2BP01') throw hasDependents(name, error);
      throw error;
    }
}

export function hasDependents(name: string, cause: unknown): MillraceError {
  const detail = cause instanceof Error && 'detail' in cause ? String(cause.detail) : '';
  return new MillraceError({
    code: 'HAS_DEPENDENTS',
    message: `view ${name} cannot be dropped, because other relations of the database use it: ${detail}`,
    hint: 'drop what was made on top of it in Postgres first',
    cause,
  });
}
