// The columns that a schema of Protocol Buffers gives a source which declares none, and whether declared ones fit it.

import type { RowSchema } from '../../data/types.ts';
import type { RegisteredSchema } from '../registry/registry-client.ts';
import type { DeclaredColumn } from './column-slot.ts';
import { ColumnSlot } from './column-slot.ts';
import { takesField } from './proto-codegen.ts';
import { resolveField } from './proto-fields.ts';
import { naturalType } from './proto-natural.ts';
import type { ProtoMessage } from './proto-schema.ts';
import { parseProto, protoFieldName } from './proto-schema.ts';
import { columnMismatch, noMessage } from './schema-errors.ts';
import { TextArena } from './text-arena.ts';

/** `name`: with its package; null: the first of the file. Throws SCHEMA_MISMATCH. */
export function messageOf({ id, text, references }: RegisteredSchema, name: string | null): ProtoMessage {
  const messages = [...parseProto(text, references).messages.values()];
  const found = name === null ? messages[0] : messages.find((message) => message.name === name);
  if (found === undefined)
    throw noMessage(
      id,
      name,
      messages.map((message) => message.name),
    );
  return found;
}

/** Any field may be absent from a record that another schema wrote. */
export function protoColumns(schema: RegisteredSchema, message: string | null): RowSchema {
  const of = messageOf(schema, message);
  return of.fields
    .filter((field) => !field.group)
    .map((field) => ({ name: field.name, type: naturalType(field, [of]), nullable: true }));
}

/** A declared column that the schema has in a type that it never converts from. Fields that the schema lacks are NULL. */
export function checkProtoColumns(
  schema: RegisteredSchema,
  message: string | null,
  columns: readonly DeclaredColumn[],
): void {
  const of = messageOf(schema, message);
  for (const column of columns) {
    const resolved = resolveField(column.name, of, of);
    if (resolved === undefined || takesField(resolved, new ColumnSlot(column, true, new TextArena())))
      continue;
    throw columnMismatch(column, `type ${protoFieldName(resolved.field)}`);
  }
}
