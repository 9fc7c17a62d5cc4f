// Registered readers of change logs: pipelines that follow views of others. Registered when the pipeline is made, so that from
// then on the log is kept for them; each row holds the position that the pipeline has committed.

import type { FollowNode, PhysicalGraph } from '../physical/graph.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { parsePlace } from '../views/key-place.ts';
import type { LogPosition } from '../views/view-log.ts';
import type { ViewLayout } from '../views/view-layout.ts';
import { numberOf } from './catalog-store.ts';

export function readerName(pipelineId: number): string {
  return `pipeline ${pipelineId}`;
}

export function followsOf(graph: PhysicalGraph): readonly FollowNode[] {
  return graph.nodes.filter((node) => node.kind === 'follow');
}

/** Registers a new pipeline with the views that it follows, before any of their rows is loaded; others that it had go. */
export async function registerReaders(
  connection: Connection,
  pipelineId: number,
  follows: readonly FollowNode[],
): Promise<void> {
  const reader = readerName(pipelineId);
  const views = follows.map((node) => numberOf(node.viewId));
  await connection.query(
    'DELETE FROM millrace.changelog_readers WHERE reader = $1 AND NOT view_id = ANY ($2::bigint[])',
    [reader, views],
  );
  for (const node of follows)
    await connection.query(
      `INSERT INTO millrace.changelog_readers (reader, view_id, pipeline_id, epoch, loading)
       SELECT $1, $2, $3, p.epoch, '{"upTo": null}' FROM millrace.pipelines p WHERE p.id = $4
       ON CONFLICT (reader, view_id) DO NOTHING`,
      [reader, numberOf(node.viewId), pipelineId, numberOf(node.pipelineId)],
    );
}

/** A position as it is stored. */
export interface StoredPosition {
  readonly epoch: number;
  /** The key up to which rows are loaded (null: none are); null: all are. */
  readonly loading: { readonly upTo: readonly (string | null)[] | null; readonly rows?: number } | null;
}

/** Where a pipeline stands in the views that it follows, by number of the view, as of its last committed epoch. */
export async function readPositions(
  pool: Pool,
  pipelineId: number,
): Promise<ReadonlyMap<number, StoredPosition>> {
  const { rows } = await pool.query<{ view_id: bigint; epoch: bigint; loading: StoredPosition['loading'] }>(
    'SELECT view_id, epoch, loading FROM millrace.changelog_readers WHERE pipeline_id = $1',
    [pipelineId],
  );
  return new Map(
    rows.map(({ view_id, epoch, loading }) => [Number(view_id), { epoch: Number(epoch), loading }]),
  );
}

export function parsePosition(layout: ViewLayout, { epoch, loading }: StoredPosition): LogPosition {
  if (loading === null) return { epoch, loaded: { kind: 'all' } };
  const place = loading.upTo === null ? null : parsePlace(layout, loading.upTo);
  return { epoch, loaded: { kind: 'up to', place, rows: loading.rows ?? 0 } };
}

/** Names of the views whose change log went on without this pipeline. */
export async function lostViews(pool: Pool, pipelineId: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT coalesce(v.name, r.view_id::text) AS name
       FROM millrace.changelog_readers r
       LEFT JOIN millrace.view_tables v USING (view_id)
       LEFT JOIN millrace.changelog_trimmed t USING (view_id)
      WHERE r.pipeline_id = $1 AND (r.lost OR r.epoch < t.epoch)
        AND r.loading IS DISTINCT FROM '{"upTo": null}'::jsonb
      ORDER BY r.view_id`,
    [pipelineId],
  );
  return rows.map((row) => row.name);
}
