// The columns that an Avro schema gives a source which declares none, and whether declared ones fit it.

import type { RowSchema, SqlType } from '../../data/types.ts';
import * as types from '../../data/types.ts';
import { TextArena } from './text-arena.ts';
import { ColumnSlot } from './column-slot.ts';
import type { DeclaredColumn } from './column-slot.ts';
import { avroTypeName, parseAvroSchema } from './avro-schema.ts';
import type { AvroLogical, AvroRecord, AvroType } from './avro-schema.ts';
import { readValue } from './avro-values.ts';
import { Constants } from './generated-reader.ts';
import type { RegisteredSchema } from '../registry/registry-client.ts';
import { columnMismatch, noColumn, notARecord } from './schema-errors.ts';

export function avroRecordOf({ text, references, id }: RegisteredSchema): AvroRecord {
  const type = parseAvroSchema(
    text,
    references.map((reference) => reference.text),
  );
  if (type.kind !== 'record') throw notARecord(id, avroTypeName(type));
  return type;
}

export function avroColumns(schema: RegisteredSchema): RowSchema {
  return avroRecordOf(schema).fields.map(({ name, type }) => {
    const branches = type.kind === 'union' ? type.branches.filter(({ kind }) => kind !== 'null') : [type];
    const column = branches.length === 1 ? columnOf(branches[0]!) : undefined;
    if (column === undefined) throw noColumn(name, `Avro's type ${avroTypeName(type)}`);
    const nullable = type.kind === 'union' && type.branches.length > branches.length;
    return { name, type: column, nullable };
  });
}

/** A declared column that the schema has in a type that it never converts from. Fields that the schema lacks are NULL. */
export function checkAvroColumns(schema: RegisteredSchema, columns: readonly DeclaredColumn[]): void {
  const fields = new Map(avroRecordOf(schema).fields.map(({ name, type }) => [name, type]));
  for (const column of columns) {
    const type = fields.get(column.name);
    if (type === undefined || takes(column, type)) continue;
    throw columnMismatch(column, `Avro's type ${avroTypeName(type)}`);
  }
}

function takes(column: DeclaredColumn, type: AvroType): boolean {
  if (type.kind === 'null') return !column.notNull;
  if (type.kind === 'union')
    return type.branches.some((branch) => branch.kind !== 'null' && takes(column, branch));
  return readValue(type, new ColumnSlot(column, true, new TextArena()), 0, new Constants()) !== undefined;
}

function columnOf(type: AvroType): SqlType | undefined {
  switch (type.kind) {
    case 'boolean':
      return types.BOOLEAN;
    case 'float':
    case 'double':
      return types.DOUBLE;
    case 'int':
      return type.logical === null ? types.INTEGER : logicalColumn(type.logical);
    case 'long':
      return type.logical === null ? types.BIGINT : logicalColumn(type.logical);
    case 'string':
    case 'enum':
      return types.TEXT;
    case 'bytes':
    case 'fixed':
      return type.logical === null ? undefined : logicalColumn(type.logical);
    default:
      return undefined;
  }
}

function logicalColumn(logical: AvroLogical): SqlType | undefined {
  switch (logical.kind) {
    case 'decimal':
      return { kind: 'numeric', precision: logical.precision, scale: logical.scale };
    case 'date':
      return types.DATE;
    case 'timestamp-millis':
    case 'timestamp-micros':
      return types.TIMESTAMPTZ;
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return types.TIMESTAMP;
    case 'duration':
      return types.INTERVAL;
    default:
      return undefined;
  }
}
