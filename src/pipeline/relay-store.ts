// What the database knows of a relay: which epoch its topic has, which one the transaction under way ends with, and who may say so.
// The change log is kept for a relay from the epoch that it noted last.

import type { SinkDef } from '../catalog/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { numberOf } from './catalog-store.ts';

export interface RelayRow {
  readonly transactionalId: string;
  readonly timeline: string;
  readonly topicId: string | null;
  /** null: what the view has at first is not in the topic. */
  readonly epoch: number | null;
  /** null: it has never been in the topic. */
  readonly offsets: ReadonlyMap<number, number> | null;
  readonly intent: number | null;
  readonly createdMs: number;
}

export function readerName(sinkId: number): string {
  return `sink ${sinkId}`;
}

/** In the transaction that creates the sink: from here on the change log waits for it. */
export async function registerRelay(connection: Connection, sink: SinkDef): Promise<void> {
  const sinkId = numberOf(sink.id);
  const logId = numberOf(sink.follows ?? sink.id);
  await connection.query(
    `INSERT INTO millrace.sink_relays (sink_id, log_id, transactional_id, epoch)
     VALUES ($1, $2, 'millrace-' || gen_random_uuid(), $3)`,
    [sinkId, logId, sink.follows === null ? 0 : null],
  );
  await connection.query(
    `INSERT INTO millrace.changelog_readers (reader, view_id, epoch)
     SELECT $1, $2, epoch FROM millrace.pipelines WHERE id = $3`,
    [readerName(sinkId), logId, numberOf(sink.pipelineId)],
  );
}

export async function forgetRelay(connection: Connection, sinkId: number): Promise<void> {
  await connection.query('DELETE FROM millrace.sink_relays WHERE sink_id = $1', [sinkId]);
  await connection.query('DELETE FROM millrace.changelog_readers WHERE reader = $1', [readerName(sinkId)]);
}

/** Makes `writer` the only one that may note anything. To be done before the predecessor is fenced in Kafka. */
export async function takeRelay(pool: Pool, sinkId: number, writer: string): Promise<RelayRow> {
  const { rows } = await pool.query<{
    transactional_id: string;
    timeline: string;
    topic_id: string | null;
    epoch: bigint | null;
    offsets: Record<string, number> | null;
    intent: bigint | null;
    created_ms: number;
  }>(
    `UPDATE millrace.sink_relays SET writer = $2 WHERE sink_id = $1
     RETURNING transactional_id, timeline::text, topic_id, epoch, offsets, intent,
               extract(epoch FROM created_at)::float8 * 1000 AS created_ms`,
    [sinkId, writer],
  );
  const row = rows[0];
  if (row === undefined) throw fenced();
  return {
    transactionalId: row.transactional_id,
    timeline: row.timeline,
    topicId: row.topic_id,
    epoch: row.epoch === null ? null : Number(row.epoch),
    offsets:
      row.offsets === null
        ? null
        : new Map(Object.entries(row.offsets).map(([partition, offset]) => [Number(partition), offset])),
    intent: row.intent === null ? null : Number(row.intent),
    createdMs: row.created_ms,
  };
}

/** The relay of one sink, as the one that may write its row. */
export class RelayNotes {
  private readonly pool: Pool;
  private readonly sinkId: number;
  private readonly writer: string;

  constructor(pool: Pool, sinkId: number, writer: string) {
    this.pool = pool;
    this.sinkId = sinkId;
    this.writer = writer;
  }

  /** Where it stands in the topic, having looked. */
  async standing(row: Pick<RelayRow, 'timeline' | 'topicId' | 'epoch' | 'offsets'>): Promise<void> {
    await this.write(
      'timeline = $3, topic_id = $4, epoch = $5, offsets = $6, intent = NULL, state = $7, cause = NULL',
      [row.timeline, row.topicId, row.epoch, asJson(row.offsets ?? new Map()), 'running'],
    );
  }

  async intend(epoch: number): Promise<void> {
    await this.write('intent = $3', [epoch]);
  }

  /** The transaction that ends with `epoch` is committed. */
  async delivered(epoch: number, offsets: ReadonlyMap<number, number>, records: number): Promise<void> {
    await this.write('epoch = $3, offsets = $4, records = records + $5, intent = NULL', [
      epoch,
      asJson(offsets),
      records,
    ]);
    await this.pool.query(
      'UPDATE millrace.changelog_readers SET epoch = $2, updated_at = now() WHERE reader = $1',
      [readerName(this.sinkId), epoch],
    );
  }

  private async write(set: string, values: readonly unknown[]): Promise<void> {
    const { rowCount } = await this.pool.query(
      `UPDATE millrace.sink_relays SET ${set} WHERE sink_id = $1 AND writer = $2`,
      [this.sinkId, this.writer, ...values],
    );
    if (rowCount !== 1) throw fenced();
  }
}

function asJson(offsets: ReadonlyMap<number, number>): string {
  return JSON.stringify(Object.fromEntries(offsets));
}

export async function recordRelayState(
  pool: Pool,
  sinkId: number,
  state: 'starting' | 'degraded' | 'paused' | 'failed',
  cause: string | null,
): Promise<void> {
  await pool.query('UPDATE millrace.sink_relays SET state = $2, cause = $3 WHERE sink_id = $1', [
    sinkId,
    state,
    cause,
  ]);
}

export async function setRelayPaused(pool: Pool, sinkId: number, paused: boolean): Promise<void> {
  await pool.query('UPDATE millrace.sink_relays SET paused = $2 WHERE sink_id = $1', [sinkId, paused]);
}

export async function pausedRelays(pool: Pool): Promise<ReadonlySet<number>> {
  const { rows } = await pool.query<{ sink_id: bigint }>(
    'SELECT sink_id FROM millrace.sink_relays WHERE paused',
  );
  return new Set(rows.map(({ sink_id }) => Number(sink_id)));
}

function fenced(): MillraceError {
  return new MillraceError({
    code: 'FENCED',
    domain: 'external',
    message: 'another relay has taken this sink over, or it was dropped',
    hint: 'nothing is lost: the other one goes on from the last committed transaction',
  });
}
