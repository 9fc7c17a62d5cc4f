// Retention of the change log: partitions by time, opened ahead of need and dropped whole. Run now and then by any
// instance; they take turns. Nothing here stops a commit: attaching and detaching concurrently lock neither writers out
// nor readers.
//
// A closed partition goes when it is past its retention time and every registered reader has read what is in it. When
// the whole log is over its cap in bytes, the oldest goes all the same, and the readers that still needed it are marked
// lost, so that they bootstrap again instead of missing rows without a word.

import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { transaction } from '../postgres/transaction.ts';
import { quoteQualified, safeInteger } from '../postgres/values.ts';

export interface Retention {
  /** How long changes are kept at least. */
  readonly keepMs: number;
  /** How often a new partition is opened; what is dropped is up to this much older than `keepMs`. */
  readonly periodMs: number;
  readonly maxBytes: number;
}

export const DEFAULT_RETENTION: Retention = {
  keepMs: 3_600_000,
  periodMs: 600_000,
  maxBytes: 8 * 1024 ** 3,
};

export interface RotationReport {
  readonly opened: number;
  readonly dropped: number;
}

const LOCK = 7_140_522_861_274n;
const NOTHING: RotationReport = { opened: 0, dropped: 0 };

export function rotateChangelog(
  pool: Pool,
  retention: Retention = DEFAULT_RETENTION,
): Promise<RotationReport> {
  return pool.use(async (connection) => {
    const { rows } = await connection.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
      LOCK,
    ]);
    if (rows[0]?.mine !== true) return NOTHING;
    try {
      const opened = await openWhenDue(connection, retention);
      const dropped = await retire(connection, retention);
      await dropRetired(connection);
      return { opened, dropped };
    } finally {
      await connection.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    }
  });
}

function partitionName(slot: number): string {
  return `changelog_${safeInteger(slot)}`;
}

async function openWhenDue(connection: Connection, retention: Retention): Promise<number> {
  const { rows } = await connection.query<{ slot: number; age_ms: number }>(
    `SELECT slot, extract(epoch FROM clock_timestamp() - opened_at)::float8 * 1000 AS age_ms
       FROM millrace.changelog_slots ORDER BY slot DESC LIMIT 1`,
  );
  const newest = rows[0];
  if (newest === undefined) throw new Error('the change log has no partition');
  const size = await sizeOf(connection, newest.slot);
  const isFull = size > 0 && size > retention.maxBytes / 8;
  if (newest.age_ms < retention.periodMs && !isFull) return 0;
  const slot = newest.slot + 1;
  const table = quoteQualified('millrace', partitionName(slot));
  await transaction(connection, () =>
    connection.script(
      `CREATE TABLE ${table} (LIKE millrace.changelog INCLUDING ALL);
       ALTER TABLE millrace.changelog ATTACH PARTITION ${table} FOR VALUES IN (${slot})`,
    ),
  );
  // Afterwards, so that its time is later than the commit that attached the partition: see the step "changelog".
  await connection.query('INSERT INTO millrace.changelog_slots (slot) VALUES ($1)', [slot]);
  return 1;
}

interface ClosedSlot {
  readonly slot: number;
  readonly is_old: boolean;
}

/** Takes partitions out of the books, oldest first, and stops at the first that must stay. */
async function retire(connection: Connection, retention: Retention): Promise<number> {
  const { rows } = await connection.query<ClosedSlot>(
    `SELECT slot, closed_at < clock_timestamp() - $1 * interval '1 ms' AS is_old
       FROM (SELECT slot, lead(opened_at) OVER (ORDER BY slot) AS closed_at FROM millrace.changelog_slots) s
      WHERE closed_at IS NOT NULL ORDER BY slot`,
    [retention.keepMs],
  );
  let total = await totalSize(connection);
  let retired = 0;
  for (const { slot, is_old } of rows) {
    const isOver = total > retention.maxBytes;
    if (!isOver && !(is_old && !(await isNeeded(connection, slot)))) break;
    total -= await sizeOf(connection, slot);
    await takeOut(connection, slot);
    retired++;
  }
  return retired;
}

async function isNeeded(connection: Connection, slot: number): Promise<boolean> {
  const { rowCount } = await connection.query(
    `SELECT FROM millrace.changelog_readers r
      WHERE NOT r.lost AND EXISTS (
        SELECT FROM millrace.changelog c WHERE c.slot = $1 AND c.view_id = r.view_id AND c.epoch > r.epoch)
      LIMIT 1`,
    [slot],
  );
  return rowCount > 0;
}

async function takeOut(connection: Connection, slot: number): Promise<void> {
  await transaction(connection, async () => {
    await connection.query(
      `UPDATE millrace.changelog_readers r SET lost = true
        WHERE NOT r.lost AND EXISTS (
          SELECT FROM millrace.changelog c WHERE c.slot = $1 AND c.view_id = r.view_id AND c.epoch > r.epoch)`,
      [slot],
    );
    await connection.query(
      `INSERT INTO millrace.changelog_trimmed AS t (view_id, epoch)
       SELECT view_id, max(epoch) FROM millrace.changelog WHERE slot = $1 GROUP BY view_id
       ON CONFLICT (view_id) DO UPDATE SET epoch = greatest(t.epoch, excluded.epoch)`,
      [slot],
    );
    await connection.query('DELETE FROM millrace.changelog_slots WHERE slot = $1', [slot]);
  });
}

/** Detaches and drops what is no longer in the books, also what an earlier run left half done. */
async function dropRetired(connection: Connection): Promise<void> {
  const { rows } = await connection.query<{ name: string; attached: boolean; pending: boolean }>(
    `SELECT c.relname::text AS name, i.inhrelid IS NOT NULL AS attached, coalesce(i.inhdetachpending, false) AS pending
       FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
      WHERE c.relnamespace = 'millrace'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^changelog_[0-9]+$'
        AND NOT EXISTS (SELECT FROM millrace.changelog_slots s WHERE 'changelog_' || s.slot = c.relname)`,
  );
  for (const { name, attached, pending } of rows) {
    const table = quoteQualified('millrace', name);
    if (attached)
      await connection.script(
        `ALTER TABLE millrace.changelog DETACH PARTITION ${table} ${pending ? 'FINALIZE' : 'CONCURRENTLY'}`,
      );
    await connection.script(`DROP TABLE ${table}`);
  }
}

async function sizeOf(connection: Connection, slot: number): Promise<number> {
  const { rows } = await connection.query<{ size: bigint }>(
    'SELECT pg_total_relation_size($1::regclass) AS size',
    [`millrace.${partitionName(slot)}`],
  );
  return safeInteger(rows[0]!.size);
}

async function totalSize(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ size: bigint | null }>(
    `SELECT sum(pg_total_relation_size(('millrace.changelog_' || slot)::regclass))::bigint AS size
       FROM millrace.changelog_slots`,
  );
  return safeInteger(rows[0]!.size ?? 0);
}
