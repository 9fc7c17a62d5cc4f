// What psql and `millrace status` see of a pipeline's life, kept in its row. Best effort: a database that is away is no
// reason to fail a pipeline, and the next change is written again.

import { MillraceError, renderError } from '../errors.ts';
import type { Pool } from '../postgres/pool.ts';
import type { RunnerState } from './runner.ts';

/** States that a row shows; `running` and `finished` are written by the commits themselves. */
const SHOWN: Partial<Record<RunnerState, string>> = {
  backoff: 'degraded',
  failed: 'failed',
  paused: 'paused',
};

export interface StatusWorld {
  readonly pool: Pool;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
}

/** What is no defect says itself what it is; where it was thrown helps nobody. */
function isDefect(cause: unknown): cause is Error {
  if (cause instanceof MillraceError) return cause.domain === 'internal';
  return cause instanceof Error;
}

/** `before`: what was recorded of the pipeline before this; on connections of a pool the later could overtake the earlier. */
export async function recordState(
  world: StatusWorld,
  pipelineId: number,
  name: string,
  state: RunnerState,
  cause: unknown,
  before: Promise<void>,
): Promise<void> {
  const text = cause === null ? null : renderError(cause);
  const bad =
    state === 'failed' || state === 'backoff' || state === 'fenced' || (state === 'paused' && text !== null);
  world.log(bad ? 'error' : 'info', `pipeline ${name} is ${state}`, {
    pipeline: pipelineId,
    ...(text === null ? {} : { cause: text }),
    ...(bad && isDefect(cause) ? { stack: cause.stack } : {}),
  });
  const status = SHOWN[state];
  if (status === undefined && state !== 'starting') return before;
  await before;
  const update =
    status === undefined
      ? world.pool.query(
          // Status and cause stay as they are until a commit clears both: no row says failed and not why.
          'UPDATE millrace.pipelines SET recovered = NULL, recovery_total = NULL WHERE id = $1',
          [pipelineId],
        )
      : world.pool.query(
          // A pause outlives the service, and so does its cause.
          `UPDATE millrace.pipelines SET status = $2, cause = coalesce($3, cause), paused = paused OR $2 = 'paused'
            WHERE id = $1`,
          [pipelineId, status, text],
        );
  await update.catch((error: unknown) =>
    world.log('warn', 'the state of a pipeline could not be recorded', { error: String(error) }),
  );
}

export async function setPaused(pool: Pool, pipelineId: number, paused: boolean): Promise<void> {
  await pool.query('UPDATE millrace.pipelines SET paused = $2 WHERE id = $1', [pipelineId, paused]);
}
