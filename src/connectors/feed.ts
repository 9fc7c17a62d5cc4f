// A feed is what the demo writes into topics: events in a fixed order, each with its stream, partition and bytes. Event k of a
// stream always goes to partition k mod P as its record floor(k / P), so what a topic holds (its end offsets) says
// exactly what is still to be sent: a feed that died between two partitions goes on without a gap and without repeating itself.

import { Pace } from './pace.ts';

export interface FeedRecord {
  readonly key?: Buffer;
  readonly value: Buffer;
  readonly partition: number;
  /** Event time, milliseconds since 1970. */
  readonly timestamp: number;
}

export interface FeedBatch {
  readonly stream: string;
  readonly records: readonly FeedRecord[];
}

/** What a stream's topic holds: the end offset of each of its partitions. */
export type StreamProgress = readonly number[];

export interface Feed {
  /** Names of its streams. */
  readonly streams: readonly string[];
  /** Position in the order of all its events. */
  readonly position: number;
  /** No event is left. */
  readonly finished: boolean;
  /** Goes `events` further in the order and gives what is not in the topics yet. */
  next(events: number): readonly FeedBatch[];
}

/** Number of the first event of a stream that is missing in some partition. */
export function firstMissing(progress: StreamProgress): number {
  const partitions = progress.length;
  let first = Infinity;
  progress.forEach((end, partition) => (first = Math.min(first, end * partitions + partition)));
  return first;
}

/** Is event `k` of the stream not in its topic yet? */
export function isMissing(progress: StreamProgress, k: number): boolean {
  return Math.floor(k / progress.length) >= progress[k % progress.length]!;
}

const TICK_MS = 20;
const MAX_EVENTS_A_TICK = 5000;

/**
 * Sends a feed at `perSecond` events until it ends or `signal` aborts, one batch at a time. An error of `send` ends it: ask the
 * topics again where they are and start a new feed from there.
 */
export async function runFeed(
  feed: Feed,
  perSecond: number | null,
  send: (batch: FeedBatch) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const pace = new Pace(perSecond);
  while (!feed.finished && !signal.aborted) {
    const due = Math.min(pace.due(), MAX_EVENTS_A_TICK);
    pace.take(due);
    if (due > 0) for (const batch of feed.next(due)) await send(batch);
    if (perSecond !== null) await pause(Math.max(TICK_MS, pace.wait()), signal);
  }
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal.addEventListener('abort', done);
  });
}
