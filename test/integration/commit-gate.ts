// A gate in front of a table that every commit writes: a SHARE lock lets readers through and stops writers, so that a commit
// stands still at that statement, inside its transaction, until the gate is opened or its backend is ended. That it stands there,
// behind its fence and before its COMMIT, is read from pg_locks: it waits for the table, and it holds the row lock's table lock on
// millrace.pipelines and a transaction id of its own, which only the fence (the first statement) can have given it.

import { writerName } from '../../src/epoch/takeover.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { eventually } from './eventually.ts';

/** Tables that an epoch writes behind the fence; that of readers only if it follows the view of another pipeline. */
export type Gate =
  | 'millrace.partition_progress'
  | 'millrace.changelog'
  | 'millrace.changelog_readers'
  | 'millrace.dead_letter_readers'
  | 'millrace.dead_letters'
  | 'millrace.epochs';

const WRITER = writerName(0).slice(0, -1);

export interface StandingCommit {
  readonly backend: number;
  readonly pipelineId: number;
  /** Committed so far; the transaction that stands at the gate is of the one after it. */
  readonly epoch: number;
}

export class CommitGate {
  private readonly holder: Connection;
  private readonly watcher: Connection;
  private readonly table: Gate;

  private constructor(holder: Connection, watcher: Connection, table: Gate) {
    this.holder = holder;
    this.watcher = watcher;
    this.table = table;
  }

  /** Waits for commits that are at the table already. */
  static async close(holder: Connection, watcher: Connection, table: Gate): Promise<CommitGate> {
    await holder.query('BEGIN');
    await holder.query(`LOCK TABLE ${table} IN SHARE MODE`);
    return new CommitGate(holder, watcher, table);
  }

  async standing(): Promise<readonly StandingCommit[]> {
    const { rows } = await this.watcher.query<{ backend: number; pipeline: string; epoch: string }>(
      `SELECT w.pid AS backend, p.id::text AS pipeline, p.epoch::text AS epoch
         FROM pg_locks w
         JOIN pg_locks f ON f.pid = w.pid AND f.granted AND f.relation = 'millrace.pipelines'::regclass
              AND f.mode = 'RowExclusiveLock' AND f.database = w.database
         JOIN pg_locks x ON x.pid = w.pid AND x.granted AND x.locktype = 'transactionid'
         JOIN pg_stat_activity a ON a.pid = w.pid
         JOIN millrace.pipelines p ON a.application_name = $2 || p.id
        WHERE NOT w.granted AND w.locktype = 'relation' AND w.relation = $1::regclass
          AND w.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [this.table, WRITER],
    );
    return rows.map(({ backend, pipeline, epoch }) => ({
      backend,
      pipelineId: Number(pipeline),
      epoch: Number(epoch),
    }));
  }

  /** Resolves when the commits of `count` pipelines stand here. */
  awaitStanding(count: number): Promise<readonly StandingCommit[]> {
    return eventually(`${count} commits stand at ${this.table}`, async () => {
      const standing = await this.standing();
      return standing.length >= count ? standing : undefined;
    });
  }

  /** Resolves when those of all of these stand here; others may, too. */
  awaitPipelines(ids: readonly number[]): Promise<readonly StandingCommit[]> {
    return eventually(`the commits of ${ids.join(' and ')} stand at ${this.table}`, async () => {
      const standing = await this.standing();
      return ids.every((id) => standing.some(({ pipelineId }) => pipelineId === id)) ? standing : undefined;
    });
  }

  /** Ends the backends, so that what they had done is rolled back, whatever lay in their sockets. */
  async rollBack(commits: readonly StandingCommit[]): Promise<void> {
    const backends = commits.map(({ backend }) => backend);
    await this.watcher.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [backends]);
    await eventually('the backends of the dead service are gone', async () => {
      const { rowCount } = await this.watcher.query(
        'SELECT FROM pg_stat_activity WHERE pid = ANY ($1::int[])',
        [backends],
      );
      return rowCount === 0 ? true : undefined;
    });
  }

  async open(): Promise<void> {
    await this.holder.query('ROLLBACK');
  }
}
