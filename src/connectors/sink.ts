// What the task sees of an output, whatever it is. A sink's output becomes part of an epoch in two phases, so that it is exactly once
// with respect to the committed epochs, whenever the process dies:
//
//     push* → cut      the epoch's rows, encoded while it computes: an immutable value, part of its write plan
//     stage            before the transaction: the output is durable, but not visible; gives the position that the
//                      transaction records beside offsets and state
//     COMMIT
//     publish          the output is made visible
//     recover          on every start, with the position of the last committed epoch: publishes what was committed and not
//                      yet published, takes back what was staged and not committed

import type { Batch } from '../data/batch.ts';

/** What an epoch records of a sink: plain JSON, the sink's own business. */
export type SinkPosition = Readonly<Record<string, string | number>>;

/** The output of one epoch. Immutable: it may be staged again after a takeover. */
export interface SinkOutput {
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** Changes of the sink's running totals; see blackhole. */
  readonly checksum: string;
}

/**
 * Duties of the caller: `recover` first; then, epoch by epoch and in order, `stage` → COMMIT → `publish`. Rows of the next epoch may be
 * pushed meanwhile. After a COMMIT whose outcome is unknown: `recover` with what the takeover read.
 */
export interface SinkWriter {
  /** Brings the outside world to the last committed epoch; null: none has been committed yet. */
  recover(committed: SinkPosition | null): Promise<void>;
  /** Encodes the rows of a batch into the running epoch. The batch is lent for the call. */
  push(batch: Batch): void;
  /** Bytes of the running epoch that are held. */
  epochBytes(): number;
  /** Ends the running epoch. */
  cut(): SinkOutput;
  /** The position after this output, to be recorded by the epoch's transaction. */
  stage(output: SinkOutput): Promise<SinkPosition>;
  publish(output: SinkOutput): Promise<void>;
  close(): Promise<void>;
}
