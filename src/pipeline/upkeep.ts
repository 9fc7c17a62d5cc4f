// What is done now and then beside the pipelines: the change log is rotated, and what was kept long enough is removed. An error waits
// for the next time; a database that is away is no reason to end.

import { rotateChangelog } from '../epoch/changelog-rotation.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Retention } from './retention.ts';
import { trim } from './retention.ts';

export interface Upkeep {
  /** Resolves when what it was doing is done. */
  stop(): Promise<void>;
}

export interface UpkeepOptions {
  readonly pool: Pool;
  readonly retention: Retention;
  readonly everyMs: number;
  readonly log: (level: 'info' | 'warn', message: string, fields: Record<string, unknown>) => void;
}

export function startUpkeep({ pool, retention, everyMs, log }: UpkeepOptions): Upkeep {
  let running: Promise<void> | null = null;
  const once = async (): Promise<void> => {
    try {
      const rotated = await rotateChangelog(pool);
      const trimmed = await trim(pool, retention);
      if (rotated.dropped + trimmed > 0) log('info', 'upkeep', { ...rotated, trimmed });
    } catch (error) {
      log('warn', 'upkeep was not done and is tried again later', { error: String(error) });
    }
  };
  const timer = setInterval(() => {
    running ??= once().finally(() => (running = null));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
