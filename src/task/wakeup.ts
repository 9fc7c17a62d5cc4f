// Waiting for the first of several things to happen, or for a time to pass, without a promise per event.

export class Wakeup {
  private pending = false;
  private release: (() => void) | null = null;

  /** Something happened: ends the wait at hand, or the next one at once. */
  wake(): void {
    if (this.release !== null) this.release();
    else this.pending = true;
  }

  async wait(ms: number): Promise<void> {
    if (this.pending) {
      this.pending = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.release?.(), ms);
      this.release = () => {
        clearTimeout(timer);
        this.release = null;
        resolve();
      };
    });
    this.pending = false;
  }
}
