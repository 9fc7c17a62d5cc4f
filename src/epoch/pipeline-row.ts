// The row of a pipeline beside its commits: made, told of a state of life, and deleted with all that hangs on it.

import type { Connection } from '../postgres/connection.ts';
import { transaction } from '../postgres/transaction.ts';
import { safeInteger } from '../postgres/values.ts';
import { dropUnnamedFolds } from './stored-state.ts';

/** States that a pipeline is put into from outside its commits; a commit makes it `running` or `finished`. */
export type RestingStatus = 'bootstrapping' | 'running' | 'paused' | 'degraded' | 'failed' | 'dropped';

/** The id of a new pipeline at epoch 0. A replacement has the name of the old one and the next incarnation. */
export async function createPipeline(
  connection: Connection,
  name: string,
  incarnation: number,
): Promise<number> {
  const { rows } = await connection.query<{ id: bigint }>(
    'INSERT INTO millrace.pipelines (name, incarnation) VALUES ($1, $2) RETURNING id',
    [name, incarnation],
  );
  return safeInteger(rows[0]!.id);
}

/** False when another generation owns the pipeline: then its word counts. */
export async function setStatus(
  connection: Connection,
  pipelineId: number,
  generation: number,
  status: RestingStatus,
  cause: string | null,
): Promise<boolean> {
  const { rowCount } = await connection.query(
    'UPDATE millrace.pipelines SET status = $3, cause = $4 WHERE id = $1 AND generation = $2',
    [pipelineId, generation, status, cause],
  );
  return rowCount > 0;
}

/** Everything but its views, whose tables are not ours, and the dead letters, which belong to the source. */
export async function deletePipeline(connection: Connection, pipelineId: number): Promise<void> {
  await transaction(connection, async () => {
    await connection.query('DELETE FROM millrace.pipelines WHERE id = $1', [pipelineId]);
    await connection.query('DELETE FROM millrace.late_rows WHERE pipeline_id = $1', [pipelineId]);
    await connection.query('DELETE FROM millrace.changelog WHERE pipeline_id = $1', [pipelineId]);
  });
  await dropUnnamedFolds(connection, pipelineId, Number.MAX_SAFE_INTEGER);
}
