// Schema resolution of Avro: what of a reader's schema tells how to take what a writer wrote.

import type { AvroField, AvroRecord, AvroType } from './avro-schema.ts';

/** Where the value of a name is found. */
export type Resolved =
  /** In the writer's field; `reader`: as the reader's schema has it. */
  | { readonly writer: AvroField; readonly reader: AvroType | null }
  /** Nowhere: the reader's default. */
  | { readonly fallback: AvroField };

/** Undefined: nowhere, and nothing is said of it. */
export function resolveField(
  name: string,
  writer: AvroRecord,
  reader: AvroRecord | null,
): Resolved | undefined {
  const known = reader?.fields.find((field) => field.name === name);
  if (known === undefined) {
    const field = writer.fields.find((own) => own.name === name);
    // A name that the reader's schema has for another field is not this one.
    const isOther = reader?.fields.some(({ aliases }) => aliases.includes(name)) === true;
    return field === undefined || isOther ? undefined : { writer: field, reader: null };
  }
  const field =
    writer.fields.find((own) => own.name === name) ??
    writer.fields.find((own) => known.aliases.includes(own.name));
  if (field !== undefined) return { writer: field, reader: known.type };
  return known.fallback === undefined ? undefined : { fallback: known };
}

/** The part of a reader's type that a value of the writer's type is read as; null: none. */
export function readerBranch(writer: AvroType, reader: AvroType | null): AvroType | null {
  if (reader?.kind !== 'union') return reader;
  return (
    reader.branches.find((branch) => isSame(writer, branch)) ??
    reader.branches.find((branch) => promotion(writer, branch) !== null) ??
    null
  );
}

function isSame(writer: AvroType, reader: AvroType): boolean {
  return writer.kind === reader.kind && (!('name' in reader) || unqualified(reader) === unqualified(writer));
}

function unqualified(type: AvroType): string {
  return 'name' in type ? type.name.slice(type.name.lastIndexOf('.') + 1) : '';
}

/** What a number or text becomes before it is converted, because the reader's schema has another type; null: it stays what it is. */
export function promotion(
  writer: AvroType,
  reader: AvroType | null,
): 'float' | 'double' | 'string' | 'bytes' | null {
  if (reader === null || reader.kind === writer.kind) return null;
  const isNumber = writer.kind === 'int' || writer.kind === 'long';
  if (isNumber && writer.logical === null && (reader.kind === 'float' || reader.kind === 'double'))
    return reader.kind;
  if (writer.kind === 'bytes' && writer.logical === null && reader.kind === 'string') return 'string';
  return writer.kind === 'string' && reader.kind === 'bytes' ? 'bytes' : null;
}
