// max_rate: a bucket of records that fills with time; a tenth of a second may be taken at once.

export class RateLimit {
  private readonly perMs: number;
  private readonly capacity: number;
  private readonly now: () => number;
  private tokens: number;
  private filledAt: number;

  /** `perSecond` Infinity = no limit. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.perMs = perSecond / 1000;
    this.capacity = Math.max(1, perSecond / 10);
    this.now = now;
    this.tokens = this.capacity;
    this.filledAt = now();
  }

  /** How many records may be read now. */
  allowance(): number {
    if (this.perMs === Infinity) return Infinity;
    const now = this.now();
    this.tokens = Math.min(this.capacity, this.tokens + (now - this.filledAt) * this.perMs);
    this.filledAt = now;
    return Math.floor(this.tokens);
  }

  spend(records: number): void {
    this.tokens -= records;
  }

  /** Milliseconds until at least one record may be read. */
  waitMs(): number {
    return Math.max(1, Math.ceil((1 - this.tokens) / this.perMs));
  }
}
