// How many records an input gives at a time. A record may become many rows (a join of everything with everything), and what a call
// has begun it finishes: so few at first, twice as many as long as they cost little, and fewer at once when they took long, when they
// filled much of the epoch, or when the state says that a record will become more rows than the last one did.

/** Records of the first slice. */
const FIRST = 64;
/** No chunk is larger. */
const MOST = 1 << 20;
/** How long a slice should take, in milliseconds. */
const SLICE_MS = 16;
/** What it should bring of what an epoch may hold. */
const SLICE_SHARE = 1 / 8;

export class SliceSize {
  private records = FIRST;
  private fanOut = 1;

  /** `fanOut`: about how many rows one record becomes at present. */
  next(fanOut: number): number {
    if (fanOut > this.fanOut) this.records = Math.max(1, (this.records * this.fanOut) / fanOut);
    this.fanOut = fanOut;
    return Math.floor(this.records);
  }

  /** `share`: what they brought, of what an epoch may hold. */
  took(records: number, ms: number, share: number): void {
    const cost = Math.max(ms / SLICE_MS, share / SLICE_SHARE);
    if (cost > 1) this.records = Math.max(1, Math.min(records, this.records) / cost);
    else if (cost < 0.5 && records >= Math.floor(this.records))
      this.records = Math.min(MOST, this.records * 2);
  }
}
