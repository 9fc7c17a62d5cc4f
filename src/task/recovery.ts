// How far the tasks of a pipeline are with reading their state back. No more is read from Postgres than the tasks keep up with.

/** Bytes that were sent to the tasks, and not yet taken by them. */
const MAX_UNDER_WAY = 32 * 1024 * 1024;

export interface RecoveryProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export class Recovery {
  readonly totalBytes: number;
  private readonly onProgress: (progress: RecoveryProgress) => void;
  private sent = 0;
  private taken = 0;

  constructor(totalBytes: number, onProgress: (progress: RecoveryProgress) => void) {
    this.totalBytes = totalBytes;
    this.onProgress = onProgress;
  }

  get hasRoom(): boolean {
    return this.sent - this.taken < MAX_UNDER_WAY;
  }

  send(bytes: number): void {
    this.sent += bytes;
  }

  take(bytes: number): void {
    this.taken += bytes;
    this.onProgress({ doneBytes: this.taken, totalBytes: this.totalBytes });
  }
}
