// Waiting between attempts: exponential with full jitter (Brooker, "Exponential Backoff And Jitter"), so that many who
// lost the same server do not come back at once.

import { setTimeout as delay } from 'node:timers/promises';

export interface BackoffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: BackoffBounds = { firstMs: 20, maxMs: 5_000 };

/** How long to wait before attempt `attempt` (1 = the first repetition). `random` is in [0, 1). */
export function backoffMs(attempt: number, random: number, bounds: BackoffBounds = DEFAULT_BACKOFF): number {
  const ceiling = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.ceil(ceiling * (0.5 + random / 2));
}

/** Waits, or throws the signal's reason. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal });
}
