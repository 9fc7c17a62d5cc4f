// Segments of state in Postgres, outside the commit: read back at recovery, written ahead of a commit, and dropped.

import type { Connection } from '../postgres/connection.ts';
import { sqlState } from '../postgres/sql-errors.ts';
import { readTuples } from '../postgres/tuples.ts';
import { quoteQualified, safeInteger } from '../postgres/values.ts';
import { BODY_SCHEMA, bodyTable, bodyTablePrefix } from './body-table.ts';
import type { SegmentContent } from './commit-port.ts';
import type { StoredSegment } from './write-plan.ts';

/** One COPY of the bodies that the manifest names, in its order: three to four times as fast as SELECT, and in flat memory. */
export async function* readStored(
  connection: Connection,
  pipelineId: number,
  manifest: readonly StoredSegment[],
): AsyncGenerator<SegmentContent, void, undefined> {
  if (manifest.length === 0) return;
  const first = manifest[0]!;
  const folds = [...new Set(manifest.map(({ fold }) => fold))];
  const bodies = folds.map(
    (fold) => `SELECT ${safeInteger(fold)}::bigint AS fold, * FROM ${bodyTable(pipelineId, fold)}`,
  );
  // Those before the first wanted one were read by an attempt that broke off.
  const text = `COPY (
    SELECT b.generation, b.task::bigint, b.epoch, b.part::bigint, b.bytes FROM millrace.segments s JOIN (${bodies.join(' UNION ALL ')}) b
      USING (fold, generation, epoch, task, kind, part)
     WHERE s.pipeline_id = ${safeInteger(pipelineId)}
       AND (s.task, s.epoch, s.kind = 'delta', s.part)
         >= (${first.task}, ${first.epoch}, ${first.kind === 'delta'}, ${first.part})
     ORDER BY s.task, s.epoch, s.kind = 'delta', s.part) TO STDOUT (FORMAT binary)`;
  let index = 0;
  for await (const [generation, task, epoch, part, bytes] of readTuples(connection.copyOut(text))) {
    const stored = manifest[index++];
    const isNext =
      stored !== undefined &&
      int8(generation) === stored.generation &&
      int8(task) === stored.task &&
      int8(epoch) === stored.epoch &&
      int8(part) === stored.part;
    if (!isNext || bytes?.length !== stored.size)
      throw new Error('the segments in the database are not those of the manifest');
    yield { ...stored, bytes };
  }
}

function int8(field: Buffer | null | undefined): number | undefined {
  return field === null || field === undefined ? undefined : safeInteger(field.readBigInt64BE());
}

/** May be repeated: the key of a segment names its contents. */
export async function writeStored(
  connection: Connection,
  pipelineId: number,
  stored: StoredSegment,
  bytes: Buffer,
): Promise<void> {
  const table = bodyTable(pipelineId, stored.fold);
  try {
    await connection.script(
      `CREATE TABLE IF NOT EXISTS ${table} (LIKE millrace_state.segment_bodies INCLUDING ALL)`,
    );
  } catch (error) {
    // IF NOT EXISTS does not see a table that another session is just making; one of the two is told so.
    if (!['23505', '42P07', '42710'].includes(sqlState(error) ?? '')) throw error;
  }
  const { generation, epoch, task, kind, part } = stored;
  await connection.query(
    `INSERT INTO ${table} (generation, epoch, task, kind, part, bytes) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [generation, epoch, task, kind, part, bytes],
  );
}

/** Only numbers below the current fold: who has taken the pipeline over writes ahead in higher ones. */
export async function dropUnnamedFolds(
  connection: Connection,
  pipelineId: number,
  below: number,
): Promise<void> {
  const prefix = bodyTablePrefix(pipelineId);
  const { rows } = await connection.query<{ name: string }>(
    `SELECT t.name FROM (
       SELECT c.relname::text AS name, substr(c.relname::text, length($2) + 1)::bigint AS fold
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind = 'r' AND starts_with(c.relname::text, $2)) t
      WHERE t.fold < $3 AND NOT EXISTS (
        SELECT FROM millrace.segments s WHERE s.pipeline_id = $4 AND s.fold = t.fold)`,
    [BODY_SCHEMA, prefix, below, pipelineId],
  );
  for (const { name } of rows)
    await connection.script(`DROP TABLE IF EXISTS ${quoteQualified(BODY_SCHEMA, name)}`);
}
