// Brings the schema `millrace` to the version that this build knows, or back. One step is one transaction; an advisory
// lock lets several starters take turns; checksums notice a step that was edited after it had been applied.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { connect } from './connection.ts';
import { checkServer } from './server-check.ts';
import { transaction } from './transaction.ts';
import { safeInteger } from './values.ts';

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

// Any constant will do, as long as every build of Millrace uses the same.
const LOCK = 7_140_522_861_273n;

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  readonly checksum: string;
}

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
}

export interface MigrateOptions {
  readonly folder?: string;
  /** The version to end with; the newest when absent. Lower than what is applied = go back. */
  readonly target?: number;
}

export async function migrate(url: string, options: MigrateOptions = {}): Promise<MigrationReport> {
  const migrations = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  const connection = await connect(url, {
    applicationName: 'millrace migrations',
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
  });
  try {
    await checkServer(connection);
    await connection.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return await bringTo(connection, migrations, options.target ?? migrations.length);
  } finally {
    await connection.close();
  }
}

async function bringTo(
  connection: Connection,
  migrations: readonly Migration[],
  target: number,
): Promise<MigrationReport> {
  if (!Number.isInteger(target) || target < 0 || target > migrations.length)
    throw new RangeError(`there is no schema version ${target}`);
  await connection.script(
    `CREATE SCHEMA IF NOT EXISTS millrace;
     CREATE TABLE IF NOT EXISTS millrace.migrations (
       version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT now())`,
  );
  const from = await checkApplied(connection, migrations);
  for (const migration of migrations.slice(from, target)) await apply(connection, migration);
  for (const migration of migrations.slice(target, from).reverse()) await revert(connection, migration);
  return { from, to: target };
}

/** How many migrations have been applied; throws when they are not those of this build. */
async function checkApplied(connection: Connection, migrations: readonly Migration[]): Promise<number> {
  const { rows } = await connection.query<{ version: number; name: string; checksum: string }>(
    'SELECT version, name, checksum FROM millrace.migrations ORDER BY version',
  );
  for (const [index, applied] of rows.entries()) {
    const known = migrations[index];
    if (known === undefined) throw newerSchema(rows.at(-1)!.version, migrations.length);
    if (applied.version !== known.version || applied.checksum !== known.checksum)
      throw new MillraceError({
        code: 'MIGRATION_CHANGED',
        message: `step ${applied.version} (${applied.name}) of the schema was applied in another form than this build has`,
        domain: 'external',
        hint: 'run the build of Millrace that made this schema, or start with an empty database',
      });
  }
  return rows.length;
}

function newerSchema(found: number, known: number): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_NEWER',
    message: `the database has schema version ${found}, and this build of Millrace knows versions up to ${known}`,
    domain: 'external',
    hint: 'run the newer Millrace, or take its schema back with it first; nothing was touched',
  });
}

async function apply(connection: Connection, migration: Migration): Promise<void> {
  await transaction(connection, async () => {
    await connection.script(migration.up);
    await connection.query('INSERT INTO millrace.migrations (version, name, checksum) VALUES ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
  });
}

async function revert(connection: Connection, migration: Migration): Promise<void> {
  await transaction(connection, async () => {
    await connection.script(migration.down);
    await connection.query('DELETE FROM millrace.migrations WHERE version = $1', [migration.version]);
  });
}

/** The steps of a folder, in order, numbered from 1 without gaps, each with its way back. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.up.sql')).sort();
  const migrations = await Promise.all(files.map((file) => readMigration(folder, file)));
  for (const [index, migration] of migrations.entries())
    if (migration.version !== index + 1) throw new Error(`migration ${index + 1} is missing in ${folder}`);
  return migrations;
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const match = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/.exec(file);
  if (match === null) throw new Error(`not the name of a migration: ${file}`);
  const up = await readFile(`${folder}/${file}`, 'utf8');
  const down = await readFile(`${folder}/${file.replace('.up.sql', '.down.sql')}`, 'utf8');
  const checksum = createHash('sha256').update(up.replaceAll('\r\n', '\n')).digest('hex');
  return { version: safeInteger(match[1]), name: match[2]!, up, down, checksum };
}
