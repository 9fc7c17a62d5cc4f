// The columns that an Avro schema gives a source which declares none, and whether declared ones fit it.

import type { RowSchema } from '../../data/types.ts';
import { TextArena } from './text-arena.ts';
import { ColumnSlot } from './column-slot.ts';
import type { DeclaredColumn } from './column-slot.ts';
import { avroTypeName, parseAvroSchema } from './avro-schema.ts';
import type { AvroRecord } from './avro-schema.ts';
import { takesType } from './avro-codegen.ts';
import { naturalType } from './avro-natural.ts';
import type { RegisteredSchema } from '../registry/registry-client.ts';
import { columnMismatch, noColumn, notAnEvent, notARecord } from './schema-errors.ts';

export function avroRecordOf({ text, references, id }: RegisteredSchema): AvroRecord {
  const type = parseAvroSchema(
    text,
    references.map((reference) => reference.text),
  );
  if (type.kind !== 'record') throw notARecord(id, avroTypeName(type));
  return type;
}

export function avroColumns(schema: RegisteredSchema): RowSchema {
  const record = avroRecordOf(schema);
  return record.fields.map(({ name, type }) => {
    const column = naturalType(type, [record]);
    if (column === undefined) throw noColumn(name, `Avro's type ${avroTypeName(type)}`);
    const nullable = type.kind === 'union' && type.branches.some(({ kind }) => kind === 'null');
    return { name, type: column, nullable };
  });
}

/** A declared column that the schema has in a type that it never converts from. Fields that the schema lacks are NULL. */
export function checkAvroColumns(schema: RegisteredSchema, columns: readonly DeclaredColumn[]): void {
  checkAvroRecord(avroRecordOf(schema), columns);
}

/** Of a change event of Debezium, whose rows are in its field `after`. */
export function checkAvroEvent(schema: RegisteredSchema, columns: readonly DeclaredColumn[]): void {
  const after = avroRecordOf(schema).fields.find(({ name }) => name === 'after')?.type;
  const branches = after?.kind === 'union' ? after.branches : [after];
  const row = branches.find((branch) => branch?.kind === 'record');
  if (row === undefined) throw notAnEvent(schema.id);
  checkAvroRecord(row, columns);
}

function checkAvroRecord(record: AvroRecord, columns: readonly DeclaredColumn[]): void {
  const fields = new Map(record.fields.map(({ name, type }) => [name, type]));
  for (const column of columns) {
    const type = fields.get(column.name);
    if (type === undefined || takesType(type, new ColumnSlot(column, true, new TextArena()))) continue;
    throw columnMismatch(column, `Avro's type ${avroTypeName(type)}`);
  }
}
