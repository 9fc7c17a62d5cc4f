// Documents in, JavaScript values out: the decoder as its tests want to see it.

import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import type { RecordDecoder } from '../../src/connectors/formats/record-decoder.ts';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import type { RejectCode } from '../../src/connectors/formats/rejection.ts';
import type { RecordColumns } from '../../src/connectors/record-columns.ts';
import { allocateRecordColumns } from '../../src/connectors/record-columns.ts';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { SqlType } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { valueAt } from '../../src/data/value.ts';

export type Outcome =
  { readonly row: readonly Value[] } | { readonly code: RejectCode; readonly message: string };

/** A framing as in a Kafka batch lies between the values, so that a decoder which looks beyond one is caught. */
export function recordsOf(documents: readonly (string | Uint8Array | null)[]): RecordColumns {
  const records = allocateRecordColumns(documents.length);
  const parts: Uint8Array[] = [];
  let position = 0;
  documents.forEach((document, i) => {
    const frame = Uint8Array.of(0x2c, 0x30, 0x7d, 0x22, 0x7d, 0xff, 0x80).subarray(0, i % 8);
    const bytes =
      document === null ? new Uint8Array(0) : typeof document === 'string' ? Buffer.from(document) : document;
    records.valueStart[i] = document === null ? -1 : position + frame.length;
    records.valueEnd[i] = position + frame.length + bytes.length;
    parts.push(frame, bytes);
    position += frame.length + bytes.length;
  });
  // a view into a larger buffer, as fetched bytes are
  records.buffer = Buffer.concat([Uint8Array.of(1, 2, 3), ...parts]).subarray(3);
  records.count = documents.length;
  return records;
}

export function columnsOf(types: Readonly<Record<string, SqlType>>): DeclaredColumn[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, notNull: false }));
}

export function outputFor(columns: readonly DeclaredColumn[], projected: readonly number[]): Batch {
  return newBatch(
    projected.map((i) => ({
      name: columns[i]!.name,
      type: columns[i]!.type,
      nullable: !columns[i]!.notNull,
    })),
    1,
  );
}

/** What became of each document. */
export function outcomes(
  decoder: RecordDecoder,
  documents: readonly (string | Uint8Array | null)[],
  out: Batch,
): Outcome[] {
  const records = recordsOf(documents);
  const result: Outcome[] = [];
  decoder.decode(records, 0, documents.length, out, (i, code, message) => {
    if (result[i] !== undefined) throw new Error(`record ${i} was rejected twice`);
    result[i] = { code, message };
  });
  let before = -1;
  for (let row = 0; row < out.rows; row++) {
    const i = decoder.recordIndex[row]!;
    if (i <= before || result[i] !== undefined)
      throw new Error(`row ${row} is of record ${i}, after ${before}`);
    before = i;
    result[i] = { row: out.columns.map((column, c) => valueAt(column, row, out.schema[c]!.type)) };
  }
  if (result.length !== documents.length || result.includes(undefined as never))
    throw new Error('a record is missing');
  return result;
}

/** One column of `type`, one document: its value, or its code. */
export function decodeOne(type: SqlType, json: string, notNull = false): Value | RejectCode | undefined {
  const columns = [{ name: 'v', type, notNull }];
  const decoder = compileJsonDecoder({ columns, projected: [0], validate: 'strict' });
  const documents = [`{"v":${json}}`, `{"v":${json}}`, `{ "v" : ${json} , "w":0}`];
  const seen = outcomes(decoder, documents, outputFor(columns, [0])).map((outcome) =>
    'row' in outcome ? outcome.row[0] : outcome.code,
  );
  const shown = seen.map((value) =>
    JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)),
  );
  if (new Set(shown).size !== 1) throw new Error(`depends on the reading: ${shown.join(' ')}`);
  return seen[0];
}

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
