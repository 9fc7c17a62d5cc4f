// What is kept for people to look at, and not for ever: answered requests, late rows, dead letters. Each is bounded by age and by
// number, oldest first, in statements of a bounded size and on connections of the pool, so that no commit waits for it.

import type { Pool } from '../postgres/pool.ts';

/** null: no bound. */
export interface Bound {
  readonly keepMs: number | null;
  readonly keepRows: number | null;
}

export interface Retention {
  readonly requests: Bound;
  /** Of each pipeline. */
  readonly lateRows: Bound;
  /** Of each source. */
  readonly deadLetters: Bound;
}

interface Kept {
  readonly table: string;
  /** When a row came to be. */
  readonly at: string;
  /** Rows are counted by this column; null: all together. */
  readonly by: string | null;
  /** The order of age, within what is counted together. */
  readonly order: string;
  /** Rows that may go. */
  readonly done: string;
  /** Name in millrace.trimmed_rows; null: nobody needs to know. */
  readonly counted: string | null;
}

const REQUESTS: Kept = {
  table: 'millrace.requests',
  at: 'submitted_at',
  by: null,
  order: 'id',
  done: `status NOT IN ('waiting', 'taken')`,
  counted: null,
};

const LATE_ROWS: Kept = {
  table: 'millrace.late_rows',
  at: 'seen_at',
  by: 'pipeline_id',
  order: 'epoch, source_id, partition, "offset"',
  done: 'true',
  counted: 'late rows',
};

const DEAD_LETTERS: Kept = {
  table: 'millrace.dead_letters',
  at: 'seen_at',
  by: 'source_id',
  order: 'seen_at, partition, "offset"',
  done: 'true',
  counted: 'dead letters',
};

const AT_A_TIME = 20_000;

/** Removes what is over its bounds; how many rows that were. */
export async function trim(pool: Pool, retention: Retention, atATime = AT_A_TIME): Promise<number> {
  return (
    (await trimTable(pool, REQUESTS, retention.requests, atATime)) +
    (await trimTable(pool, LATE_ROWS, retention.lateRows, atATime)) +
    (await trimTable(pool, DEAD_LETTERS, retention.deadLetters, atATime))
  );
}

async function trimTable(pool: Pool, kept: Kept, bound: Bound, atATime: number): Promise<number> {
  let removed = 0;
  if (bound.keepMs !== null) {
    const old = `${kept.at} < clock_timestamp() - ${bound.keepMs} * interval '1 ms' AND ${kept.done}`;
    removed += await removeWhile(pool, kept, old, Infinity, atATime);
  }
  if (bound.keepRows === null) return removed;
  for (const { only, surplus } of await surplusOf(pool, kept, bound.keepRows))
    removed += await removeWhile(pool, kept, `${kept.done} AND ${only}`, surplus, atATime);
  return removed;
}

interface Surplus {
  /** The rows that are counted together, as a condition. */
  readonly only: string;
  readonly surplus: number;
}

async function surplusOf(pool: Pool, { table, by }: Kept, keepRows: number): Promise<readonly Surplus[]> {
  const { rows } = await pool.query<{ group: string | null; surplus: string }>(
    `SELECT ${by === null ? 'NULL' : `${by}::text`} AS group, (count(*) - $1)::text AS surplus
       FROM ${table} ${by === null ? '' : `GROUP BY ${by}`} HAVING count(*) > $1`,
    [keepRows],
  );
  return rows.map(({ group, surplus }) => ({
    only: by === null ? 'true' : `${by} = ${group}`,
    surplus: Number(surplus),
  }));
}

/** Removes the oldest rows that `condition` holds for, `most` at most, in portions. */
async function removeWhile(
  pool: Pool,
  kept: Kept,
  condition: string,
  most: number,
  atATime: number,
): Promise<number> {
  let removed = 0;
  while (removed < most) {
    const portion = Math.min(atATime, most - removed);
    const gone = await removePortion(pool, kept, condition, portion);
    removed += gone;
    if (gone < portion) break;
  }
  return removed;
}

async function removePortion(pool: Pool, kept: Kept, condition: string, portion: number): Promise<number> {
  const { table, order, counted } = kept;
  const returning = counted === null ? '0 AS pipeline_id, 0 AS source_id' : 'pipeline_id, source_id';
  const note =
    counted === null
      ? ''
      : `, noted AS (
         INSERT INTO millrace.trimmed_rows AS t (what, pipeline_id, source_id, rows)
         SELECT '${counted}', pipeline_id, source_id, count(*) FROM gone GROUP BY 2, 3
         ON CONFLICT (what, pipeline_id, source_id) DO UPDATE SET rows = t.rows + excluded.rows, trimmed_at = now())`;
  const { rows } = await pool.query<{ gone: string }>(
    `WITH gone AS (
       DELETE FROM ${table} WHERE ctid = ANY (ARRAY (
         SELECT ctid FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${portion}))
       RETURNING ${returning})${note}
     SELECT count(*)::text AS gone FROM gone`,
  );
  return Number(rows[0]!.gone);
}
