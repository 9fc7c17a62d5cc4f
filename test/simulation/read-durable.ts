// Reads what the real Postgres holds of the tiny pipeline, at one moment.

import type { Connection } from '../../src/postgres/connection.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import type { StoredSegment } from '../../src/epoch/write-plan.ts';
import { readStored } from '../../src/epoch/stored-state.ts';
import { readManifest } from '../../src/epoch/takeover.ts';
import type { DurableState } from './durable-state.ts';

export function readDurable(
  pool: Pool,
  pipelineId: number,
  view: string,
  partitions: number,
): Promise<DurableState> {
  const read = async (connection: Connection): Promise<DurableState> => {
    const rows = async <Row extends object>(text: string): Promise<readonly Row[]> =>
      (await connection.query<Row>(text, text.includes('$1') ? [pipelineId] : [])).rows;
    const [pipeline] = await rows<{ epoch: bigint }>('SELECT epoch FROM millrace.pipelines WHERE id = $1');
    const progress = await rows<{ partition: number; next_offset: bigint }>(
      'SELECT partition, next_offset FROM millrace.partition_progress WHERE pipeline_id = $1',
    );
    const counts = await rows<{ key: string; n: bigint }>(`SELECT key, n FROM public.${view}`);
    const log = await rows<{ epoch: bigint; part: number; bytes: Buffer }>(
      'SELECT epoch, part, bytes FROM millrace.changelog WHERE view_id = $1 ORDER BY epoch, part',
    );
    const late = await rows<{ at: string }>(
      `SELECT partition || ':' || "offset" AS at FROM millrace.late_rows WHERE pipeline_id = $1`,
    );
    const dead = await rows<{ at: string }>(
      `SELECT partition || ':' || "offset" AS at FROM millrace.dead_letters WHERE pipeline_id = $1`,
    );
    const epochs = await rows<{ epoch: bigint; bytes_in: bigint }>(
      'SELECT epoch, bytes_in FROM millrace.epochs WHERE pipeline_id = $1',
    );
    const manifest: readonly StoredSegment[] = await readManifest(connection, pipelineId);
    const segments: Buffer[] = [];
    for await (const { bytes } of readStored(connection, pipelineId, manifest)) segments.push(bytes);
    return {
      epoch: Number(pipeline!.epoch),
      offsets: Array.from({ length: partitions }, (_, partition) =>
        Number(progress.find((row) => row.partition === partition)?.next_offset ?? 0),
      ),
      segments,
      view: new Map(counts.map(({ key, n }) => [key, Number(n)])),
      changelog: log.map(({ epoch, part, bytes }) => ({ epoch: Number(epoch), part, bytes })),
      late: late.map(({ at }) => at).sort(),
      dead: dead.map(({ at }) => at).sort(),
      tokens: new Map(epochs.map(({ epoch, bytes_in }) => [Number(epoch), Number(bytes_in)])),
    };
  };
  return pool.transaction(read, { isolation: 'repeatable read', readOnly: true });
}
