// Which rows of a batch are late: the prefix maximum of lateness.ts, row by row. Two forms of one loop. The first reads times as pairs of
// words and compares them as doubles, which are exact for all times that occur; V8 makes an object of every bigint that it
// compares. At the first row whose time is none of these it leaves the rest to the second.

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

/** How far a batch has been sifted. */
export interface Sifted {
  readonly next: number;
  readonly kept: number;
}

const NONE: Sifted = { next: 0, kept: 0 };
const TWO_32 = 4294967296;
/** High words of times that are exact doubles, and so are their differences: the years 1827 to 2112. */
const EXACT_HIGH = 1 << 20;
const EXACT = 2 ** 52;

export function siftPlain(time: PartitionTime, options: LatenessOptions, rows: SiftedRows): Sifted {
  const { timeNulls, markNulls, brokerMs, keep, late } = rows;
  const lateness = Number(options.allowedLateness);
  const maxFuture = Number(options.maxFuture ?? 0n);
  let max = time.max === null ? -Infinity : Number(time.max);
  if (lateness > EXACT || maxFuture > EXACT || (time.max !== null && Math.abs(max) > EXACT)) return NONE;
  const unbounded = options.maxFuture === null;
  const times = wordsOf(rows.times);
  const marks = wordsOf(rows.marks);
  let bound = max - lateness;
  let kept = 0;
  let i = 0;
  for (; i < rows.count; i++) {
    if (timeNulls !== null && timeNulls[i] === 1) {
      keep[kept++] = i;
      continue;
    }
    const high = times[2 * i + 1]!;
    const markHigh = marks[2 * i + 1]!;
    const marked = markNulls === null || markNulls[i] === 0;
    if (high < -EXACT_HIGH || high >= EXACT_HIGH) break;
    if (marked && (markHigh < -EXACT_HIGH || markHigh >= EXACT_HIGH)) break;
    const t = high * TWO_32 + (times[2 * i]! >>> 0);
    if (t < bound) {
      late.push({ row: i, eventTime: BigInt(t), watermark: BigInt(bound) });
      continue;
    }
    keep[kept++] = i;
    const mark = markHigh * TWO_32 + (marks[2 * i]! >>> 0);
    if (!marked || mark <= max) continue;
    if (!unbounded && brokerMs[i]! >= 0 && t > brokerMs[i]! * 1000 + maxFuture) continue;
    max = mark;
    bound = mark - lateness;
  }
  if (max !== -Infinity) time.max = BigInt(max);
  return { next: i, kept };
}

/** The rows from `from.next` on, whatever their times; returns how many are kept in all. */
export function siftExactly(
  time: PartitionTime,
  { allowedLateness, maxFuture }: LatenessOptions,
  { count, times, timeNulls, marks, markNulls, brokerMs, keep, late }: SiftedRows,
  from: Sifted,
): number {
  let max = time.max ?? MINUS_INFINITY;
  let bound = max === MINUS_INFINITY ? MINUS_INFINITY : max - allowedLateness;
  let { kept } = from;
  for (let i = from.next; i < count; i++) {
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

function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
