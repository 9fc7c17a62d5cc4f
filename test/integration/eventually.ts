// Waiting for a condition, with a deadline and with what was last seen in the error.

import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 25;
export const PATIENCE_MS = 60_000;

/** Asks until the answer is not undefined. An error of `ask` counts as "not yet". */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs / 1000} s: ${what}`, { cause: last });
    await sleep(ASK_EVERY_MS);
  }
}

/** Asks until it holds; what `describe` says goes into the error. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  describe: () => string = () => '',
  withinMs = PATIENCE_MS,
): Promise<void> {
  try {
    await eventually(what, async () => ((await holds()) ? true : undefined), withinMs);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${describe()}`, {
      cause: error,
    });
  }
}
