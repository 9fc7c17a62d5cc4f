// The steps of a commit as SQL. Lists go as binary arrays into `unnest`; statements that stay the same are prepared.

import { createHash } from 'node:crypto';
import type { BurstStatement } from '../postgres/burst.ts';
import { EPOCH_CHANNEL } from '../postgres/channels.ts';
import { boolArray, byteaArray, int8Array, textArray, timestampTexts } from '../postgres/value-arrays.ts';
import { timestampText } from '../postgres/values.ts';
import type { SqlValue, WriteStep } from '../postgres/write-step.ts';
import type { CommitStep, EpochFacts, Fence } from './commit-steps.ts';
import { bodyTable } from './body-table.ts';
import type {
  DeadLetter,
  LateRow,
  PartitionProgress,
  ReplayedRecord,
  SourceProgress,
  StoredSegment,
  ViewErrorChange,
} from './write-plan.ts';

/** Rows of millrace.epochs per pipeline. */
const RING = 1024;

export function statementsOf(step: CommitStep, pipelineId: number): readonly BurstStatement[] {
  switch (step.kind) {
    case 'begin':
      return [once('BEGIN')];
    case 'fence':
      return [fence(step.fence, pipelineId)];
    case 'partitions':
      return [partitions(step.rows, pipelineId)];
    case 'sources':
      return [sources(step.rows, pipelineId)];
    case 'open-fold':
      return [
        once(
          `CREATE TABLE ${bodyTable(pipelineId, step.fold)} (LIKE millrace_state.segment_bodies INCLUDING ALL)`,
        ),
      ];
    case 'supersede':
      return [supersede(step.folds, pipelineId)];
    case 'segment':
      return [body(step.stored, step.bytes, pipelineId)];
    case 'manifest':
      return [manifest(step.added, pipelineId)];
    case 'view':
      return [view(step.step)];
    case 'changelog':
      return [changelog(step, pipelineId)];
    case 'late-rows':
      return [lateRows(step.rows, step.epoch, pipelineId)];
    case 'replayed':
      return [replayed(step.rows, pipelineId)];
    case 'dead-letters':
      return [deadLetters(step.rows, pipelineId)];
    case 'view-errors':
      return viewErrors(step.rows, pipelineId);
    case 'statistics':
      return [statistics(step.of, pipelineId)];
    case 'notify':
      return [
        prepared('mr_notify', 'SELECT pg_notify($1, $2)', [EPOCH_CHANNEL, `${pipelineId}:${step.epoch}`]),
      ];
    case 'commit':
      return [once('COMMIT')];
  }
}

function once(text: string): BurstStatement {
  return { kind: 'sql', name: '', text, values: [] };
}

function prepared(name: string, text: string, values: readonly SqlValue[]): BurstStatement {
  return { kind: 'sql', name, text, values };
}

/** No row: division by zero, which aborts all that is pipelined behind it. */
function fence({ generation, epoch, ts, status, tasks, fold }: Fence, pipelineId: number): BurstStatement {
  const text = `WITH fence AS (
      UPDATE millrace.pipelines SET epoch = $3::bigint, ts = $4::timestamptz, status = $5, cause = NULL,
             fold = $6::bigint, tasks = $7::bigint
       WHERE id = $1::bigint AND generation = $2::bigint AND epoch = $3::bigint - 1 RETURNING 1)
    SELECT 1 / count(*) FROM fence`;
  return prepared('mr_fence', text, [pipelineId, generation, epoch, timestampText(ts), status, fold, tasks]);
}

function partitions(rows: readonly PartitionProgress[], pipelineId: number): BurstStatement {
  const text = `INSERT INTO millrace.partition_progress
      (pipeline_id, source_id, partition, next_offset, log_end_offset, end_offset, max_event_time, idle, begin_offset)
    SELECT $1::bigint, s, p, n, l, e, t::timestamptz, i, b
      FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::text[], $8::bool[], $9::int8[])
           AS u(s, p, n, l, e, t, i, b)
    ON CONFLICT (pipeline_id, source_id, partition) DO UPDATE SET next_offset = excluded.next_offset,
      log_end_offset = excluded.log_end_offset, end_offset = excluded.end_offset,
      max_event_time = excluded.max_event_time, idle = excluded.idle,
      event_time_at = CASE WHEN partition_progress.max_event_time IS DISTINCT FROM excluded.max_event_time
                           THEN excluded.event_time_at ELSE partition_progress.event_time_at END`;
  return prepared('mr_partitions', text, [
    pipelineId,
    int8Array(rows.map((row) => row.sourceId)),
    int8Array(rows.map((row) => row.partition)),
    int8Array(rows.map((row) => row.nextOffset)),
    int8Array(rows.map((row) => row.logEndOffset)),
    int8Array(rows.map((row) => row.endOffset)),
    timestampTexts(rows.map((row) => row.maxEventTime)),
    boolArray(rows.map((row) => row.idle)),
    int8Array(rows.map((row) => row.beginOffset ?? null)),
  ]);
}

