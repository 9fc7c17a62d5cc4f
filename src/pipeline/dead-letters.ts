// Dead letters that are to be decoded again: who asked for it is answered at once, the pipelines do it when they start next, in one
// commit with the note that it was done, so that each is taken in once.

import type { SourceDef } from '../catalog/definition.ts';
import type { ReplayRecord } from '../connectors/replay.ts';
import { MillraceError } from '../errors.ts';
import type { Pool } from '../postgres/pool.ts';
import { numberOf } from './catalog-store.ts';

/** What one request takes up at most: it is in memory at once. */
const MOST_RECORDS = 100_000;
const MOST_BYTES = 32 * 1024 * 1024;

export interface ReplayRequest {
  readonly pipelineIds: readonly number[];
  readonly requested: number;
  /** Over the bounds of one request. */
  readonly remaining: number;
}

export async function requestReplay(pool: Pool, source: SourceDef): Promise<ReplayRequest> {
  const lost = source.includes.find(({ field }) => field === 'key' || field === 'headers');
  if (lost !== undefined)
    throw new MillraceError({
      code: 'NOT_REPLAYABLE',
      message: `dead letters of source "${source.name}" cannot be replayed: it includes the ${lost.field} of its records, which they do not keep`,
      hint: 'DROP the source and what reads it, and create them again: they read the topic from its start',
    });
  const { rows } = await pool.query<{ pipeline: string; requested: string; remaining: string }>(
    `WITH dead AS (
       SELECT r.pipeline_id, r.source_id, r.partition, r."offset",
              row_number() OVER place AS nth, sum(coalesce(length(d.raw), 0)) OVER place AS bytes
         FROM millrace.dead_letter_readers r JOIN millrace.dead_letters d USING (source_id, partition, "offset")
         JOIN millrace.pipelines p ON p.id = r.pipeline_id
        WHERE r.source_id = $1 AND r.state <> 'replayed' AND p.status <> 'finished'
       WINDOW place AS (PARTITION BY r.pipeline_id ORDER BY r.partition, r."offset")),
     asked AS (
       UPDATE millrace.dead_letter_readers r SET state = 'requested' FROM dead
        WHERE r.pipeline_id = dead.pipeline_id AND r.source_id = dead.source_id AND r.partition = dead.partition
          AND r."offset" = dead."offset" AND (dead.nth = 1 OR dead.nth <= $2 AND dead.bytes <= $3)
       RETURNING r.pipeline_id)
     SELECT pipeline_id::text AS pipeline, count(*)::text AS requested,
            ((SELECT count(*) FROM dead WHERE dead.pipeline_id = asked.pipeline_id) - count(*))::text AS remaining
       FROM asked GROUP BY pipeline_id ORDER BY pipeline_id`,
    [numberOf(source.id), MOST_RECORDS, MOST_BYTES],
  );
  const most = (of: (row: (typeof rows)[number]) => string): number =>
    Math.max(0, ...rows.map((row) => Number(of(row))));
  return {
    pipelineIds: rows.map(({ pipeline }) => Number(pipeline)),
    requested: most((row) => row.requested),
    remaining: most((row) => row.remaining),
  };
}

export async function requestedReplays(pool: Pool, pipelineId: number): Promise<readonly ReplayRecord[]> {
  const { rows } = await pool.query<{
    source: string;
    partition: number;
    offset: string;
    raw: Buffer | null;
    millis: string | null;
  }>(
    `SELECT source_id::text AS source, partition, "offset"::text AS offset, d.raw,
            (extract(epoch FROM d."timestamp") * 1000)::bigint::text AS millis
       FROM millrace.dead_letter_readers r JOIN millrace.dead_letters d USING (source_id, partition, "offset")
      WHERE r.pipeline_id = $1 AND r.state = 'requested' ORDER BY source_id, partition, r."offset"`,
    [pipelineId],
  );
  return rows.map(({ source, partition, offset, raw, millis }) => ({
    sourceId: Number(source),
    partition,
    offset: Number(offset),
    raw,
    timestamp: millis === null ? null : BigInt(millis) * 1000n,
  }));
}
