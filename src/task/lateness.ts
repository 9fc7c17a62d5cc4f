// Event time of one source: which rows are late, and how far the watermark is. Pure decisions, in offset order, so that
// they depend neither on batching nor on parallelism (docs/architecture.md, Time).
//
// Per partition the prefix maximum of the watermark expression is kept. A row is late when its event time is below that
// maximum, taken before the row, less the allowed lateness. The watermark of the source is the minimum over its active
// partitions and never falls. A partition that did not take part in that minimum (idle, or new) is also held against
// the watermark that was committed without it. When all partitions are idle nothing holds the watermark: it goes to the largest of
// their maxima, so that the last windows of a stream that rests are closed.

import type { Batch } from '../data/batch.ts';

export const PLUS_INFINITY = 2n ** 63n - 1n;
const MINUS_INFINITY = -(2n ** 63n);

export interface LatenessOptions {
  /** Microseconds. */
  readonly allowedLateness: bigint;
  /** A row more than this beyond its broker timestamp does not move the watermark; microseconds, null: no bound. */
  readonly maxFuture: bigint | null;
}

/** Where one partition stands; part of what an epoch commits. */
export interface PartitionTime {
  /** Prefix maximum of the watermark expression; null before the first row with a time. */
  max: bigint | null;
  idle: boolean;
  finished: boolean;
}

export class SourceClock {
  private readonly options: LatenessOptions;
  private readonly partitions = new Map<number, PartitionTime>();
  /** The watermark as of the last finished epoch; null: none yet. */
  watermark: bigint | null;

  constructor(options: LatenessOptions, watermark: bigint | null = null) {
    this.options = options;
    this.watermark = watermark;
  }

  partition(p: number): PartitionTime {
    let time = this.partitions.get(p);
    if (time === undefined) {
      time = { max: null, idle: false, finished: false };
      // A partition that appears when time has gone on was not part of the minimum.
      if (this.watermark !== null) time.max = this.watermark;
      this.partitions.set(p, time);
    }
    return time;
  }

  restore(p: number, max: bigint | null, idle: boolean): void {
    this.partitions.set(p, { max, idle, finished: false });
  }

  /**
   * What is known of a partition's idleness now. It does not only end with a row: a partition that is unreachable or paused, or was
   * idle before a restart, holds the watermark again, and its rows are held against what the watermark became without it.
   */
  setIdle(p: number, idle: boolean): void {
    const time = this.partition(p);
    if (time.idle && !idle && this.watermark !== null && (time.max === null || time.max < this.watermark))
      time.max = this.watermark;
    time.idle = idle;
  }

  /**
   * Goes through a batch of partition `p` in offset order. `times` is the event time and `marks` the watermark expression per
   * row, `brokerMs` the broker timestamp per row (−1: none). Writes the rows that are on time to `keep` and the others
   * to `late` with what they were held against, and returns how many are kept.
   */
  sift(p: number, rows: SiftedRows): number {
    this.setIdle(p, false);
    const time = this.partition(p);
    const { allowedLateness, maxFuture } = this.options;
    const { times, timeNulls, marks, markNulls, brokerMs, keep, late } = rows;
    let max = time.max ?? MINUS_INFINITY;
    let bound = max === MINUS_INFINITY ? MINUS_INFINITY : max - allowedLateness;
    let kept = 0;
    for (let i = 0; i < rows.count; i++) {
      if (timeNulls !== null && timeNulls[i] === 1) {
        keep[kept++] = i;
        continue;
      }
      const t = times[i]!;
      if (t < bound) {
        late.push({ row: i, eventTime: t, watermark: bound });
        continue;
      }
      keep[kept++] = i;
      if (markNulls !== null && markNulls[i] === 1) continue;
      const mark = marks[i]!;
      if (mark <= max || mark === PLUS_INFINITY) continue;
      if (maxFuture !== null && brokerMs[i]! >= 0 && t > BigInt(brokerMs[i]!) * 1000n + maxFuture) continue;
      max = mark;
      bound = max - allowedLateness;
    }
    if (max !== MINUS_INFINITY) time.max = max;
    return kept;
  }

  /** End of an epoch: the new watermark, which is what operators are told less the allowed lateness. */
  advance(): bigint | null {
    const reached = this.reached();
    if (reached !== null && (this.watermark === null || reached > this.watermark)) this.watermark = reached;
    return this.watermark;
  }

  /** How far the partitions are together; null where one of them has told nothing yet. */
  private reached(): bigint | null {
    const unfinished = [...this.partitions.values()].filter((time) => !time.finished);
    if (unfinished.length === 0) return this.partitions.size === 0 ? null : PLUS_INFINITY;
    const active = unfinished.filter((time) => !time.idle);
    if (active.length === 0) return greatest([...this.partitions.values()].map((time) => time.max));
    const told = active.flatMap((time) => (time.max === null ? [] : [time.max]));
    return told.length < active.length ? null : told.reduce((a, b) => (b < a ? b : a));
  }

  /** Least maximum of the active partitions; null: none is known. Others may be held back to stay near it. */
  slowest(): bigint | null {
    let slowest: bigint | null = null;
    for (const { max, idle, finished } of this.partitions.values())
      if (!idle && !finished && max !== null && (slowest === null || max < slowest)) slowest = max;
    return slowest;
  }

  /** The time up to which windows are closed: no row that is not late can fall before it. */
  closedThrough(): bigint | null {
    if (this.watermark === null || this.watermark === PLUS_INFINITY) return this.watermark;
    return this.watermark - this.options.allowedLateness;
  }
}

function greatest(maxima: readonly (bigint | null)[]): bigint | null {
  return maxima.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}

export interface LateRowMark {
  readonly row: number;
  readonly eventTime: bigint;
  readonly watermark: bigint;
}

export interface SiftedRows {
  readonly count: number;
  readonly times: BigInt64Array;
  readonly timeNulls: Uint8Array | null;
  readonly marks: BigInt64Array;
  readonly markNulls: Uint8Array | null;
  readonly brokerMs: Float64Array;
  /** Out: rows on time, in order. */
  readonly keep: Int32Array;
  /** Out: the others. */
  readonly late: LateRowMark[];
}

/** Event times and watermark marks of a batch, or null when a column is of another layout. */
export function timesOf(batch: Batch, column: number): { values: BigInt64Array; nulls: Uint8Array | null } {
  const times = batch.columns[column];
  if (times?.layout !== 'i64') throw new Error('event time is not a timestamp column');
  return { values: times.values, nulls: times.nulls };
}
