// How many events are due by the clock, for what makes events rather than waits for them: generators and the demo's feeds.

/** After a pause (a slow consumer, a suspended machine) at most this much is made up for. */
const MAX_BEHIND_MS = 1000;

export class Pace {
  private readonly perMs: number;
  private readonly now: () => number;
  private since: number;
  private taken = 0;

  /** `perSecond` null: everything is always due. */
  constructor(perSecond: number | null, now: () => number = () => performance.now()) {
    this.perMs = perSecond === null ? Infinity : perSecond / 1000;
    this.now = now;
    this.since = now();
  }

  due(): number {
    if (this.perMs === Infinity) return Infinity;
    const late = this.now() - this.since - this.taken / this.perMs;
    if (late > MAX_BEHIND_MS) this.since += late - MAX_BEHIND_MS;
    return Math.max(0, Math.floor((this.now() - this.since) * this.perMs) - this.taken);
  }

  take(events: number): void {
    this.taken += events;
  }

  /** Milliseconds until one more is due. */
  wait(): number {
    if (this.perMs === Infinity) return 0;
    return Math.max(0, Math.ceil(this.since + (this.taken + 1) / this.perMs - this.now()));
  }
}
