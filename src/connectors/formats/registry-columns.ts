// What a registered schema says about the columns of a source, by its format.

import type { RegistryFormat } from '../../catalog/format.ts';
import type { RowSchema } from '../../data/types.ts';
import type { RegisteredSchema, SchemaType } from '../registry/registry-client.ts';
import { avroColumns, checkAvroColumns } from './avro-columns.ts';
import type { DeclaredColumn } from './column-slot.ts';
import { jsonSchemaColumns } from './json-schema.ts';
import { checkProtoColumns, protoColumns } from './proto-columns.ts';
import { wrongSchemaType } from './schema-errors.ts';

const TYPES: Readonly<Record<RegistryFormat['encode'], SchemaType>> = {
  AVRO: 'AVRO',
  PROTOBUF: 'PROTOBUF',
  'FRAMED JSON': 'JSON',
};

/** Throws SCHEMA_MISMATCH where a field cannot be a column. */
export function columnsOfSchema({ encode, message }: RegistryFormat, schema: RegisteredSchema): RowSchema {
  requireType(encode, schema);
  switch (encode) {
    case 'AVRO':
      return avroColumns(schema);
    case 'PROTOBUF':
      return protoColumns(schema, message ?? null);
    case 'FRAMED JSON':
      return jsonSchemaColumns(schema.text);
  }
}

/** Throws SCHEMA_MISMATCH for a declared column that no value of the schema converts to. */
export function checkColumns(
  { encode, message }: RegistryFormat,
  schema: RegisteredSchema,
  columns: readonly DeclaredColumn[],
): void {
  requireType(encode, schema);
  if (encode === 'AVRO') checkAvroColumns(schema, columns);
  if (encode === 'PROTOBUF') checkProtoColumns(schema, message ?? null, columns);
}

function requireType(encode: RegistryFormat['encode'], { id, type }: RegisteredSchema): void {
  if (type !== TYPES[encode]) throw wrongSchemaType(id, type, encode === 'FRAMED JSON' ? 'JSON' : encode);
}
