// The edge between the decisions of a commit and the database. Two implementations: Postgres, and a simulated one in the
// tests, which run the same decisions through every fault.

import type { CommitStep } from './commit-steps.ts';
import type { PartitionProgress, SourceProgress, StoredSegment } from './write-plan.ts';

export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** The fence raised: another generation owns the pipeline. Nothing was written. */
  | { readonly kind: 'fence-raised' }
  /** The database said no, and would again. Nothing was written. */
  | { readonly kind: 'rejected'; readonly cause: unknown }
  /** No answer, or one that may be different next time: the transaction may or may not have happened, or may yet. */
  | { readonly kind: 'broken'; readonly cause: unknown };

export type RetakeOutcome =
  | { readonly kind: 'taken'; readonly generation: number; readonly epoch: number }
  | { readonly kind: 'taken-by-another' }
  | { readonly kind: 'rejected'; readonly cause: unknown }
  | { readonly kind: 'away'; readonly cause: unknown };

/** Where the pipeline stands when it is taken over: the last committed epoch, nothing newer, nothing older. */
export interface TakenOver {
  readonly generation: number;
  readonly epoch: number;
  readonly ts: bigint;
  readonly fold: number;
  readonly incarnation: number;
  readonly stateVersion: number;
  /** By how many tasks the state was written. */
  readonly tasks: number;
  readonly status: string;
  readonly partitions: readonly PartitionProgress[];
  readonly sources: readonly SourceProgress[];
  /** In the order (task, epoch, snapshot before delta, part). */
  readonly manifest: readonly StoredSegment[];
}

export interface SegmentContent extends StoredSegment {
  readonly bytes: Buffer;
}

export interface CommitPort {
  /** Makes `writer` the owner of the pipeline, whoever was before. Throws; transient errors may be tried again. */
  takeOver(writer: string): Promise<TakenOver>;
  /** Runs the steps as one transaction. Never throws. */
  commit(steps: readonly CommitStep[]): Promise<CommitOutcome>;
  /** Raises the generation to `target` if `writer` still is the owner; waits for a transaction in flight. Never throws. */
  retake(writer: string, target: number): Promise<RetakeOutcome>;
  /** Has nobody else taken the pipeline over since? Throws; transient errors may be tried again. */
  stillOwns(writer: string): Promise<boolean>;
  /** The segments of `manifest`, in its order. Throws; transient errors may be tried again. */
  readSegments(manifest: readonly StoredSegment[]): AsyncIterable<SegmentContent>;
  /** Writes the bytes of a segment that a later commit publishes. Throws; may be repeated. */
  writeAhead(stored: StoredSegment, bytes: Buffer): Promise<void>;
  /** Frees the folds below `fold` that the manifest no longer names. Throws; may be repeated, or left for later. */
  dropFolds(fold: number): Promise<void>;
  /** May the call that threw `error` succeed later? */
  isTransient(error: unknown): boolean;
  /** Throws when the wait is to be given up. */
  pause(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  close(): Promise<void>;
}
