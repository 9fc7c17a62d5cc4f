// What every format is to the task: a decoder of the values of records into columns.

import type { Batch } from '../../data/batch.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { DeclaredColumn } from './column-slot.ts';
import type { Reject } from './rejection.ts';

export interface DecoderOptions {
  /** The columns that the source declares, by whose names the fields of records are found. */
  readonly columns: readonly DeclaredColumn[];
  /** Which of them are wanted, as indexes: column k of the output is `columns[projected[k]]`. */
  readonly projected: readonly number[];
  /** `strict`: every declared column must convert. `projected`: only the wanted ones. Records must be well-formed in both. */
  readonly validate: 'strict' | 'projected';
}

export interface RecordDecoder {
  /**
   * Decodes the values of records `from … to` into rows 0, 1, … of `out` (what it held is gone), whose first columns are the wanted
   * ones. Records that are not rows go to `reject`. Text points into `records.buffer` or into a buffer of this decoder, null
   * bytes belong to it too: the batch is good until the next `decode`, and no longer than the records are.
   */
  decode(records: RecordColumns, from: number, to: number, out: Batch, reject: Reject): void;
  /** Of a TABLE: what each row of the last `decode` does; see table-decoder.ts. */
  readonly operations?: Uint8Array | undefined;
  /** For each row of the last `decode`, the record that it came from. */
  readonly recordIndex: Int32Array;
  /** The generated readers as they are now, for EXPLAIN (CODE). */
  readonly source: string;
}
