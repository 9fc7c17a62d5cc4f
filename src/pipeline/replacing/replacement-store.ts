// Replacements in Postgres: which there are, and what each waits for.

import type { Connection } from '../../postgres/connection.ts';
import type { Pool } from '../../postgres/pool.ts';

/** building, undoing: what is hidden is behind what is shown. kept: what is hidden is the version before. */
export type ReplacementState = 'building' | 'kept' | 'undoing';

export interface Replacement {
  readonly id: number;
  readonly what: string;
  readonly state: ReplacementState;
}

export async function readReplacements(pool: Pool): Promise<readonly Replacement[]> {
  const { rows } = await pool.query<{ id: bigint; what: string; state: ReplacementState }>(
    'SELECT id, what, state FROM millrace.replacements ORDER BY id',
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

export async function createReplacement(
  connection: Connection,
  { id, what }: Pick<Replacement, 'id' | 'what'>,
  askedBy: string,
): Promise<void> {
  await connection.query('INSERT INTO millrace.replacements (id, what, asked_by) VALUES ($1, $2, $3)', [
    id,
    what,
    askedBy,
  ]);
}

/** Its definitions are no longer part of it. */
export async function deleteReplacements(connection: Connection, ids: readonly number[]): Promise<void> {
  await connection.query('DELETE FROM millrace.replacements WHERE id = ANY ($1::bigint[])', [ids]);
}

/** Waits for a transaction under way that changes it. */
export async function lockState(connection: Connection, id: number): Promise<ReplacementState | undefined> {
  const { rows } = await connection.query<{ state: ReplacementState }>(
    'SELECT state FROM millrace.replacements WHERE id = $1 FOR UPDATE',
    [id],
  );
  return rows[0]?.state;
}

export async function setReplacementState(
  connection: Connection,
  id: number,
  state: ReplacementState,
): Promise<void> {
  await connection.query('UPDATE millrace.replacements SET state = $2, waiting = NULL WHERE id = $1', [
    id,
    state,
  ]);
}

export async function noteWaiting(pool: Pool, id: number, waiting: string | null): Promise<void> {
  await pool.query(
    'UPDATE millrace.replacements SET waiting = $2 WHERE id = $1 AND waiting IS DISTINCT FROM $2',
    [id, waiting],
  );
}

/** What is hidden is shown, and the other way round; names are unique among what is shown. */
export async function flipVersions(connection: Connection, id: number): Promise<void> {
  const { rows } = await connection.query<{ id: string }>(
    'UPDATE millrace.catalog SET hidden = true WHERE replacement = $1 AND NOT hidden RETURNING id',
    [id],
  );
  await connection.query(
    'UPDATE millrace.catalog SET hidden = false WHERE replacement = $1 AND NOT id = ANY ($2::text[])',
    [id, rows.map((row) => row.id)],
  );
  await connection.query(
    `UPDATE millrace.replacements SET state = 'kept', waiting = NULL, swapped_at = clock_timestamp() WHERE id = $1`,
    [id],
  );
}
