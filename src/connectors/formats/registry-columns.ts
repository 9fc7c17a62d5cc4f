// What a registered schema says about the columns of a source, by its format.

import type { RegistryFormat, RegistryTable, TableFormat } from '../../catalog/format.ts';
import type { RowSchema } from '../../data/types.ts';
import type { RegisteredSchema, SchemaType } from '../registry/registry-client.ts';
import { avroColumns, checkAvroColumns, checkAvroEvent } from './avro-columns.ts';
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

/** Those of the value of a table's records: all of Debezium's, the others but for the key. Throws SCHEMA_MISMATCH. */
export function checkTableColumns(
  { format, encode, message }: Extract<TableFormat, RegistryTable>,
  schema: RegisteredSchema,
  columns: readonly DeclaredColumn[],
  key: readonly number[],
): void {
  requireType(encode, schema);
  const others = columns.filter((_, c) => !key.includes(c));
  if (encode === 'AVRO' && format === 'DEBEZIUM') checkAvroEvent(schema, columns);
  else if (encode === 'AVRO') checkAvroColumns(schema, others);
  else if (encode === 'PROTOBUF') checkProtoColumns(schema, message ?? null, others);
}

function requireType(encode: RegistryFormat['encode'], { id, type }: RegisteredSchema): void {
  if (type !== TYPES[encode]) throw wrongSchemaType(id, type, encode === 'FRAMED JSON' ? 'JSON' : encode);
}
