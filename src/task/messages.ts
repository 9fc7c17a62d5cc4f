// Everything that tasks say, to their coordinator and to each other. Plain values: they cross threads and processes.
//
//   coordinator                     every task
//   segment …, start        ──▶     reads its state back
//                           ◀──     recovered …              (so much of it was read)
//                           ◀──     ready
//                           ◀──     input …, moved           (rows have come; idleness or an end changed)
//   cut                     ──▶     takes no more input
//                           ◀──     cut                      (where its partitions stand)
//   end                     ──▶     ends the epoch, level by level, exchanging the rest of the rows
//                           ◀──     share                    (its part of the write plan) and goes on with the next epoch
//   stage                   ──▶     makes the output of sinks durable, not visible
//                           ◀──     staged
//   publish                 ──▶     after the commit
//                           ◀──     published
//   close                   ──▶     closes its inputs
//                           ◀──     closed
//
// A task that fails says `failed`, if it still can.

import type { SegmentContent } from '../epoch/commit-port.ts';
import type {
  DeadLetter,
  LateRow,
  PartitionProgress,
  ReplayedRecord,
  StateChanges,
  ViewErrorChange,
} from '../epoch/write-plan.ts';
import type { NodeFigures } from '../operators/meter.ts';
import type { ChangelogPart, EncodedViewChange } from '../postgres/write-step.ts';
import type { MemoryUse } from './memory-cap.ts';
import type { ErrorMessage } from './task-error.ts';

export type ToTask =
  | { readonly kind: 'segment'; readonly content: SegmentContent }
  | { readonly kind: 'start' }
  | { readonly kind: 'cut' }
  | EpochEnd
  | { readonly kind: 'stage'; readonly epoch: number }
  | { readonly kind: 'publish'; readonly epoch: number }
  | { readonly kind: 'close' };

export interface EpochEnd {
  readonly kind: 'end';
  readonly epoch: number;
  /** The one clock reading of the epoch. */
  readonly ts: bigint;
  readonly sources: readonly SourceTime[];
}

/** Event time of a source over all its partitions, whoever reads them. */
export interface SourceTime {
  readonly sourceId: number;
  readonly watermark: bigint | null;
  /** Least prefix maximum of its active partitions: others may be ahead of it by max_drift. */
  readonly slowest: bigint | null;
}

export type FromTask =
  | { readonly kind: 'recovered'; readonly bytes: number; readonly memory: MemoryUse }
  | { readonly kind: 'ready'; readonly identities: readonly SourceIdentity[] }
  | InputReport
  | { readonly kind: 'moved' }
  | CutReport
  | { readonly kind: 'share'; readonly share: EpochShare }
  | { readonly kind: 'staged'; readonly epoch: number; readonly views: readonly EncodedViewChange[] }
  | { readonly kind: 'published'; readonly epoch: number }
  | { readonly kind: 'failed'; readonly error: ErrorMessage }
  | { readonly kind: 'closed' };

export interface SourceIdentity {
  readonly sourceId: number;
  readonly identity: string | null;
}

/** What the task has taken in the epoch so far. */
export interface InputReport {
  readonly kind: 'input';
  readonly rows: number;
  /** As they came in, or as they go out: whichever is more. */
  readonly bytes: number;
  /** More is waiting, or rows are still on their way between tasks. */
  readonly more: boolean;
  /** Records not yet taken. */
  readonly lag: number;
  readonly memory: MemoryUse;
}

export interface CutReport {
  readonly kind: 'cut';
  readonly sources: readonly SourceReport[];
  /** All its bounded input was taken. */
  readonly finished: boolean;
  readonly lag: number;
}

export interface SourceReport {
  readonly sourceId: number;
  readonly partitions: readonly PartitionReport[];
}

export interface PartitionReport {
  readonly partition: number;
  readonly max: bigint | null;
  readonly idle: boolean;
  readonly finished: boolean;
}

/** A task's part of an epoch. Complete and encoded: nothing in it changes any more. */
export interface EpochShare {
  readonly epoch: number;
  readonly partitions: readonly PartitionProgress[];
  readonly state: StateChanges;
  readonly views: readonly EncodedViewChange[];
  readonly changelog: readonly ChangelogPart[];
  readonly lateRows: readonly LateRow[];
  readonly deadLetters: readonly DeadLetter[];
  readonly replayed: readonly ReplayedRecord[];
  readonly viewErrors: readonly ViewErrorChange[];
  /** When an epoch is due though no input comes, by the clock; null: never. */
  readonly deadline: bigint | null;
  /** Sinks have output to be staged, and to be published. */
  readonly stages: boolean;
  readonly publishes: boolean;
  readonly figures: TaskFigures;
}

export interface TaskFigures {
  /** Of the epoch. */
  readonly rowsIn: number;
  readonly bytesIn: number;
  readonly rowsOut: number;
  readonly stateBytes: number;
  /** At its end. */
  readonly memory: MemoryUse;
  /** The event time at which the next open window closes, at the earliest; null: none is open. */
  readonly nextClose: bigint | null;
  /** Since the task started: invalid records by source, what each node has done, rows sent to other tasks by exchange. */
  readonly rejected: readonly (readonly [sourceId: number, records: number])[];
  readonly nodes: readonly NodeFigures[];
  readonly rowsSent: readonly (readonly [exchange: number, rows: number])[];
}

/** Between tasks. Rows of an exchange arrive in the order in which they were sent, then the word that they were all. */
export type PeerMessage =
  | {
      readonly kind: 'rows';
      readonly from: number;
      readonly exchange: number;
      readonly epoch: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'all'; readonly from: number; readonly exchange: number; readonly epoch: number }
  /** So many bytes of an exchange were taken from the queue: the sender may send more. */
  | { readonly kind: 'taken'; readonly from: number; readonly exchange: number; readonly bytes: number };

/** How a task reaches the others. */
export interface Peers {
  post(to: number, message: PeerMessage): void;
  listen(listener: (message: PeerMessage) => void): void;
}
