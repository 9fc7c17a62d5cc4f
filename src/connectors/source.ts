// What the task loop sees of an input, whatever it is: Kafka, the Nexmark generator, a file. The reader fetches ahead on its
// own within a byte budget; the task pulls chunks when it has room, so backpressure is simply not pulling.
import type { MillraceError } from '../errors.ts';
import type { RecordColumns } from './record-columns.ts';

/** Where reading starts. `offsets` is what an epoch committed: partitions that it does not name are new and start at their earliest. */
export type StartPosition =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'timestamp'; readonly ms: number }
  | { readonly kind: 'offsets'; readonly offsets: ReadonlyMap<number, number> };

/** Where bounded reading ends (exclusive). Everything but `unbounded` is resolved to offsets once, when the reader opens. */
export type EndPosition =
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'timestamp'; readonly ms: number }
  | { readonly kind: 'offsets'; readonly offsets: ReadonlyMap<number, number> };

/**
 * The positions that opening resolved. Keep them with the first commit and open with `offsets` from then on: only so
 * "latest" means the same after a restart, and only with `identity` a topic that was deleted and made again is noticed.
 */
export interface ResolvedPositions {
  /** Identity of the input's incarnation (Kafka: topic id), undefined where the source has none. */
  readonly identity: string | undefined;
  readonly start: ReadonlyMap<number, number>;
  /** undefined = unbounded. */
  readonly end: ReadonlyMap<number, number> | undefined;
}

/** One step of one partition. `columns.count` may be 0: the position moved over records that do not count (markers, aborted ones). */
export interface SourceChunk {
  readonly partition: number;
  /** Lent until the next `take()` or `pause()` of this reader. */
  readonly columns: RecordColumns;
  /** What to commit as position once these records are processed: one past everything seen. */
  readonly nextOffset: number;
  /** One past the last record that a reader could see when this was fetched; lag = endOffset − nextOffset. */
  readonly endOffset: number;
  /** First offset that the source still holds. */
  readonly logStartOffset: number;
  /** Set where records were lost and the source is declared `on_data_loss = 'continue'`: [from, to) no longer exists. */
  readonly lost?: { readonly from: number; readonly to: number };
  /** Records from before the position, read again on demand: see replay.ts. */
  readonly isReplay?: boolean;
}

export type PartitionState =
  /** Being read, or waiting for its turn. */
  | 'reading'
  /** Nothing left to read now; `atEndSince` and `atEndUntil` say for how long that is proven. */
  | 'at-end'
  /** Its queue is full; fetching goes on when the task has drained it. */
  | 'backpressure'
  /** Paused by the task. */
  | 'paused'
  /** Cannot be fetched now; retried with backoff. */
  | 'unreachable'
  /** Bounded input, all taken. */
  | 'finished';

export interface PartitionStatus {
  readonly partition: number;
  readonly state: PartitionState;
  /** Position of the task: nextOffset of its last taken chunk. */
  readonly offset: number;
  /** End as of the last fetch; undefined before the first. */
  readonly endOffset: number | undefined;
  readonly logStartOffset: number | undefined;
  /** endOffset − offset, at least 0; undefined before the first fetch. */
  readonly lag: number | undefined;
  /**
   * Successful empty fetches at the end, with nothing queued, have shown from `atEndSince` until `atEndUntil` (ms of the
   * wall clock) that there is nothing to read. Idle means atEndUntil − atEndSince ≥ idle_timeout: a partition that is
   * lagging, paused or unreachable gets no new proof, so it cannot become idle. Both undefined once records arrive or a fetch fails.
   */
  readonly atEndSince: number | undefined;
  readonly atEndUntil: number | undefined;
}

export interface SourceStatus {
  readonly partitions: readonly PartitionStatus[];
  /** Sum over partitions of the known lags. */
  readonly lag: number;
  readonly queuedBytes: number;
  /** Since when (ms) some part of the input cannot be reached; undefined when all is well. */
  readonly unreachableSince: number | undefined;
  /** The last thing that went wrong, kept until all is well again. */
  readonly lastError: MillraceError | undefined;
  /** Bounded input, everything taken: the watermark may go to +∞. */
  readonly finished: boolean;
}

/**
 * An open input. Duties of the caller:
 * - one consumer; `take()` until undefined, then wait for the listener. Yield to the event loop now and then (an epoch's end is
 *   enough), otherwise nothing can be fetched;
 * - done with a chunk, and with every view of its bytes, before the next `take()` or `pause()`: the buffer is used again;
 * - `close()` exactly once at the end; afterwards `take()` gives undefined.
 */
export interface SourceReader {
  readonly positions: ResolvedPositions;
  /** Bounded input and all of it taken (the same as in `status()`, for the price of a look). */
  readonly finished: boolean;
  /** Partitions known now, ascending. It grows when the source gets more; new ones start at their earliest. */
  partitions(): readonly number[];
  /**
   * The next chunk, fairly over partitions; undefined when nothing is there now (or max_rate is used up). Never waits.
   * Throws the MillraceError that ended the reader (DATA_LOST, TOPIC_RECREATED, CORRUPT_BATCH …), after what was queued before it.
   */
  take(): SourceChunk | undefined;
  /** The one listener: called when `take()`, having given undefined, may give something or throw, or when the input has finished. */
  onReady(listener: () => void): void;
  /** Neither fetches nor delivers the partition until resumed (max_drift). What is queued stays queued. */
  pause(partition: number): void;
  resume(partition: number): void;
  status(): SourceStatus;
  close(): Promise<void>;
}
