// Feeds the change feed of this process with commits that happen in others: a notification (or its possible loss) is only a
// wake-up, what is published was read from the change log.

import { EPOCH_CHANNEL } from '../postgres/channels.ts';
import { subscribe } from '../postgres/listen.ts';
import type { Pool } from '../postgres/pool.ts';
import type { ChangeFeed } from './change-feed.ts';
import { committedEpoch, readLog } from './change-log.ts';
import type { ViewLayout } from './view-layout.ts';

export interface ChangeTail {
  /** Resolves when notifications are listened to. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export function tailChanges(
  pool: Pool,
  feed: ChangeFeed,
  onError: (error: unknown) => void = () => {},
): ChangeTail {
  let again = false;
  let running: Promise<void> | null = null;
  let closed = false;

  const wake = (): void => {
    if (closed) return;
    again = true;
    running ??= run().finally(() => {
      running = null;
    });
  };

  async function run(): Promise<void> {
    while (again && !closed) {
      again = false;
      for (const { layout, last } of feed.remote()) {
        try {
          await catchUp(layout, last);
        } catch (error) {
          onError(error);
        }
      }
    }
  }

  /** A view that was never published starts at the present: its followers have their snapshot, or are told of the gap. */
  async function catchUp(layout: ViewLayout, last: number | null): Promise<void> {
    if (last === null) {
      const now = await pool.use((connection) => committedEpoch(connection, layout.pipelineId));
      if (now !== null) feed.publishView(layout.viewId, now, now, []);
      return;
    }
    for (let after = last; ;) {
      const page = await readLog(pool, { pipelineId: layout.pipelineId, viewId: layout.viewId, after });
      for (const { epoch, parts } of page.changes) {
        feed.publishView(layout.viewId, after, epoch, parts);
        after = epoch;
      }
      feed.publishView(layout.viewId, after, page.through, []);
      after = page.through;
      if (page.last) return;
    }
  }

  const listening = subscribe(pool.url, { applicationName: 'millrace change tail' }, [EPOCH_CHANNEL], {
    onNotification: wake,
    onGap: wake,
  });
  return {
    ready: listening.ready,
    async close() {
      closed = true;
      await listening.close();
      await running;
    },
  };
}
