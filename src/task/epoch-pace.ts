// How long an epoch lasts: as short as commits allow when input is quiet, longer under load so that the fixed cost of a commit is
// spread over more rows, never longer than the checkpoint interval. Pure decisions on measured times, in milliseconds.

export interface PaceLimits {
  readonly checkpointIntervalMs: number;
  /** Bytes of one epoch, as they come in or as they go out. */
  readonly maxEpochBytes: number;
}

/** While input is waiting, an epoch lasts so many times its commit. */
const COMMIT_SHARE = 8;

export class EpochPace {
  private readonly limits: PaceLimits;
  /** Moving average of commit latency. */
  commitMs = 2;

  constructor(limits: PaceLimits) {
    this.limits = limits;
  }

  committed(ms: number): void {
    this.commitMs += (ms - this.commitMs) * 0.2;
  }

  /** Is it time to end an epoch that has run for `elapsed` and holds `bytes`? `more`: input is waiting. */
  isOver(elapsed: number, bytes: number, more: boolean, committing: boolean): boolean {
    if (bytes >= this.limits.maxEpochBytes) return true;
    if (elapsed >= this.limits.checkpointIntervalMs) return true;
    // A second epoch would only queue behind the commit in flight: go on collecting.
    if (committing) return false;
    return more ? elapsed >= this.commitMs * COMMIT_SHARE : true;
  }
}
