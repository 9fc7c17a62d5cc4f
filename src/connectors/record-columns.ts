// Records as columns: what every source hands to a decoder. A source may carry millions of records a second, so there is
// no object, slice or promise per record: a chunk is one byte buffer and a few typed arrays that say where things are.

/**
 * `count` records; row i is described by index i of every array. Bytes lie in `buffer`; starts and ends index it, half-open.
 * A start of −1 is SQL NULL (no key, no value, no headers); an empty key or value has start = end ≥ 0.
 *
 * The arrays are longer than `count` and are reused: everything here is valid only until the next `take()` of the reader
 * that gave it. Whoever keeps bytes longer copies them.
 *
 * Offsets are doubles: an offset stays below 2^53 (at ten million records a second a partition gets there in 28 years),
 * and a Float64Array spares the BigInt per record that an Int64 column costs. Within a chunk they strictly increase, with gaps.
 */
export interface RecordColumns {
  buffer: Uint8Array;
  count: number;
  /** Position in the partition, exact below 2^53. */
  readonly offsets: Float64Array;
  /** Milliseconds since 1970 as the source recorded them (Kafka: create or append time); −1 = none. */
  readonly timestamps: Float64Array;
  readonly keyStart: Int32Array;
  readonly keyEnd: Int32Array;
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  /** Headers in the record format's own encoding (see `readHeaders` of the connector); −1 = none. */
  readonly headersStart: Int32Array;
  readonly headersEnd: Int32Array;
}

const NO_BYTES = new Uint8Array(0);

/** Empty columns with room for `capacity` records. */
export function allocateRecordColumns(capacity: number): RecordColumns {
  return {
    buffer: NO_BYTES,
    count: 0,
    offsets: new Float64Array(capacity),
    timestamps: new Float64Array(capacity),
    keyStart: new Int32Array(capacity),
    keyEnd: new Int32Array(capacity),
    valueStart: new Int32Array(capacity),
    valueEnd: new Int32Array(capacity),
    headersStart: new Int32Array(capacity),
    headersEnd: new Int32Array(capacity),
  };
}

/** Drops the bytes that the columns point into, so that a reader at rest holds no large buffer. */
export function clearRecordColumns(columns: RecordColumns): void {
  columns.count = 0;
  columns.buffer = NO_BYTES;
}
