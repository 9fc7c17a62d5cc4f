// A pipeline whose inputs' change logs went on without it (it was paused for longer than they are kept) cannot be brought up to
// date: it is emptied in one transaction and loads its inputs again. Who follows its views is told, by an error and never by
// silence. What it has read from sources, or given to sinks, cannot be taken back: then it rests as failed.

import type { KeptDef } from '../catalog/definition.ts';
import { MillraceError } from '../errors.ts';
import type { PhysicalGraph } from '../physical/graph.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { tableName } from '../views/view-layout.ts';
import { withShortLocks } from '../views/view-tables.ts';
import { numberOf } from './catalog-store.ts';
import { lostViews, readerName, registerReaders, followsOf } from './readers.ts';
import { layoutOfView } from './view-layouts.ts';

/** Names of the views that were lost and are loaded again; empty when all is well. */
export async function reloadWhenLost(
  pool: Pool,
  pipelineId: number,
  graph: PhysicalGraph,
  views: readonly KeptDef[],
): Promise<readonly string[]> {
  if (followsOf(graph).length === 0) return [];
  const lost = await lostViews(pool, pipelineId);
  if (lost.length === 0) return [];
  if (graph.nodes.some((node) => node.kind === 'scan' || node.kind === 'sink')) throw cannotReload(lost);
  await withShortLocks(pool, (connection) => empty(connection, pipelineId, graph, views));
  return lost;
}

function cannotReload(lost: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'INPUT_LOST',
    domain: 'external',
    message: `the change log of ${lost.join(', ')} no longer reaches back to where this pipeline stands, and it also reads sources or writes to sinks`,
    hint: 'drop what it computes and create it again',
  });
}

async function empty(
  connection: Connection,
  pipelineId: number,
  graph: PhysicalGraph,
  views: readonly KeptDef[],
): Promise<void> {
  // The fence: whoever still writes for this pipeline is of an older generation.
  const { rows } = await connection.query<{ epoch: bigint }>(
    `UPDATE millrace.pipelines SET generation = generation + 1, status = 'running' WHERE id = $1 RETURNING epoch`,
    [pipelineId],
  );
  const epoch = Number(rows[0]!.epoch);
  for (const table of ['segments', 'partition_progress', 'source_progress', 'view_errors'])
    await connection.query(`DELETE FROM millrace.${table} WHERE pipeline_id = $1`, [pipelineId]);
  for (const view of views) {
    const layout = layoutOfView(view);
    await connection.query(`TRUNCATE ${tableName(layout)}`);
    await connection.query('DELETE FROM millrace.view_watermarks WHERE view_id = $1', [layout.viewId]);
    await connection.query(
      `INSERT INTO millrace.changelog_trimmed AS t (view_id, epoch) VALUES ($1, $2)
       ON CONFLICT (view_id) DO UPDATE SET epoch = greatest(t.epoch, excluded.epoch)`,
      // One beyond: also who has seen this very epoch must begin again.
      [layout.viewId, epoch + 1],
    );
    await connection.query('UPDATE millrace.changelog_readers SET lost = true WHERE view_id = $1', [
      numberOf(view.id),
    ]);
  }
  // The next epoch is this one: nothing happens in it, so that no reader can have seen a change of it.
  await connection.query('UPDATE millrace.pipelines SET epoch = epoch + 1 WHERE id = $1', [pipelineId]);
  await connection.query('DELETE FROM millrace.changelog_readers WHERE reader = $1', [
    readerName(pipelineId),
  ]);
  await registerReaders(connection, pipelineId, followsOf(graph));
}
