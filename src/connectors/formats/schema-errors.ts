// A schema and the columns of a source that do not fit each other.

import { typeName } from '../../data/types.ts';
import { MillraceError } from '../../errors.ts';
import type { DeclaredColumn } from './column-slot.ts';

export function columnMismatch({ name, type }: DeclaredColumn, shown: string): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_MISMATCH',
    message: `column "${name}" of type ${typeName(type)} cannot be read from ${shown}, which the schema gives it`,
    hint: 'declare the column in a type that the value converts to, see docs/formats.md, or leave it out',
  });
}

export function noColumn(name: string, shown: string): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_MISMATCH',
    message: `field "${name}" of ${shown} cannot be a column`,
    hint: 'declare the columns that you want: CREATE SOURCE name (…) reads those and passes over the others',
  });
}

export function notARecord(id: number, shown: string): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_MISMATCH',
    message: `schema ${id} is of type ${shown}, which has no fields`,
    hint: 'the values of a source are records',
  });
}

export function wrongSchemaType(id: number, type: string, encode: string): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_MISMATCH',
    message: `schema ${id} is of type ${type}, and the source is declared ENCODE ${encode}`,
    hint: 'change ENCODE, or name another subject with schema.subject',
  });
}

export function noMessage(id: number, name: string | null, known: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_MISMATCH',
    message: name === null ? `schema ${id} has no message` : `schema ${id} has no message "${name}"`,
    hint: known.length === 0 ? 'the values of a source are messages' : `it has ${known.join(', ')}`,
  });
}

export function notAnEvent(id: number): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_MISMATCH',
    message: `schema ${id} is not of a change event: it has no record "after"`,
    hint: 'FORMAT UPSERT reads rows as they are; FORMAT DEBEZIUM reads what Debezium writes',
  });
}