function sources(rows: readonly SourceProgress[], pipelineId: number): BurstStatement {
  const text = `INSERT INTO millrace.source_progress (pipeline_id, source_id, watermark, identity)
    SELECT $1::bigint, s, w::timestamptz, i FROM unnest($2::int8[], $3::text[], $4::text[]) AS u(s, w, i)
    ON CONFLICT (pipeline_id, source_id) DO UPDATE SET watermark = excluded.watermark, identity = excluded.identity,
      watermark_at = CASE WHEN source_progress.watermark IS DISTINCT FROM excluded.watermark
                          THEN excluded.watermark_at ELSE source_progress.watermark_at END`;
  return prepared('mr_sources', text, [
    pipelineId,
    int8Array(rows.map((row) => row.sourceId)),
    timestampTexts(rows.map((row) => row.watermark)),
    textArray(rows.map((row) => row.identity)),
  ]);
}

function supersede(
  folds: readonly { readonly task: number; readonly through: number }[],
  pipelineId: number,
): BurstStatement {
  const text = `DELETE FROM millrace.segments s USING unnest($2::int8[], $3::int8[]) AS u(task, through)
     WHERE s.pipeline_id = $1::bigint AND s.task = u.task AND s.epoch <= u.through`;
  return prepared('mr_supersede', text, [
    pipelineId,
    int8Array(folds.map((fold) => fold.task)),
    int8Array(folds.map((fold) => fold.through)),
  ]);
}

export function body(stored: StoredSegment, bytes: Buffer, pipelineId: number): BurstStatement {
  const { generation, epoch, task, kind, part, fold } = stored;
  const text = `INSERT INTO ${bodyTable(pipelineId, fold)} (generation, epoch, task, kind, part, bytes)
    VALUES ($1, $2, $3, $4, $5, $6)`;
  return prepared('', text, [generation, epoch, task, kind, part, bytes]);
}

function manifest(added: readonly StoredSegment[], pipelineId: number): BurstStatement {
  const text = `INSERT INTO millrace.segments (pipeline_id, task, epoch, kind, part, generation, fold, size)
    SELECT $1::bigint, * FROM unnest($2::int8[], $3::int8[], $4::text[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])`;
  return prepared('mr_manifest', text, [
    pipelineId,
    int8Array(added.map((segment) => segment.task)),
    int8Array(added.map((segment) => segment.epoch)),
    textArray(added.map((segment) => segment.kind)),
    int8Array(added.map((segment) => segment.part)),
    int8Array(added.map((segment) => segment.generation)),
    int8Array(added.map((segment) => segment.fold)),
    int8Array(added.map((segment) => segment.size)),
  ]);
}

/** A statement that changed another number of rows than the engine expects divides by zero. */
function view(step: WriteStep): BurstStatement {
  if (step.kind === 'copy') return { kind: 'copy', text: step.text, payload: step.payload };
  if (step.expectRows === undefined) return prepared(step.name, step.text, step.values);
  const text = `WITH changed AS (${step.text} RETURNING 1)
    SELECT 1 / (count(*) = $${step.values.length + 1}::bigint)::int FROM changed`;
  return prepared(step.name, text, [...step.values, step.expectRows]);
}

/**
 * A slot is used by transactions that began after it was opened: its partition was attached before that, so that they know it. One
 * that began before may see the slot and not its partition.
 */
function changelog(
  { epoch, part }: Extract<CommitStep, { kind: 'changelog' }>,
  pipelineId: number,
): BurstStatement {
  const text = `INSERT INTO millrace.changelog (slot, pipeline_id, view_id, epoch, part, rows, bytes)
    SELECT max(slot), $1::bigint, $2::bigint, $3::bigint, $4::int, $5::int, $6::bytea
      FROM millrace.changelog_slots WHERE opened_at <= now()`;
  return prepared('mr_changelog', text, [pipelineId, part.viewId, epoch, part.part, part.rows, part.bytes]);
}

function lateRows(rows: readonly LateRow[], epoch: number, pipelineId: number): BurstStatement {
  const text = `INSERT INTO millrace.late_rows (pipeline_id, source_id, partition, "offset", event_time, watermark, raw, epoch)
    SELECT $1::bigint, s, p, o, t::timestamptz, w::timestamptz, r, $8::bigint
      FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::bytea[]) AS u(s, p, o, t, w, r)`;
  return prepared('mr_late_rows', text, [
    pipelineId,
    int8Array(rows.map((row) => row.sourceId)),
    int8Array(rows.map((row) => row.partition)),
    int8Array(rows.map((row) => row.offset)),
    timestampTexts(rows.map((row) => row.eventTime)),
    timestampTexts(rows.map((row) => row.watermark)),
    byteaArray(rows.map((row) => row.raw)),
    epoch,
  ]);
}

