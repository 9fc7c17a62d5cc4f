// Is this a Postgres that Millrace can live in? Asked before anything is touched, and answered by name.

import { MillraceError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** 15 brought UNIQUE NULLS NOT DISTINCT, which the tables of views rest on. */
const MINIMUM_VERSION = 150_000;

interface ServerFacts {
  readonly version: number;
  readonly shown_version: string;
  readonly encoding: string;
  readonly standby: boolean;
  readonly user_name: string;
  readonly database_name: string;
  readonly may_create: boolean;
  readonly schema_owner: string | null;
  readonly owns_schema: boolean;
}

export async function checkServer(connection: Connection): Promise<void> {
  const { rows } = await connection.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS shown_version,
            current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby,
            current_user::text AS user_name, current_database()::text AS database_name,
            has_database_privilege(current_database(), 'CREATE') AS may_create,
            (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'millrace') AS schema_owner,
            coalesce((SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'millrace'), true) AS owns_schema`,
  );
  const refusal = refuse(rows[0]!);
  if (refusal !== undefined) throw refusal;
}

function refuse(server: ServerFacts): MillraceError | undefined {
  const database = `"${server.database_name}"`;
  if (server.version < MINIMUM_VERSION)
    return problem(
      'POSTGRES_TOO_OLD',
      `this is PostgreSQL ${server.shown_version}; Millrace needs 15 or newer`,
      'upgrade the server, or unset DATABASE_URL to run on the embedded one',
    );
  if (server.standby)
    return problem(
      'POSTGRES_READ_ONLY',
      'this server is a standby and accepts no writes',
      'point DATABASE_URL at the primary',
    );
  if (server.encoding !== 'UTF8')
    return problem(
      'POSTGRES_NOT_UTF8',
      `database ${database} has encoding ${server.encoding}; Millrace needs UTF8`,
      `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and point DATABASE_URL at it`,
    );
  if (!server.may_create)
    return problem(
      'POSTGRES_PRIVILEGE_MISSING',
      `user "${server.user_name}" lacks the privilege CREATE on database ${database}`,
      `GRANT CREATE ON DATABASE ${database} TO "${server.user_name}"`,
    );
  if (!server.owns_schema)
    return problem(
      'POSTGRES_PRIVILEGE_MISSING',
      `schema millrace belongs to "${server.schema_owner}", and user "${server.user_name}" is not a member of that role`,
      `GRANT "${server.schema_owner}" TO "${server.user_name}", or connect as "${server.schema_owner}"`,
    );
  return undefined;
}

function problem(code: string, message: string, hint: string): MillraceError {
  return new MillraceError({ code, message, hint, domain: 'external' });
}
