// Taking a pipeline over: raising its generation. The UPDATE waits for the row lock of a commit in flight, and whatever a
// former writer sends later meets a fence that no longer fits.

import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import { transaction } from '../postgres/transaction.ts';
import { safeInteger } from '../postgres/values.ts';
import type { RetakeOutcome, TakenOver } from './commit-port.ts';
import type { PartitionProgress, SegmentKind, SourceProgress, StoredSegment } from './write-plan.ts';

/** Application name of the connection that commits for a pipeline; eviction finds it by this. */
export function writerName(pipelineId: number): string {
  return `millrace epoch ${safeInteger(pipelineId)}`;
}

interface PipelineRow {
  readonly generation: bigint;
  readonly epoch: bigint;
  readonly ts: bigint;
  readonly fold: bigint;
  readonly incarnation: number;
  readonly state_version: number;
  readonly tasks: number;
  readonly status: string;
}

export function takePipelineOver(
  connection: Connection,
  pipelineId: number,
  writer: string,
): Promise<TakenOver> {
  return transaction(connection, async () => {
    const { generation, epoch, ts, fold, ...row } = await raise(connection, pipelineId, writer);
    return {
      generation: safeInteger(generation),
      epoch: safeInteger(epoch),
      ts,
      fold: safeInteger(fold),
      incarnation: row.incarnation,
      stateVersion: row.state_version,
      tasks: row.tasks,
      status: row.status,
      // The row lock is held, so these are the rows of that epoch.
      partitions: await readPartitions(connection, pipelineId),
      sources: await readSources(connection, pipelineId),
      manifest: await readManifest(connection, pipelineId),
    };
  });
}

/** Compares before it sets, so that an attempt that got stuck on its way does no harm when it arrives late. */
async function raise(connection: Connection, pipelineId: number, writer: string): Promise<PipelineRow> {
  const found = await connection.query<{ generation: bigint }>(
    'SELECT generation FROM millrace.pipelines WHERE id = $1',
    [pipelineId],
  );
  const current = found.rows[0]?.generation;
  if (current === undefined) throw unknownPipeline(pipelineId);
  const { rows } = await connection.query<PipelineRow>(
    `UPDATE millrace.pipelines SET generation = generation + 1, writer = $2
      WHERE id = $1 AND generation = $3
     RETURNING generation, epoch, ts, fold, incarnation, state_version, tasks, status`,
    [pipelineId, writer, current],
  );
  return rows[0] ?? raise(connection, pipelineId, writer);
}

/**
 * By the owner itself, after a lost connection. `target` is new with each attempt: one that arrives after a later one
 * finds the generation already there and changes nothing.
 */
export async function retakePipeline(
  connection: Connection,
  pipelineId: number,
  writer: string,
  target: number,
): Promise<RetakeOutcome> {
  const { rows } = await connection.query<{ generation: bigint; epoch: bigint }>(
    `UPDATE millrace.pipelines SET generation = $3
      WHERE id = $1 AND writer = $2 AND generation < $3 RETURNING generation, epoch`,
    [pipelineId, writer, target],
  );
  const row = rows[0];
  if (row === undefined) return { kind: 'taken-by-another' };
  return { kind: 'taken', generation: safeInteger(row.generation), epoch: safeInteger(row.epoch) };
}

export async function isWriter(connection: Connection, pipelineId: number, writer: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    'SELECT FROM millrace.pipelines WHERE id = $1 AND writer = $2',
    [pipelineId, writer],
  );
  return rowCount > 0;
}

/** Ends connections that commit for this pipeline. What they were doing is either durable or gone, and the fence tells. */
export async function evictWriter(connection: Connection, pipelineId: number): Promise<void> {
  await connection.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`,
    [writerName(pipelineId)],
  );
}

function unknownPipeline(pipelineId: number): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_PIPELINE',
    message: `there is no pipeline ${pipelineId}; it may have been dropped`,
    hint: 'SHOW MATERIALIZED VIEWS lists what there is',
  });
}

interface PartitionRow {
  readonly source_id: bigint;
  readonly partition: number;
  readonly next_offset: bigint;
  readonly log_end_offset: bigint | null;
  readonly end_offset: bigint | null;
  readonly max_event_time: bigint | null;
  readonly idle: boolean;
}

async function readPartitions(
  connection: Connection,
  pipelineId: number,
): Promise<readonly PartitionProgress[]> {
  const { rows } = await connection.query<PartitionRow>(
    `SELECT source_id, partition, next_offset, log_end_offset, end_offset, max_event_time, idle
       FROM millrace.partition_progress WHERE pipeline_id = $1 ORDER BY source_id, partition`,
    [pipelineId],
  );
  return rows.map((row) => ({
    sourceId: safeInteger(row.source_id),
    partition: row.partition,
    nextOffset: safeInteger(row.next_offset),
    logEndOffset: row.log_end_offset === null ? null : safeInteger(row.log_end_offset),
    endOffset: row.end_offset === null ? null : safeInteger(row.end_offset),
    maxEventTime: row.max_event_time,
    idle: row.idle,
  }));
}

async function readSources(connection: Connection, pipelineId: number): Promise<readonly SourceProgress[]> {
  const { rows } = await connection.query<{
    source_id: bigint;
    watermark: bigint | null;
    identity: string | null;
  }>(
    'SELECT source_id, watermark, identity FROM millrace.source_progress WHERE pipeline_id = $1 ORDER BY source_id',
    [pipelineId],
  );
  return rows.map(({ source_id, watermark, identity }) => ({
    sourceId: safeInteger(source_id),
    watermark,
    identity,
  }));
}

interface ManifestRow {
  readonly task: number;
  readonly epoch: bigint;
  readonly kind: SegmentKind;
  readonly part: number;
  readonly generation: bigint;
  readonly fold: bigint;
  readonly size: number;
}

export async function readManifest(
  connection: Connection,
  pipelineId: number,
): Promise<readonly StoredSegment[]> {
  const { rows } = await connection.query<ManifestRow>(
    `SELECT task, epoch, kind, part, generation, fold, size FROM millrace.segments WHERE pipeline_id = $1
      ORDER BY task, epoch, kind = 'delta', part`,
    [pipelineId],
  );
  return rows.map((row) => ({
    ...row,
    epoch: safeInteger(row.epoch),
    generation: safeInteger(row.generation),
    fold: safeInteger(row.fold),
  }));
}
