// Reads `COPY … TO STDOUT (FORMAT binary)` into batches, chunk by chunk: the fastest way out of Postgres (463 MB/s against
// 120–145 of SELECT), with memory for one chunk.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { RowSchema } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import { readCells } from './binary-read.ts';
import { COPY_HEADER } from './copy-binary.ts';

export class CopyBinaryReader {
  readonly #schema: RowSchema;
  #rest: Buffer = Buffer.alloc(0);
  #started = false;
  #ended = false;
  #places = new Int32Array(1024);
  #lengths = new Int32Array(1024);

  constructor(schema: RowSchema) {
    this.#schema = schema;
  }

  /** The rows that are complete with this chunk, or null when none is. The batch stays valid. */
  push(chunk: Buffer): Batch | null {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    if (!this.#started) {
      if (bytes.length < COPY_HEADER.length) {
        this.#rest = bytes;
        return null;
      }
      at = COPY_HEADER.length + bytes.readInt32BE(COPY_HEADER.length - 4);
      this.#started = true;
    }
    const { rows, next } = this.#findRows(bytes, at);
    this.#rest = bytes.subarray(next);
    return rows === 0 ? null : this.#decode(bytes, rows);
  }

  /** To be called at the end of the stream: a stream cut short is an error, never a short answer. */
  end(): void {
    if (this.#ended && this.#rest.length === 0) return;
    throw new MillraceError({
      code: 'INTERNAL',
      domain: 'internal',
      message: 'a binary COPY ended before its trailer',
      retryable: true,
    });
  }

  #findRows(bytes: Buffer, from: number): { rows: number; next: number } {
    const width = this.#schema.length;
    let rows = 0;
    let next = from;
    while (next + 2 <= bytes.length) {
      const fields = bytes.readInt16BE(next);
      if (fields === -1) {
        this.#ended = true;
        return { rows, next: next + 2 };
      }
      if (fields !== width) throw wrongShape(fields, width);
      const end = this.#findCells(bytes, next + 2, rows * width);
      if (end < 0) break;
      next = end;
      rows++;
    }
    return { rows, next };
  }

  /** Notes where the cells of one row are; −1 when the row is not complete. */
  #findCells(bytes: Buffer, from: number, firstCell: number): number {
    const width = this.#schema.length;
    if (firstCell + width > this.#places.length) this.#grow(firstCell + width);
    let at = from;
    for (let c = 0; c < width; c++) {
      if (at + 4 > bytes.length) return -1;
      const length = bytes.readInt32BE(at);
      at += 4;
      this.#places[firstCell + c] = at;
      this.#lengths[firstCell + c] = length;
      if (length > 0) at += length;
      if (at > bytes.length) return -1;
    }
    return at;
  }

  #grow(cells: number): void {
    const capacity = Math.max(cells, this.#places.length * 2);
    const places = new Int32Array(capacity);
    places.set(this.#places);
    this.#places = places;
    const lengths = new Int32Array(capacity);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }

  #decode(bytes: Buffer, rows: number): Batch {
    const width = this.#schema.length;
    const batch = newBatch(this.#schema, rows);
    for (let c = 0; c < width; c++) {
      const { type } = this.#schema[c]!;
      readCells(batch.columns[c]!, type, bytes, this.#places, this.#lengths, c, width, rows);
    }
    batch.rows = rows;
    return batch;
  }
}

function wrongShape(found: number, wanted: number): MillraceError {
  return new MillraceError({
    code: 'INTERNAL',
    domain: 'internal',
    message: `a binary COPY has ${found} columns where ${wanted} were asked for`,
  });
}
