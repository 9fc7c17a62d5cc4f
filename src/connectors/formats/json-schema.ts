// JSON Schema, as far as it names the columns of a source: the properties of an object and their types. Records are read by the columns,
// strictly, as without a schema; nothing else of a schema is checked.

import type { RowSchema, SqlType } from '../../data/types.ts';
import * as types from '../../data/types.ts';
import { noColumn } from './schema-errors.ts';
import { badSchema } from './schema-failure.ts';

type Json = Readonly<Record<string, unknown>>;

export function jsonSchemaColumns(text: string): RowSchema {
  const schema = object(parse(text));
  const properties = object(schema?.['properties']);
  if (schema === undefined || properties === undefined)
    throw badSchema('it names no properties of an object');
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).map(([name, property]) => {
    const { type, nullable } = columnOf(name, object(property) ?? {});
    return { name, type, nullable: nullable || !required.includes(name) };
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badSchema('it is not JSON');
  }
}

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** `oneOf: [null, T]` is how generators of schemas say that T may be missing. */
function columnOf(name: string, property: Json): { readonly type: SqlType; readonly nullable: boolean } {
  const choices = property['oneOf'] ?? property['anyOf'];
  if (Array.isArray(choices)) {
    const others = choices.filter((choice) => object(choice)?.['type'] !== 'null');
    if (others.length === 1)
      return { ...columnOf(name, object(others[0]) ?? {}), nullable: others.length < choices.length };
  }
  const named = [property['type']].flat();
  const others = named.filter((one) => one !== 'null');
  const type = others.length === 1 ? typeOf(String(others[0]), property) : undefined;
  if (type === undefined)
    throw noColumn(name, `JSON Schema's type ${JSON.stringify(property['type'] ?? null)}`);
  return { type, nullable: others.length < named.length };
}

function typeOf(name: string, { format }: Json): SqlType | undefined {
  switch (name) {
    case 'boolean':
      return types.BOOLEAN;
    case 'integer':
      return types.BIGINT;
    case 'number':
      return types.DOUBLE;
    case 'string':
      return format === 'date' ? types.DATE : format === 'date-time' ? types.TIMESTAMPTZ : types.TEXT;
    default:
      return undefined;
  }
}
