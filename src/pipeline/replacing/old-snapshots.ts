// Transactions that began before a table was complete would see it as it was then, once the public name shows it: Postgres reads
// what a name means as of now, and rows as of the snapshot. So a swap waits for them, as CREATE INDEX CONCURRENTLY does.

import type { Pool } from '../../postgres/pool.ts';

/** Client transactions of this database that have a snapshot, or may have one. */
export async function openTransactions(pool: Pool): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ transaction: string }>(
    `SELECT l.virtualtransaction AS transaction FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
        AND a.datname = current_database() AND a.usesysid IS NOT NULL`,
  );
  return new Set(rows.map((row) => row.transaction));
}
