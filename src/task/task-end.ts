// Where rows leave a task: a view or a sink. What it took in an epoch becomes part of the epoch's write plan.

import type { Batch } from '../data/batch.ts';
import type { ChangelogPart, EncodedViewChange } from '../postgres/write-step.ts';

export interface EndOutput {
  readonly changes: EncodedViewChange | null;
  readonly changelog: readonly ChangelogPart[];
  /** Net changes. */
  readonly rows: number;
  /** To be done before the commit; what it gives is written in the epoch's transaction. */
  readonly stage: (() => Promise<EncodedViewChange>) | null;
  /** To be done once the epoch is durable. */
  readonly afterCommit: (() => Promise<void>) | null;
}

export interface TaskEnd {
  /** The batch is lent: what is kept is copied. */
  push(batch: Batch): void;
  /** No row with an event time below `micros` will come any more. */
  watermark?(micros: bigint): void;
  /** Encodes the epoch and forgets it. */
  endEpoch(epoch: number): EndOutput;
  /** Bytes held at present, and those that ending the epoch will take. */
  bytes(): number;
  /** Bytes of what the epoch at hand has brought. */
  epochBytes(): number;
  close(): Promise<void>;
}
