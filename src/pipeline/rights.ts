// May this Postgres role do that? Views are made in a schema where it needs CREATE; what it cannot reach by itself it cannot
// have made for it.

import { MillraceError } from '../errors.ts';
import type { Submission } from '../plan.ts';
import type { Pool } from '../postgres/pool.ts';

export async function checkRights(
  pool: Pool,
  submission: Submission,
  role: string,
  sql: string,
): Promise<void> {
  const schemas = new Set<string>();
  for (const change of submission.changes) if (change.kind === 'add') schemas.add(change.definition.schema);
  for (const schema of schemas) {
    const { rows } = await pool.query<{ allowed: boolean | null }>(
      `SELECT has_schema_privilege(r.oid, n.oid, 'CREATE') AS allowed
         FROM pg_roles r, pg_namespace n WHERE r.rolname = $1 AND n.nspname = $2`,
      [role, schema],
    );
    if (rows[0]?.allowed === true) continue;
    throw new MillraceError({
      code: 'PERMISSION_DENIED',
      message: `role "${role}" may not create views in schema "${schema}"`,
      hint: `GRANT CREATE ON SCHEMA ${schema} TO ${role}, or name another schema`,
      sql,
    });
  }
}
