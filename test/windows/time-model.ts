// Event time as docs/architecture.md tells it, for tests: written from that text, in plain numbers, without a look at src/task. It is told
// what each epoch read and which partitions were found idle, and says which rows are late, where the watermark is, which
// windows are closed and which partitions are held.

export interface ModelOptions {
  readonly partitions: number;
  /** The watermark expression is the time less this. */
  readonly delay: number;
  readonly lateness: number;
  readonly maxFuture: number | null;
  readonly maxDrift: number | null;
}

export interface ModelRow {
  readonly offset: number;
  /** Microseconds; null: the row has no time. */
  readonly time: number | null;
  /** Microseconds; null: the broker tells none. */
  readonly broker: number | null;
}

interface Partition {
  /** Prefix maximum of the watermark expression. */
  reached: number;
  idle: boolean;
  ended: boolean;
}

export class TimeModel {
  watermark = -Infinity;
  private readonly options: ModelOptions;
  private partitions: Partition[];

  constructor(options: ModelOptions) {
    this.options = options;
    this.partitions = Array.from({ length: options.partitions }, () => ({
      reached: -Infinity,
      idle: false,
      ended: false,
    }));
  }

  /** As of the last finished epoch: what a restart returns to. */
  copy(): TimeModel {
    const copy = new TimeModel(this.options);
    copy.watermark = this.watermark;
    copy.partitions = this.partitions.map((partition) => ({ ...partition }));
    return copy;
  }

  /** Offsets of the rows that are late. */
  read(p: number, rows: readonly ModelRow[]): number[] {
    const partition = this.partitions[p]!;
    this.activate(partition);
    const late: number[] = [];
    for (const { offset, time, broker } of rows) {
      if (time === null) continue;
      if (time < partition.reached - this.options.lateness) {
        late.push(offset);
        continue;
      }
      const { maxFuture } = this.options;
      if (maxFuture !== null && broker !== null && time > broker + maxFuture) continue;
      partition.reached = Math.max(partition.reached, time - this.options.delay);
    }
    return late;
  }

  /** Comes back from idleness: the watermark that was committed without it counts for its rows. */
  private activate(partition: Partition): void {
    if (partition.idle) partition.reached = Math.max(partition.reached, this.watermark);
    partition.idle = false;
  }

  /** `idle` and `ended` are those of all partitions as the epoch ends. */
  endEpoch(idle: ReadonlySet<number>, ended: ReadonlySet<number>): void {
    this.partitions.forEach((partition, p) => {
      if (idle.has(p)) partition.idle = true;
      else this.activate(partition);
      partition.ended = ended.has(p);
    });
    this.watermark = Math.max(this.watermark, this.together());
  }

  private together(): number {
    const open = this.partitions.filter((partition) => !partition.ended);
    if (open.length === 0) return Infinity;
    const active = open.filter((partition) => !partition.idle);
    // Nobody holds the watermark: it is where anybody is.
    if (active.length === 0) return Math.max(...this.partitions.map(({ reached }) => reached));
    return Math.min(...active.map(({ reached }) => reached));
  }

  /** Windows that end up to here are closed. */
  closedThrough(): number {
    return this.watermark - this.options.lateness;
  }

  /** Partitions too far ahead of the slowest active one. */
  held(): number[] {
    const { maxDrift } = this.options;
    if (maxDrift === null) return [];
    const active = [...this.partitions.entries()].filter(([, { idle, ended }]) => !idle && !ended);
    const told = active.filter(([, { reached }]) => reached > -Infinity);
    const slowest = Math.min(...told.map(([, { reached }]) => reached));
    return told.filter(([, { reached }]) => reached > slowest + maxDrift).map(([p]) => p);
  }
}
