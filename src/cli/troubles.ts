// What a pipeline goes on in spite of: rows whose expressions fail, and records that could not be decoded.

import type { Pool } from '../postgres/pool.ts';

/** SQL, of a pipeline p, as text. */
export const FAILING_ROWS = `(SELECT coalesce(sum(e.weight), 0)::text FROM millrace.view_errors e WHERE e.pipeline_id = p.id)`;

/** The same: those that were not taken in later. */
export const DEAD_LETTERS = `(SELECT count(*)::text FROM millrace.dead_letter_readers d WHERE d.pipeline_id = p.id AND d.state <> 'replayed')`;

/** By pipeline name, in words; pipelines without any are left out. */
export async function readTroubles(pool: Pool): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ name: string; failing: string; dead: string }>(
    `SELECT p.name, ${FAILING_ROWS} AS failing, ${DEAD_LETTERS} AS dead FROM millrace.pipelines p`,
  );
  return new Map(
    rows.flatMap(({ name, failing, dead }): [string, string][] => {
      const words = [
        ...(failing === '0' ? [] : [counted(failing, 'failing row')]),
        ...(dead === '0' ? [] : [counted(dead, 'dead letter')]),
      ];
      return words.length === 0 ? [] : [[name, words.join(', ')]];
    }),
  );
}

function counted(count: string, what: string): string {
  return `${count} ${what}${count === '1' ? '' : 's'}`;
}
