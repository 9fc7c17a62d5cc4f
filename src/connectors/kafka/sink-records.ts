// Changed rows to Kafka records: the formats PLAIN, UPSERT and DEBEZIUM, in JSON as docs/formats.md spells it.

import type { SinkFormat } from '../../catalog/connector.ts';
import type { Batch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import type { RowSchema } from '../../data/types.ts';
import { ByteWriter } from '../formats/byte-writer.ts';
import type { JsonEncoder } from '../formats/json-encoder.ts';
import { compileJsonEncoder } from '../formats/json-encoder.ts';

/** Of one part of a change log; all in the shape of the log. */
export interface ChangedRows {
  readonly deletes: Batch;
  /** Row i was that of `before` and is that of `after`. */
  readonly before: Batch;
  readonly after: Batch;
  readonly inserts: Batch;
}

export interface RecordShape {
  readonly format: SinkFormat;
  /** Of the log: visible columns, then hidden ones. */
  readonly schema: RowSchema;
  readonly visible: number;
  /** Indexes of visible columns; not used by PLAIN. */
  readonly key: readonly number[];
  /** `source` of Debezium's envelope. */
  readonly source: { readonly name: string; readonly schema: string; readonly table: string };
}

/** A record without its position. */
export interface KeyedValue {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface Moment {
  readonly epoch: number;
  readonly ms: number;
  /** The rows that the view had when the sink began. */
  readonly snapshot: boolean;
}

export type Op = 'c' | 'u' | 'd' | 'r';

/** How rows are written. */
export interface RowEncoding {
  /** Visible columns. */
  values(batch: Batch): readonly Buffer[];
  /** A batch of the columns of the key. */
  keys(batch: Batch): readonly Buffer[];
  /** Change events of Debezium; null: there are no such rows. */
  events(op: Op, before: Batch | null, after: Batch | null, at: Moment): readonly Buffer[];
}

export class RecordEncoder {
  private readonly shape: RecordShape;
  private readonly rows: RowEncoding;
  private readonly keySchema: RowSchema;

  constructor(shape: RecordShape, rows: RowEncoding = new JsonRows(shape)) {
    this.shape = shape;
    this.rows = rows;
    this.keySchema = shape.key.map((index) => shape.schema[index]!);
  }

  encode(rows: ChangedRows, at: Moment): readonly KeyedValue[] {
    switch (this.shape.format) {
      case 'PLAIN':
        return this.rows.values(rows.inserts).map((value) => ({ key: null, value }));
      case 'UPSERT':
        return [
          ...this.keysOf(rows.deletes).map((key) => ({ key, value: null })),
          ...this.upserts(rows.after),
          ...this.upserts(rows.inserts),
        ];
      case 'DEBEZIUM':
        return this.envelopes(rows, at);
    }
  }

  private upserts(batch: Batch): readonly KeyedValue[] {
    return keyed(this.keysOf(batch), this.rows.values(batch));
  }

  /** A deletion is followed by a tombstone, so that compaction forgets the key. */
  private envelopes({ deletes, before, after, inserts }: ChangedRows, at: Moment): readonly KeyedValue[] {
    const gone = this.rows.events('d', deletes, null, at);
    return [
      ...this.keysOf(deletes).flatMap((key, i) => [
        { key, value: gone[i]! },
        { key, value: null },
      ]),
      ...keyed(this.keysOf(after), this.rows.events('u', before, after, at)),
      ...keyed(this.keysOf(inserts), this.rows.events(at.snapshot ? 'r' : 'c', null, inserts, at)),
    ];
  }

  private keysOf(batch: Batch): readonly Buffer[] {
    const columns = this.shape.key.map((index, k) =>
      oneSpelling(batch.columns[index]!, this.keySchema[k]!, batch.rows),
    );
    return this.rows.keys({ schema: this.keySchema, rows: batch.rows, columns, diffs: null });
  }
}

function keyed(keys: readonly Buffer[], values: readonly Buffer[]): readonly KeyedValue[] {
  return keys.map((key, i) => ({ key, value: values[i]! }));
}

export class JsonRows implements RowEncoding {
  private readonly shape: RecordShape;
  private readonly json: JsonEncoder;
  private readonly keyJson: JsonEncoder;

  constructor(shape: RecordShape) {
    this.shape = shape;
    this.json = compileJsonEncoder({ columns: shape.schema.slice(0, shape.visible), diffs: false });
    const columns = shape.key.map((index) => shape.schema[index]!);
    this.keyJson = compileJsonEncoder({ columns, diffs: false });
  }

  values(batch: Batch): readonly Buffer[] {
    return objects(this.json, batch);
  }

  keys(batch: Batch): readonly Buffer[] {
    return objects(this.keyJson, batch);
  }

  events(op: Op, before: Batch | null, after: Batch | null, at: Moment): readonly Buffer[] {
    const tail = this.tail(op, at);
    const old = before === null ? null : objects(this.json, before);
    const now = after === null ? null : objects(this.json, after);
    return (now ?? old ?? []).map((_, i) =>
      Buffer.concat([BEFORE, old?.[i] ?? NULL, AFTER, now?.[i] ?? NULL, tail]),
    );
  }

  private tail(op: Op, { epoch, ms, snapshot }: Moment): Buffer {
    const source = { connector: 'millrace', ...this.shape.source, epoch, snapshot: String(snapshot) };
    return Buffer.from(`,"source":${JSON.stringify(source)},"op":"${op}","ts_ms":${ms},"transaction":null}`);
  }
}

const BEFORE = Buffer.from('{"before":');
const AFTER = Buffer.from(',"after":');
const NULL = Buffer.from('null');

/** The rows as JSON objects: slices of one buffer. */
function objects(encoder: JsonEncoder, batch: Batch): Buffer[] {
  if (batch.rows === 0) return [];
  const out = new ByteWriter(4096);
  const ends = new Int32Array(batch.rows);
  encoder.encode(batch, out, ends);
  const { buffer, byteOffset } = out.bytes;
  let start = 0;
  return Array.from(ends, (end) => {
    // Each row ends with a line feed.
    const object = Buffer.from(buffer, byteOffset + start, end - 1 - start);
    start = end;
    return object;
  });
}

/** Values that are equal as keys get the same text: 1.00 is 1, and −0 is 0. */
function oneSpelling(column: Column, { type }: RowSchema[number], rows: number): Column {
  if (column.layout === 'f64') return { ...column, values: column.values.slice(0, rows).map((v) => v + 0) };
  if (column.layout !== 'numeric' || (type.kind === 'numeric' && type.precision !== undefined)) return column;
  const unscaled = column.unscaled.slice(0, rows);
  const scale = column.scale.slice(0, rows);
  const wide = column.wide === null ? null : [...column.wide];
  for (let i = 0; i < rows; i++) {
    if (scale[i]! < 0) continue;
    const isWide = (scale[i]! & NUMERIC_WIDE) !== 0;
    let value = isWide ? wide![i]! : unscaled[i]!;
    let digits = scale[i]! & ~NUMERIC_WIDE;
    for (; digits > 0 && value % 10n === 0n; digits--) value /= 10n;
    const fits = BigInt.asIntN(64, value) === value;
    if (fits) unscaled[i] = value;
    else wide![i] = value;
    scale[i] = fits ? digits : digits | NUMERIC_WIDE;
  }
  return { layout: 'numeric', unscaled, scale, wide, nulls: column.nulls };
}
