// Rows of a Kafka sink in Avro, by schemas that a registry knows.

import type { Batch } from '../../data/batch.ts';
import type { RowSchema } from '../../data/types.ts';
import { AvroRowWriter, framedBytes } from '../formats/avro-encoder.ts';
import type { AvroBytes } from '../formats/avro-bytes.ts';
import { eventSchema, keySchema, valueSchema } from '../formats/avro-sink-schema.ts';
import type { SinkFormat, SinkRegistry } from '../../catalog/connector.ts';
import type { RegistryClient } from '../registry/registry-client.ts';
import type { Moment, Op, RecordShape, RowEncoding } from './sink-records.ts';

export interface SinkSchemas {
  readonly value: number;
  /** null: records have no key. */
  readonly key: number | null;
}

export interface SinkColumns {
  readonly topic: string;
  readonly format: SinkFormat;
  readonly columns: RowSchema;
  readonly key: readonly number[];
}

/** Their ids; a schema that the registry has under its subject keeps its id. Throws SCHEMA_INCOMPATIBLE. */
export async function registerSchemas(
  client: RegistryClient,
  { subject, keySubject }: SinkRegistry,
  { topic, format, columns, key }: SinkColumns,
): Promise<SinkSchemas> {
  const value = format === 'DEBEZIUM' ? eventSchema(topic, columns) : valueSchema(topic, columns);
  const valueId = await client.register(subject, JSON.stringify(value));
  if (format === 'PLAIN') return { value: valueId, key: null };
  const keys = key.map((index) => columns[index]!);
  return { value: valueId, key: await client.register(keySubject, JSON.stringify(keySchema(topic, keys))) };
}

const encoder = new TextEncoder();

export class AvroRows implements RowEncoding {
  private readonly shape: RecordShape;
  private readonly ids: SinkSchemas;
  private readonly row: AvroRowWriter;
  private readonly key: AvroRowWriter;

  constructor(shape: RecordShape, ids: SinkSchemas) {
    this.shape = shape;
    this.ids = ids;
    this.row = new AvroRowWriter(shape.schema.slice(0, shape.visible), true);
    this.key = new AvroRowWriter(
      shape.key.map((index) => shape.schema[index]!),
      false,
    );
  }

  values(batch: Batch): readonly Buffer[] {
    return this.row.rows(batch, this.ids.value);
  }

  keys(batch: Batch): readonly Buffer[] {
    return this.key.rows(batch, this.ids.key ?? 0);
  }

  events(op: Op, before: Batch | null, after: Batch | null, at: Moment): readonly Buffer[] {
    const rows = after?.rows ?? before?.rows ?? 0;
    return Array.from({ length: rows }, (_, row) =>
      framedBytes(this.ids.value, (to) => {
        this.optional(to, before, row);
        this.optional(to, after, row);
        this.source(to, at);
        text(to, op);
        to.int(1);
        to.long(BigInt(at.ms));
      }),
    );
  }

  private optional(to: AvroBytes, batch: Batch | null, row: number): void {
    to.int(batch === null ? 0 : 1);
    if (batch !== null) this.row.write(to, batch, row);
  }

  private source(to: AvroBytes, { epoch, snapshot }: Moment): void {
    const { name, schema, table } = this.shape.source;
    for (const value of ['millrace', name, schema, table, String(snapshot)]) text(to, value);
    to.long(BigInt(epoch));
  }
}

function text(to: AvroBytes, value: string): void {
  to.sized(encoder.encode(value));
}
