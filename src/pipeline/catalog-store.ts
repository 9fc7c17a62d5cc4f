// The catalog in Postgres: definitions as plain JSON, in the order of their creation, and the counter of ids.

import type { Catalog } from '../catalog/catalog.ts';
import { catalogOf } from '../catalog/catalog.ts';
import type { CatalogChange } from '../catalog/change.ts';
import type { Definition } from '../catalog/definition.ts';
import type { Isolation, TaskOptions } from '../catalog/task-options.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';

/** The number in an id: ids in the catalog are a letter and a number, in the database only the number. */
export function numberOf(id: string): number {
  return Number(id.slice(1));
}

export async function loadCatalog(pool: Pool): Promise<Catalog> {
  const { rows } = await pool.query<{
    definition: Definition;
    replacement: string | null;
    hidden: boolean;
  }>('SELECT definition, replacement::text, hidden FROM millrace.catalog ORDER BY position');
  const { rows: state } = await pool.query<{ next_id: string }>(
    'SELECT next_id::text FROM millrace.catalog_state',
  );
  return catalogOf(
    rows.map((row) => row.definition),
    Number(state[0]!.next_id),
    new Map(
      rows.flatMap(({ definition, replacement, hidden }) =>
        replacement === null ? [] : [[definition.id, { replacement: Number(replacement), hidden }]],
      ),
    ),
  );
}

/** Writes what a submission changes; inside the caller's transaction. */
export async function storeChanges(
  connection: Connection,
  changes: readonly CatalogChange[],
  nextId: number,
  requester: string,
): Promise<void> {
  for (const change of changes) {
    if (change.kind === 'drop') {
      await connection.query('DELETE FROM millrace.catalog WHERE id = $1', [change.id]);
      continue;
    }
    if (change.kind === 'version') {
      const { id, version } = change;
      await connection.query('UPDATE millrace.catalog SET replacement = $2, hidden = $3 WHERE id = $1', [
        id,
        version?.replacement ?? null,
        version?.hidden ?? false,
      ]);
      continue;
    }
    const { definition, version } = change;
    const pipelineId = 'pipelineId' in definition ? numberOf(definition.pipelineId) : null;
    await connection.query(
      `INSERT INTO millrace.catalog (id, kind, schema_name, name, pipeline_id, definition, created_by, replacement, hidden)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        definition.id,
        definition.kind,
        definition.schema,
        definition.name,
        pipelineId,
        JSON.stringify(definition),
        requester,
        version?.replacement ?? null,
        version?.hidden ?? false,
      ],
    );
  }
  await connection.query('UPDATE millrace.catalog_state SET next_id = greatest(next_id, $1)', [nextId]);
}

/** A pipeline's row: the fence of its commits. */
export async function createPipeline(
  connection: Connection,
  pipelineId: number,
  name: string,
  { parallelism, isolation, maxMemory }: TaskOptions,
): Promise<void> {
  await connection.query(
    `INSERT INTO millrace.pipelines (id, name, incarnation, parallelism, isolation, max_memory) OVERRIDING SYSTEM VALUE
     SELECT $1, $2::text, 1 + coalesce(max(incarnation), 0), $3::bigint, $4::text, $5::bigint
       FROM millrace.pipelines WHERE name = $2::text`,
    [pipelineId, name, parallelism, isolation, maxMemory],
  );
}

export async function setTaskOptions(
  pool: Pool,
  pipelineId: number,
  { parallelism, isolation, maxMemory }: TaskOptions,
): Promise<void> {
  await pool.query(
    'UPDATE millrace.pipelines SET parallelism = $2, isolation = $3, max_memory = $4 WHERE id = $1',
    [pipelineId, parallelism, isolation, maxMemory],
  );
}

/** Everything that is kept of a pipeline but its views. */
export async function dropPipeline(connection: Connection, pipelineId: number): Promise<void> {
  const { rows } = await connection.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'millrace_state' AND c.relkind = 'r' AND c.relname LIKE $1`,
    [`segments\\_${pipelineId}\\_%`],
  );
  for (const { name } of rows) await connection.query(`DROP TABLE millrace_state."${name}"`);
  await connection.query('DELETE FROM millrace.pipelines WHERE id = $1', [pipelineId]);
  await connection.query('DELETE FROM millrace.late_rows WHERE pipeline_id = $1', [pipelineId]);
  await connection.query('DELETE FROM millrace.dead_letter_readers WHERE pipeline_id = $1', [pipelineId]);
}

/** Names of state tables that no query of the pipeline has any more, so that recovery passes over what is stored of them. */
export async function retireTables(
  connection: Connection,
  pipelineId: number,
  fingerprints: readonly string[],
): Promise<void> {
  if (fingerprints.length === 0) return;
  await connection.query(
    'UPDATE millrace.pipelines SET retired_tables = retired_tables || $2::text[] WHERE id = $1',
    [pipelineId, fingerprints],
  );
}

export interface PipelineRow {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly cause: string | null;
  readonly paused: boolean;
  readonly retired: readonly string[];
  readonly tasks: TaskOptions;
}

export async function readPipelines(pool: Pool): Promise<readonly PipelineRow[]> {
  const { rows } = await pool.query<{
    id: string;
    name: string;
    status: string;
    cause: string | null;
    paused: boolean;
    retired_tables: string[];
    parallelism: number | null;
    isolation: Isolation | null;
    max_memory: string | null;
  }>(
    `SELECT id::text, name, status, cause, paused, retired_tables, parallelism, isolation, max_memory::text
       FROM millrace.pipelines ORDER BY id`,
  );
  return rows.map((row) => ({
    id: Number(row.id),
    name: row.name,
    status: row.status,
    cause: row.cause,
    paused: row.paused,
    retired: row.retired_tables,
    tasks: {
      parallelism: row.parallelism,
      isolation: row.isolation,
      maxMemory: row.max_memory === null ? null : Number(row.max_memory),
    },
  }));
}
