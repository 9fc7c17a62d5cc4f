// Event time of one source: which rows are late, and how far the watermark is. Pure decisions, in offset order, so that
// they depend neither on batching nor on parallelism (docs/architecture.md, Time).
//
// Per partition the prefix maximum of the watermark expression is kept. A row is late when its event time is below that
// maximum, taken before the row, less the allowed lateness. The watermark of the source is the minimum over its active
// partitions and never falls. A partition that did not take part in that minimum (idle, or new) is also held against
// the watermark that was committed without it. When all partitions are idle nothing holds the watermark: it goes to the largest of
// their maxima, so that the last windows of a stream that rests are closed.

import type { Batch } from '../data/batch.ts';
import type { LatenessOptions, PartitionTime, SiftedRows } from './sift.ts';
import { siftExactly, siftPlain } from './sift.ts';

const PLUS_INFINITY = 2n ** 63n - 1n;

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
    const sifted = siftPlain(time, this.options, rows);
    return sifted.next === rows.count ? sifted.kept : siftExactly(time, this.options, rows, sifted);
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

/** Event times and watermark marks of a batch, or null when a column is of another layout. */
export function timesOf(batch: Batch, column: number): { values: BigInt64Array; nulls: Uint8Array | null } {
  const times = batch.columns[column];
  if (times?.layout !== 'i64') throw new Error('event time is not a timestamp column');
  return { values: times.values, nulls: times.nulls };
}
