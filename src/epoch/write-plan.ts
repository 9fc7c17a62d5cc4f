// What an epoch writes: one immutable value, complete and encoded before the next epoch touches any state. Executing it
// needs nothing of the engine, so it can be run again after a lost connection while the engine is already further on.

import type { ChangelogPart, EncodedViewChange } from '../postgres/write-step.ts';

// Epochs, offsets, ids and generations are doubles: at a thousand epochs a second 2^53 is 285,000 years away. Times are
// microseconds since 1970 as bigint, with ±infinity at the extremes of int64, as everywhere in Millrace.

/** Where a pipeline stands in one partition after the epoch. */
export interface PartitionProgress {
  readonly sourceId: number;
  readonly partition: number;
  /** One past the last record that belongs to this or an earlier epoch. */
  readonly nextOffset: number;
  /** Largest value of the watermark expression in offset order so far: what lateness is decided against. */
  readonly maxEventTime: bigint | null;
  readonly idle: boolean;
  /** End of the partition as last seen (for lag); null = unknown. */
  readonly logEndOffset: number | null;
  /** Where bounded reading ends (exclusive); null = unbounded. */
  readonly endOffset: number | null;
  /** Where the pipeline began to read it: kept from the first commit that says it. */
  readonly beginOffset?: number;
}

/** Where a pipeline stands in one source after the epoch. */
export interface SourceProgress {
  readonly sourceId: number;
  /** Minimum over the active partitions; never falls. null = nothing seen yet. */
  readonly watermark: bigint | null;
  /** The input's incarnation (Kafka: topic id), to notice one that was deleted and made again. */
  readonly identity: string | null;
}

export type SegmentKind = 'delta' | 'snapshot';

/** A piece of one task's state, at most MAX_PART_BYTES. Parts of one (task, kind) in an epoch count from 0, of several pieces in one epoch from multiples of 1024. */
export interface Segment {
  readonly task: number;
  readonly part: number;
  readonly kind: SegmentKind;
  /** Of a snapshot that is written over several epochs. */
  readonly piece?: true;
  readonly bytes: Buffer;
}

/** A segment whose bytes lie in Postgres: a line of the state manifest. */
export interface StoredSegment {
  readonly task: number;
  /** Of a delta: its epoch. Of a snapshot: the last epoch that it contains. */
  readonly epoch: number;
  readonly kind: SegmentKind;
  readonly part: number;
  /** Under which generation, and in which fold's table, the bytes were written. */
  readonly generation: number;
  readonly fold: number;
  readonly size: number;
}

/**
 * Segments of the task up to and including epoch `through` leave the manifest in this commit: snapshots, whole or in pieces, that
 * this commit adds or that are there already hold what they held. Recovery reads the snapshots of an epoch before its deltas.
 */
export interface Fold {
  readonly task: number;
  readonly through: number;
  /** The snapshot was written in pieces by earlier epochs; or will be by this and later ones, when `through` is 0. */
  readonly pieces?: true;
}

export interface StateChanges {
  /** Written in the transaction itself: deltas, and snapshots that are small. */
  readonly segments: readonly Segment[];
  /** Written before, by `writeAhead`; the transaction only adds them to the manifest. */
  readonly ahead: readonly StoredSegment[];
  readonly folds: readonly Fold[];
}

/** A row that came after the watermark had passed it: it entered no operator. */
export interface LateRow {
  readonly sourceId: number;
  readonly partition: number;
  readonly offset: number;
  readonly eventTime: bigint;
  /** What it was compared with. */
  readonly watermark: bigint;
  readonly raw: Buffer | null;
}

/** A record that could not be decoded. Keyed (source, partition, offset): a second pipeline that meets it adds nothing. */
export interface DeadLetter {
  readonly sourceId: number;
  readonly partition: number;
  readonly offset: number;
  /** Stable reason, such as INVALID_JSON. */
  readonly code: string;
  readonly message: string;
  readonly raw: Buffer | null;
  /** The record's own timestamp. */
  readonly timestamp: bigint | null;
}

/** A dead letter that was decoded again. One that is still invalid is in `deadLetters` too, and stays dead. */
export interface ReplayedRecord {
  readonly sourceId: number;
  readonly partition: number;
  readonly offset: number;
}

/** A row or group whose expression fails from now on (`weight` +1) or does no longer (−1). */
export interface ViewErrorChange {
  readonly viewId: number;
  readonly sqlstate: string;
  readonly message: string;
  readonly expression: string;
  readonly row: string;
  readonly weight: number;
}

/** Shown in millrace.epochs, which keeps the last thousand epochs of a pipeline. */
export interface EpochStatistics {
  readonly startedAt: bigint;
  readonly rowsIn: number;
  readonly bytesIn: number;
  readonly rowsOut: number;
  readonly stateBytes: number;
  /** The event time at which the next open window closes, at the earliest; null: none is open. */
  readonly nextClose: bigint | null;
}

export type PipelineStatus = 'running' | 'finished';

export interface WritePlan {
  readonly pipelineId: number;
  /** n: follows n − 1, nothing else. */
  readonly epoch: number;
  /** The one clock reading that processing-time functions of this epoch see. */
  readonly ts: bigint;
  /** Only what moved. */
  readonly partitions: readonly PartitionProgress[];
  readonly sources: readonly SourceProgress[];
  /** As how many tasks the pipeline runs. The first plan of another number holds the whole state anew. */
  readonly tasks: number;
  readonly state: StateChanges;
  readonly views: readonly EncodedViewChange[];
  readonly changelog: readonly ChangelogPart[];
  readonly lateRows: readonly LateRow[];
  readonly deadLetters: readonly DeadLetter[];
  /** Absent: none. */
  readonly replayed?: readonly ReplayedRecord[];
  readonly viewErrors: readonly ViewErrorChange[];
  readonly statistics: EpochStatistics;
  readonly status: PipelineStatus;
}

/** Epochs are strictly ordered in time even when the clock steps back. */
export function nextEpochTs(previous: bigint, clock: bigint): bigint {
  return clock > previous ? clock : previous + 1n;
}
