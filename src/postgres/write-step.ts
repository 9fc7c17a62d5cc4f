// What a view wants written in the transaction of an epoch, as values. Encoded when the epoch ends, executed when it
// commits (perhaps twice, see src/epoch/), so nothing here may depend on anything that changes in between.

/** A parameter: a Buffer is sent in binary, everything else as Postgres' text form. */
export type SqlValue = null | boolean | number | bigint | string | Buffer;

/**
 * One INSERT, UPDATE or DELETE. `name` identifies the prepared statement: one name, one text, for good (put the view's id
 * and incarnation into it; 63 bytes at most). No RETURNING and no trailing semicolon: the commit wraps the statement to
 * count its rows, and a count other than `expectRows` aborts the epoch, since the engine and the view then disagree.
 */
export interface SqlStep {
  readonly kind: 'sql';
  readonly name: string;
  readonly text: string;
  readonly values: readonly SqlValue[];
  /** undefined: any number. */
  readonly expectRows: number | undefined;
}

/** `COPY … FROM STDIN (FORMAT binary)`. `payload` joined is the whole stream, signature and trailer included. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly text: string;
  readonly payload: readonly Buffer[];
  readonly rows: number;
}

export type WriteStep = SqlStep | CopyStep;

/** The net change of one view in one epoch: deletes, then updates, then inserts, each sorted by key. */
export interface EncodedViewChange {
  readonly viewId: number;
  readonly steps: readonly WriteStep[];
}

/** A part of what one view's change log says about one epoch; the parts of an epoch count from 0. */
export interface ChangelogPart {
  readonly viewId: number;
  readonly part: number;
  readonly rows: number;
  readonly bytes: Buffer;
}

/** Large values stall the event loop and the server alike: segments and change-log parts are cut at 4 MiB. */
export const MAX_PART_BYTES = 4 * 1024 * 1024;
