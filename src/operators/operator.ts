// The contract of operators: the one page to read before writing one.
//
// An operator is a synchronous, deterministic function of what it is given: no promise, no clock, no I/O, no
// transaction. It sees batches of signed changes and watermarks, keeps rows only in its state tables, and emits batches.
// The caller's duties: batches of one input arrive in order; `endEpoch` is called once per epoch after every input of the
// epoch (and after the `endEpoch` of everything upstream); the watermark of an operator never falls.

import type { Batch } from '../data/batch.ts';

/** Where an operator puts its output; the wiring passes it on to each reader. */
export interface Output {
  push(batch: Batch): void;
  /** A row whose expression fails at present (`diff` +1), or does no longer (−1). The task keeps count of them by view. */
  error(error: RowError, diff: number): void;
}

/** An expression that failed for a row or a group: shown in millrace.view_errors as long as it holds. */
export interface RowError {
  /** Postgres' SQLSTATE, such as 22012 for division by zero. */
  readonly sqlstate: string;
  readonly message: string;
  /** The expression, as the user wrote it. */
  readonly expression: string;
  /** The row or group, as text of its stream key and of the columns that the expression reads. */
  readonly row: string;
}

export interface Operator {
  /** Changes on input `port` (0 but for union and joins). The batch is lent for the call. */
  push(batch: Batch, port: number, out: Output): void;
  /** No row with an event time below `micros` will come any more. Called with rising values, and with +∞ at the end of bounded input. */
  watermark?(micros: bigint, out: Output): void;
  /**
   * The input of the epoch is complete: emit what is emitted once per epoch. `ts` is the time of the epoch (microseconds), the one reading
   * of the clock that now() sees in it; it rises from epoch to epoch.
   */
  endEpoch?(out: Output, ts: bigint): void;
  /** The next epoch time at which this operator has something to do without input; null: none. */
  nextDeadline?(): bigint | null;
  /** About how many rows one row of input becomes at present; absent: about one. Inputs give fewer records at a time where it is many. */
  fanOut?(): number;
  /** The watermark at which a window that is open here closes next, at the earliest; null: none is open. */
  nextClose?(): bigint | null;
}
