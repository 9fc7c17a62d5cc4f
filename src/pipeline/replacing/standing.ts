// Where pipelines stand in what they read, as of their last committed epochs.

import type { Connection } from '../../postgres/connection.ts';

export interface PartitionStanding {
  readonly sourceId: number;
  readonly partition: number;
  readonly nextOffset: bigint;
  /** What there was to read when it was last looked at, or where its input ends; null: not known. */
  readonly end: bigint | null;
}

export interface ReaderStanding {
  readonly viewId: number;
  readonly epoch: bigint;
  readonly loading: boolean;
  /** The last epoch of the pipeline that it follows. */
  readonly upstream: bigint;
}

export interface Standing {
  readonly epoch: bigint;
  readonly name: string;
  readonly status: string;
  readonly partitions: readonly PartitionStanding[];
  /** Of each source, and of each view that is followed. */
  readonly watermarks: ReadonlyMap<number, bigint>;
  readonly readers: readonly ReaderStanding[];
}

interface Row {
  readonly id: bigint;
  readonly name: string;
  readonly epoch: bigint;
  readonly status: string;
}

interface PartitionRow {
  readonly pipeline_id: bigint;
  readonly source_id: bigint;
  readonly partition: number;
  readonly next_offset: bigint;
  readonly until: bigint | null;
}

interface ReaderRow {
  readonly pipeline_id: bigint;
  readonly view_id: bigint;
  readonly epoch: bigint;
  readonly loading: boolean;
  readonly upstream: bigint;
}

/** Of each pipeline that there is. */
export async function standingsOf(
  connection: Connection,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Standing>> {
  const ask = async <T extends object>(text: string): Promise<readonly T[]> =>
    (await connection.query<T>(text, [ids])).rows;
  const pipelines = await ask<Row>(
    'SELECT id, name, epoch, status FROM millrace.pipelines WHERE id = ANY ($1::bigint[])',
  );
  const partitions = await ask<PartitionRow>(
    `SELECT pipeline_id, source_id, partition, next_offset, least(log_end_offset, end_offset) AS until
       FROM millrace.partition_progress WHERE pipeline_id = ANY ($1::bigint[]) ORDER BY source_id, partition`,
  );
  const sources = await ask<{ pipeline_id: bigint; source_id: bigint; watermark: bigint | null }>(
    'SELECT pipeline_id, source_id, watermark FROM millrace.source_progress WHERE pipeline_id = ANY ($1::bigint[])',
  );
  const readers = await ask<ReaderRow>(
    `SELECT r.pipeline_id, r.view_id, r.epoch, r.loading IS NOT NULL AS loading, p.epoch AS upstream
       FROM millrace.changelog_readers r JOIN millrace.view_tables v USING (view_id)
       JOIN millrace.pipelines p ON p.id = v.pipeline_id WHERE r.pipeline_id = ANY ($1::bigint[])`,
  );
  const own = <T extends { readonly pipeline_id: bigint }>(rows: readonly T[], id: bigint): readonly T[] =>
    rows.filter(({ pipeline_id }) => pipeline_id === id);
  return new Map(
    pipelines.map(({ id, name, epoch, status }) => [
      Number(id),
      {
        name,
        epoch,
        status,
        partitions: own(partitions, id).map((row) => ({
          sourceId: Number(row.source_id),
          partition: row.partition,
          nextOffset: row.next_offset,
          end: row.until,
        })),
        watermarks: new Map(
          own(sources, id).flatMap((row) =>
            row.watermark === null ? [] : [[Number(row.source_id), row.watermark]],
          ),
        ),
        readers: own(readers, id).map((row) => ({ ...row, viewId: Number(row.view_id) })),
      },
    ]),
  );
}
