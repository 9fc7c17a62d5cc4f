// What may be under way at once: the bytes of messages that subscriptions have made and that have not left yet, of one connection and of
// all of them together. Who comes when there is no room waits for its turn; a message that is larger than all of it goes alone. A
// connection that reads nothing while others wait for room is cut off.

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** All connections of a service. */
export class InFlightOfAll {
  readonly #room: InFlight;
  readonly #patienceMs: number;
  readonly #members = new Set<InFlight>();
  #watch: NodeJS.Timeout | null = null;

  constructor(most: number, patienceMs: number) {
    this.#room = new InFlight(most);
    this.#patienceMs = patienceMs;
  }

  get held(): number {
    return this.#room.held;
  }

  async take(member: InFlight, bytes: number, signal: AbortSignal): Promise<boolean> {
    this.#watch ??= setTimeout(() => this.#cutStalled(), this.#patienceMs).unref();
    if (!(await this.#room.take(bytes, signal))) return false;
    this.#members.add(member);
    return true;
  }

  give(member: InFlight, bytes: number): void {
    if (member.held === 0) this.#members.delete(member);
    this.#room.give(bytes);
  }

  #cutStalled(): void {
    this.#watch = null;
    if (!this.#room.isWaitedFor) return;
    const since = performance.now() - this.#patienceMs;
    for (const member of this.#members) if (member.movedAt <= since) member.cut();
    this.#watch = setTimeout(() => this.#cutStalled(), this.#patienceMs).unref();
  }
}

export class InFlight {
  readonly #most: number;
  readonly #within: InFlightOfAll | null;
  readonly cut: () => void;
  /** When something of it has left last, or has begun to be held. */
  movedAt = 0;
  #held = 0;
  #waiting: Waiting[] = [];

  constructor(most: number, within: InFlightOfAll | null = null, cut: () => void = () => undefined) {
    this.#most = most;
    this.#within = within;
    this.cut = cut;
  }

  /** For one subscription, until `signal`. */
  share(signal: AbortSignal): InFlightShare {
    return new InFlightShare(this, signal);
  }

  get held(): number {
    return this.#held;
  }

  get isWaitedFor(): boolean {
    return this.#waiting.length > 0;
  }

  give(bytes: number): void {
    this.#back(bytes);
    if (bytes > 0) this.#within?.give(this, bytes);
  }

  /** Resolves when the bytes are held, true, or when the signal has come before, false. */
  async take(bytes: number, signal: AbortSignal): Promise<boolean> {
    if (!(await this.#turn(bytes, signal))) return false;
    if (this.#within === null || (await this.#within.take(this, bytes, signal))) {
      this.movedAt = performance.now();
      return true;
    }
    this.#back(bytes);
    return false;
  }

  #back(bytes: number): void {
    this.#held -= bytes;
    if (bytes > 0) this.movedAt = performance.now();
    this.#admit();
  }

  #turn(bytes: number, signal: AbortSignal): Promise<boolean> {
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
