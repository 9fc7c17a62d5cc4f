// Keeps an eye on what the state folder takes on disk. Near its limit it says so; at the limit what we feed ourselves, the demo streams,
// waits. What users' own producers write is theirs to bound, by the retention of their topics.

import { setTimeout as sleep } from 'node:timers/promises';
import { diskUse } from '../dev/disk-use.ts';

const LOOK_MS = 15_000;
const NEAR = 0.9;
const MB = 1_000_000;

export interface DiskWatch {
  /** Bytes, when last looked. */
  readonly bytes: number;
  /** Sentence about a limit that is near or reached; null: all is well. */
  trouble(): string | null;
  /** Waits while the limit is reached. */
  room(signal: AbortSignal): Promise<void>;
  stop(): void;
}

export interface DiskLimits {
  readonly folder: string;
  readonly limitMb: number | null;
  readonly everyMs?: number;
}

/** Has looked once when it resolves. */
export async function watchDisk({ folder, limitMb, everyMs = LOOK_MS }: DiskLimits): Promise<DiskWatch> {
  const limit = limitMb === null ? Infinity : limitMb * MB;
  const stopped = new AbortController();
  let bytes = await diskUse(folder);
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
      if (!stopped.signal.aborted) bytes = await diskUse(folder);
    }
  })();
  looking.catch(() => {}); // diskUse does not reject; nobody waits for the loop
  return {
    get bytes() {
      return bytes;
    },
    trouble() {
      if (bytes < limit * NEAR) return null;
      const words = `the state folder takes ${megabytes(bytes)} of ${megabytes(limit)} MB`;
      return bytes < limit ? words : `${words}, the demo waits (MILLRACE_DISK_LIMIT_MB, or millrace reset)`;
    },
    async room(signal) {
      while (bytes >= limit && !signal.aborted)
        await sleep(Math.min(everyMs, 1000), undefined, { signal }).catch(() => {});
    },
    stop: () => stopped.abort(),
  };
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / MB);
}
