// JSON Schema, as far as it names the columns of a source: the properties of an object and their types. Whether records follow it is the
// business of json-validator.ts.

import type { RowSchema, SqlType } from '../../data/types.ts';
import * as types from '../../data/types.ts';
import { badSchema } from './schema-failure.ts';

type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 32;

export function jsonSchemaColumns(text: string): RowSchema {
  const schema = object(parse(text));
  const root = schema === undefined ? undefined : followed(schema, schema);
  if (root === undefined || object(root['properties']) === undefined)
    throw badSchema('it names no properties of an object');
  const required = Array.isArray(root['required']) ? root['required'] : [];
  const reader = new TypeReader(schema!);
  return Object.entries(object(root['properties'])!).map(([name, property]) => {
    const { type, nullable } = reader.read(object(property) ?? {}, 0);
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

/** A reference within the document, `#/definitions/x`; others say nothing about a column. */
function followed(property: Json, root: Json): Json {
  const { $ref: reference } = property;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return property;
  let at: unknown = root;
  for (const part of reference.slice(2).split('/'))
    at = object(at)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
  return object(at) ?? {};
}

interface Typed {
  readonly type: SqlType;
  readonly nullable: boolean;
}

/** What has no type that a column could have, or several, is jsonb. */
class TypeReader {
  private readonly root: Json;

  constructor(root: Json) {
    this.root = root;
  }

  read(given: Json, depth: number): Typed {
    if (depth > MAX_DEPTH) return { type: types.JSONB, nullable: true };
    const property = followed(given, this.root);
    if (property !== given && property['$ref'] !== undefined) return this.read(property, depth + 1);
    const choices = property['oneOf'] ?? property['anyOf'];
    if (Array.isArray(choices)) return this.choice(choices, depth);
    const named = [property['type']].flat();
    const others = named.filter((one) => one !== 'null');
    const type = others.length === 1 ? this.typeOf(String(others[0]), property, depth) : types.JSONB;
    return { type, nullable: others.length < named.length || property['type'] === undefined };
  }

  /** `oneOf: [null, T]` is how generators of schemas say that T may be missing. */
  private choice(choices: readonly unknown[], depth: number): Typed {
    const others = choices.filter((choice) => object(choice)?.['type'] !== 'null');
    if (others.length !== 1) return { type: types.JSONB, nullable: others.length < choices.length };
    const one = this.read(object(others[0]) ?? {}, depth + 1);
    return { type: one.type, nullable: one.nullable || others.length < choices.length };
  }

  private typeOf(name: string, property: Json, depth: number): SqlType {
    switch (name) {
      case 'boolean':
        return types.BOOLEAN;
      case 'integer':
        return types.BIGINT;
      case 'number':
        return types.DOUBLE;
      case 'string':
        return stringType(property['format']);
      case 'array':
        return this.arrayType(object(property['items']), depth);
      case 'object':
        return this.rowType(object(property['properties']), depth);
      default:
        return types.JSONB;
    }
  }

  /** Arrays have one dimension. */
  private arrayType(items: Json | undefined, depth: number): SqlType {
    if (items === undefined) return types.JSONB;
    const { type } = this.read(items, depth + 1);
    return type.kind === 'array' ? types.JSONB : types.arrayOf(type);
  }

  private rowType(properties: Json | undefined, depth: number): SqlType {
    const fields = Object.entries(properties ?? {}).map(([name, property]) => ({
      name,
      type: this.read(object(property) ?? {}, depth + 1).type,
    }));
    return fields.length === 0 || depth > 8 ? types.JSONB : { kind: 'row', fields };
  }
}

function stringType(format: unknown): SqlType {
  switch (format) {
    case 'date':
      return types.DATE;
    case 'date-time':
      return types.TIMESTAMPTZ;
    case 'uuid':
      return types.UUID;
    default:
      return types.TEXT;
  }
}
