// What one connection may have under way at once: the bytes of messages that its subscriptions have made and that have not left yet.
// Who comes when there is no room waits for its turn; a message that is larger than all of it goes alone.

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

export class InFlight {
  readonly #most: number;
  #held = 0;
  #waiting: Waiting[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** For one subscription, until `signal`. */
  share(signal: AbortSignal): InFlightShare {
    return new InFlightShare(this, signal);
  }

  get held(): number {
    return this.#held;
  }

  give(bytes: number): void {
    this.#held -= bytes;
    this.#admit();
  }

  /** Resolves when the bytes are held, true, or when the signal has come before, false. */
  take(bytes: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        resolve(false);
        this.#admit();
      };
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      };
      const waiting: Waiting = { bytes, go };
      if (signal.aborted) return resolve(false);
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#held > 0 && this.#held + next.bytes > this.#most) return;
      this.#waiting.shift();
      this.#held += next.bytes;
      next.go();
    }
  }
}

/** What one subscription holds of it. */
export class InFlightShare {
  readonly #of: InFlight;
  readonly #signal: AbortSignal;
  #held = 0;

  constructor(of: InFlight, signal: AbortSignal) {
    this.#of = of;
    this.#signal = signal;
  }

  /** Holds so many bytes from now on; waits for its turn when they are more than before. */
  async hold(bytes: number): Promise<void> {
    if (bytes > this.#held) {
      this.release();
      if (await this.#of.take(bytes, this.#signal)) this.#held = bytes;
      return;
    }
    this.#of.give(this.#held - bytes);
    this.#held = bytes;
  }

  release(): void {
    this.#of.give(this.#held);
    this.#held = 0;
  }
}
