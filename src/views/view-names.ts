// The public name of a view: is it free, and may it show a table of another shape?

import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import { columnTypeName } from '../postgres/type-oids.ts';
import { quoteIdent } from '../postgres/values.ts';
import { shownNames } from './shown-names.ts';
import type { ViewLayout } from './view-layout.ts';
import { publicName } from './view-layout.ts';

/** Throws UNKNOWN_SCHEMA or DUPLICATE_NAME. Also for a check before anything is made. */
export async function checkNameIsFree(
  connection: Connection,
  wanted: { readonly schemaName: string; readonly name: string },
): Promise<void> {
  const { rows } = await connection.query<{ schema: number; relation: string | null; type: number }>(
    `SELECT (SELECT count(*)::int FROM pg_namespace WHERE nspname = $1) AS schema,
            (SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                                   WHEN 'i' THEN 'index' WHEN 'f' THEN 'foreign table' ELSE 'table' END
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = $1 AND c.relname = $2) AS relation,
            (SELECT count(*)::int FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
              WHERE n.nspname = $1 AND t.typname = $2) AS type`,
    [wanted.schemaName, wanted.name],
  );
  const found = rows[0]!;
  if (found.schema === 0) throw unknownSchema(wanted.schemaName);
  if (found.relation !== null) throw duplicate(wanted, `a ${found.relation}`);
  if (found.type > 0) throw duplicate(wanted, 'a type');
}

function unknownSchema(name: string): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_SCHEMA',
    message: `schema "${name}" does not exist in the database`,
    hint: `create it in Postgres: CREATE SCHEMA ${quoteIdent(name)}`,
  });
}

function duplicate(of: { readonly schemaName: string; readonly name: string }, what: string): MillraceError {
  return new MillraceError({
    code: 'DUPLICATE_NAME',
    message: `"${of.schemaName}"."${of.name}" is there already: ${what} that Millrace did not make, or another view`,
    hint: 'choose another name, or drop or rename what is there',
  });
}

/**
 * CREATE OR REPLACE VIEW keeps columns and can only add some at the end. For anything else the name is dropped here, and
 * the result gives its rights back to it; refused when other relations of the database use it. null: nothing to do.
 */
export async function prepareReplacement(
  connection: Connection,
  layout: ViewLayout,
): Promise<(() => Promise<void>) | null> {
  const name = publicName(layout);
  if (await keepsColumns(connection, layout)) return null;
  await refuseDependents(connection, name);
  const grants = await connection.query<{ grantee: string | null; grantable: boolean }>(
    `SELECT r.rolname AS grantee, a.is_grantable AS grantable
       FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
      WHERE c.oid = $1::regclass AND a.grantee <> c.relowner AND a.privilege_type = 'SELECT'`,
    [name],
  );
  await connection.query(`DROP VIEW ${name}`);
  return async () => {
    for (const { grantee, grantable } of grants.rows) {
      const role = grantee === null ? 'PUBLIC' : quoteIdent(grantee);
      await connection.query(`GRANT SELECT ON ${name} TO ${role} ${grantable ? 'WITH GRANT OPTION' : ''}`);
    }
  };
}

/** Before anything is built: may the name show the table of `layout` in place of that of view `replaces`? */
export async function checkReplaceable(
  connection: Connection,
  layout: ViewLayout,
  replaces: number,
): Promise<void> {
  const shown = await shownNames(connection, [replaces]);
  if (!shown.includes(publicName(layout))) return checkNameIsFree(connection, layout);
  if (!(await keepsColumns(connection, layout))) await refuseDependents(connection, publicName(layout));
}

/** The columns that the name shows are the first of the new ones. */
async function keepsColumns(connection: Connection, layout: ViewLayout): Promise<boolean> {
  const name = publicName(layout);
  const { rows: columns } = await connection.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [name],
  );
  const wanted = layout.schema.slice(0, layout.visible);
  const { rows: types } = await connection.query<{ type: string }>(
    `SELECT format_type(t::regtype, NULL) AS type FROM unnest($1::text[]) WITH ORDINALITY AS x(t, o) ORDER BY o`,
    [wanted.map(({ type }) => columnTypeName(type).replace(/\([^)]*\)/, ''))],
  );
  const keeps = columns.every(
    (column, i) => wanted[i]?.name === column.name && types[i]?.type === column.type.replace(/\(.*?\)/, ''),
  );
  const sameModifiers = columns.every((column, i) => {
    const type = wanted[i]?.type;
    const modifier = type === undefined ? undefined : /\([^)]*\)/.exec(columnTypeName(type))?.[0];
    return modifier === /\([^)]*\)/.exec(column.type)?.[0];
  });
  return keeps && sameModifiers;
}

async function refuseDependents(connection: Connection, name: string): Promise<void> {
  const { rows } = await connection.query<{ dependent: string }>(
    `SELECT DISTINCT r.ev_class::regclass::text AS dependent
       FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
      WHERE d.refobjid = $1::regclass AND r.ev_class <> $1::regclass ORDER BY 1`,
    [name],
  );
  if (rows.length === 0) return;
  throw new MillraceError({
    code: 'INCOMPATIBLE_COLUMNS',
    message: `the new columns of ${name} differ from its present ones, and these relations use them: ${rows
      .map((row) => row.dependent)
      .join(', ')}`,
    hint: 'keep the present columns first, in their order and types, or drop the relations listed',
  });
}
