// Waiting: how long after the n-th failure in a row, and a wait that can be cut short.

const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/** Exponential with jitter over its upper half, so that many readers do not come back in step. `failures` counts from 1. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return full / 2 + (random() * full) / 2;
}

/** A flag that one party waits on: `notify` before `wait` is not lost. */
export class Signal {
  private raised = false;
  private release: (() => void) | undefined;

  notify(): void {
    this.raised = true;
    this.release?.();
  }

  /** Until notified, `ms` at most. */
  async wait(ms: number): Promise<void> {
    if (!this.raised) {
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(ms) ? setTimeout(resolve, Math.max(0, ms)) : undefined;
        this.release = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.release = undefined;
    }
    this.raised = false;
  }
}
