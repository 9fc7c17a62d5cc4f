// What a task sees of an input, whether it is a source that is read by offset or the change log of another pipeline's view.

import type { Batch } from '../data/batch.ts';
import type { DeadLetter, LateRow, ReplayedRecord, PartitionProgress } from '../epoch/write-plan.ts';
import type { NodeId } from '../physical/graph.ts';
import type { EncodedViewChange } from '../postgres/write-step.ts';
import type { SourceReport, SourceTime } from './messages.ts';

/** What was read in one step. */
export interface Taken {
  readonly rows: number;
  readonly bytes: number;
}

/** What an epoch commits of an input. */
export interface InputProgress {
  readonly partitions: readonly PartitionProgress[];
  readonly lateRows: readonly LateRow[];
  readonly deadLetters: readonly DeadLetter[];
  /** Absent: none. */
  readonly replayed?: readonly ReplayedRecord[];
  /** A position that is kept elsewhere, written in the same transaction. */
  readonly position: EncodedViewChange | null;
}

export interface EpochInput {
  readonly sourceId: number;
  readonly identity: string | null;
  /** Where its rows enter the graph. */
  readonly node: NodeId;
  /** Bounded, and all of it was taken. */
  readonly finished: boolean;
  /** Invalid records since the task started. */
  readonly rejected: number;
  /** The one listener: called when `take` may give something, or throw, after it gave nothing. */
  onReady(listener: () => void): void;
  /**
   * Reads a step and pushes its rows, of at most `most` records where the input can be cut anywhere; undefined when nothing is there
   * now. Throws what ended the input.
   */
  take(push: (batch: Batch) => void, most?: number): Taken | undefined;
  /** Brings idleness and ends up to date; true when that changes what an epoch would commit. */
  observe(): boolean;
  /** Where its partitions stand at the end of an epoch. */
  report(): SourceReport;
  /** How far event time is, told by the coordinator; gives the time below which no row will come any more (null: none yet). */
  advance(time: SourceTime): bigint | null;
  /** Once per epoch, after `advance`. */
  progress(): InputProgress;
  /** Records, or epochs, that are there and not yet taken. */
  lag(): number;
  /** Bytes that were read ahead. */
  bytes(): number;
  close(): Promise<void>;
}