/** Before the dead letters of the epoch, which say of some of these that they are still invalid. */
function replayed(rows: readonly ReplayedRecord[], pipelineId: number): BurstStatement {
  const text = `UPDATE millrace.dead_letter_readers r SET state = 'replayed'
      FROM unnest($2::int8[], $3::int8[], $4::int8[]) AS u(s, p, o)
     WHERE r.pipeline_id = $1::bigint AND r.source_id = u.s AND r.partition = u.p AND r."offset" = u.o`;
  return prepared('mr_replayed', text, [
    pipelineId,
    int8Array(rows.map((row) => row.sourceId)),
    int8Array(rows.map((row) => row.partition)),
    int8Array(rows.map((row) => row.offset)),
  ]);
}

function deadLetters(rows: readonly DeadLetter[], pipelineId: number): BurstStatement {
  const text = `WITH kept AS (
      INSERT INTO millrace.dead_letters (pipeline_id, source_id, partition, "offset", code, message, raw, "timestamp")
      SELECT $1::bigint, s, p, o, c, m, r, t::timestamptz
        FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::bytea[], $8::text[]) AS u(s, p, o, c, m, r, t)
      ON CONFLICT (source_id, partition, "offset") DO NOTHING)
    INSERT INTO millrace.dead_letter_readers (pipeline_id, source_id, partition, "offset")
    SELECT DISTINCT $1::bigint, s, p::int, o FROM unnest($2::int8[], $3::int8[], $4::int8[]) AS u(s, p, o)
    ON CONFLICT (pipeline_id, source_id, partition, "offset") DO UPDATE SET state = 'dead'`;
  return prepared('mr_dead_letters', text, [
    pipelineId,
    int8Array(rows.map((row) => row.sourceId)),
    int8Array(rows.map((row) => row.partition)),
    int8Array(rows.map((row) => row.offset)),
    textArray(rows.map((row) => row.code)),
    textArray(rows.map((row) => row.message)),
    byteaArray(rows.map((row) => row.raw)),
    timestampTexts(rows.map((row) => row.timestamp)),
  ]);
}

/** Weights add up; what comes to nothing goes. */
function viewErrors(rows: readonly ViewErrorChange[], pipelineId: number): readonly BurstStatement[] {
  const views = int8Array(rows.map((row) => row.viewId));
  const keys = byteaArray(rows.map(errorKey));
  const add = `INSERT INTO millrace.view_errors AS v
      (pipeline_id, view_id, error_key, sqlstate, message, expression, "row", weight)
    SELECT $1::bigint, * FROM unnest($2::int8[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int8[])
    ON CONFLICT (pipeline_id, view_id, error_key) DO UPDATE SET weight = v.weight + excluded.weight`;
  const prune = `DELETE FROM millrace.view_errors v USING unnest($2::int8[], $3::bytea[]) AS u(view_id, error_key)
     WHERE v.pipeline_id = $1::bigint AND v.view_id = u.view_id AND v.error_key = u.error_key AND v.weight = 0`;
  return [
    prepared('mr_view_errors', add, [
      pipelineId,
      views,
      keys,
      textArray(rows.map((row) => row.sqlstate)),
      textArray(rows.map((row) => row.message)),
      textArray(rows.map((row) => row.expression)),
      textArray(rows.map((row) => row.row)),
      int8Array(rows.map((row) => row.weight)),
    ]),
    prepared('mr_view_errors_prune', prune, [pipelineId, views, keys]),
  ];
}

function errorKey({ sqlstate, message, expression, row }: ViewErrorChange): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([sqlstate, message, expression, row]))
    .digest();
}

function statistics(facts: EpochFacts, pipelineId: number): BurstStatement {
  const text = `INSERT INTO millrace.epochs (pipeline_id, ring, epoch, ts, started_at, committed_at,
      rows_in, bytes_in, rows_out, state_bytes, late_rows, dead_letters, next_close)
    VALUES ($1::bigint, $2::bigint % ${RING}, $2::bigint, $3::timestamptz, $4::timestamptz, clock_timestamp(), $5, $6, $7, $8, $9, $10, $11::timestamptz)
    ON CONFLICT (pipeline_id, ring) DO UPDATE SET epoch = excluded.epoch, ts = excluded.ts,
      started_at = excluded.started_at, committed_at = excluded.committed_at, rows_in = excluded.rows_in,
      bytes_in = excluded.bytes_in, rows_out = excluded.rows_out, state_bytes = excluded.state_bytes,
      late_rows = excluded.late_rows, dead_letters = excluded.dead_letters, next_close = excluded.next_close`;
  return prepared('mr_statistics', text, [
    pipelineId,
    facts.epoch,
    timestampText(facts.ts),
    timestampText(facts.startedAt),
    facts.rowsIn,
    facts.bytesIn,
    facts.rowsOut,
    facts.stateBytes,
    facts.lateRows,
    facts.deadLetters,
    facts.nextClose === null ? null : timestampText(facts.nextClose),
  ]);
}
