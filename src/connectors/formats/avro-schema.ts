// Avro schemas (specification 1.12): from JSON text to types with their names resolved. What a schema says beyond the encoding of
// values (documentation, defaults, order, unknown logical types) is passed over, as the specification asks.

import { badSchema } from './schema-failure.ts';

export type AvroLogical =
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: Exclude<(typeof PLAIN_LOGICAL)[number], 'decimal'> };

export type AvroType =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' | 'float' | 'double' }
  | { readonly kind: 'int' | 'long' | 'bytes' | 'string'; readonly logical: AvroLogical | null }
  | {
      readonly kind: 'fixed';
      readonly name: string;
      readonly size: number;
      readonly logical: AvroLogical | null;
    }
  | AvroEnum
  | { readonly kind: 'array' | 'map'; readonly items: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | AvroRecord;

export interface AvroEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
  /** Of a reader's schema: what symbols are that it does not have. */
  readonly fallback: string | null;
}

export interface AvroRecord {
  readonly kind: 'record';
  readonly name: string;
  /** Filled when all of it is read: a record may hold itself. */
  readonly fields: AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** Other names, in a reader's schema: those that writers may have used. */
  readonly aliases: readonly string[];
  /** In a reader's schema: what it is where a writer's schema lacks it, as JSON; undefined: nothing is said. */
  readonly fallback: unknown;
}

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
const PLAIN_LOGICAL = [
  'decimal',
  'uuid',
  'date',
  'time-millis',
  'time-micros',
  'timestamp-millis',
  'timestamp-micros',
  'timestamp-nanos',
  'local-timestamp-millis',
  'local-timestamp-micros',
  'local-timestamp-nanos',
  'duration',
] as const;

/** Which types a logical type annotates; elsewhere it means nothing. */
const ANNOTATES: Readonly<Record<(typeof PLAIN_LOGICAL)[number], readonly string[]>> = {
  decimal: ['bytes', 'fixed'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
  duration: ['fixed'],
};

const MAX_TYPES = 10_000;
const MAX_DEPTH = 100;

/** `references`: texts of schemas whose names it uses. Throws BAD_SCHEMA. */
export function parseAvroSchema(text: string, references: readonly string[] = []): AvroType {
  const reader = new SchemaReader();
  for (const reference of references) reader.read(json(reference), '', 0);
  return reader.read(json(text), '', 0);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A name alone may come without quotes.
    return text.trim();
  }
}

type Json = Readonly<Record<string, unknown>>;

class SchemaReader {
  private readonly named = new Map<string, AvroType>();
  private types = 0;

  read(schema: unknown, namespace: string, depth: number): AvroType {
    if (++this.types > MAX_TYPES || depth > MAX_DEPTH) throw badSchema('it is too large');
    if (typeof schema === 'string') return this.byName(schema, namespace);
    if (Array.isArray(schema)) {
      const branches = schema.map((branch) => this.read(branch, namespace, depth + 1));
      if (branches.some(({ kind }) => kind === 'union')) throw badSchema('a union holds a union');
      return { kind: 'union', branches };
    }
    if (typeof schema !== 'object' || schema === null)
      throw badSchema(`${JSON.stringify(schema)} is no type`);
    return this.readObject(schema as Json, namespace, depth);
  }

  private byName(name: string, namespace: string): AvroType {
    const primitive = PRIMITIVES.find((known) => known === name);
    if (primitive !== undefined) return primitiveOf(primitive, null);
    const found = this.named.get(fullName(name, namespace)) ?? this.named.get(name);
    if (found === undefined) throw badSchema(`type "${name}" is not defined`);
    return found;
  }

  private readObject(schema: Json, namespace: string, depth: number): AvroType {
    const { type } = schema;
    switch (type) {
      case 'record':
      case 'error':
        return this.readRecord(schema, namespace, depth);
      case 'enum': {
        const name = nameOf(schema, namespace);
        const symbols = symbolsOf(schema, name);
        const fallback = symbols.find((symbol) => symbol === schema['default']) ?? null;
        return this.define(name, { kind: 'enum', name, symbols, fallback });
      }
      case 'fixed': {
        const name = nameOf(schema, namespace);
        const { size } = schema;
        if (!Number.isSafeInteger(size) || Number(size) < 0) throw badSchema(`fixed "${name}" has no size`);
        return this.define(name, {
          kind: 'fixed',
          name,
          size: Number(size),
          logical: logicalOf(schema, 'fixed', Number(size)),
        });
      }
      case 'array':
        return { kind: 'array', items: this.read(schema['items'], namespace, depth + 1) };
      case 'map':
        return { kind: 'map', items: this.read(schema['values'], namespace, depth + 1) };
      default: {
        const primitive = PRIMITIVES.find((known) => known === type);
        if (primitive !== undefined) return primitiveOf(primitive, logicalOf(schema, primitive, null));
        return this.read(type, namespace, depth + 1);
      }
    }
  }

  private readRecord(schema: Json, namespace: string, depth: number): AvroType {
    const name = nameOf(schema, namespace);
    const record: AvroRecord = { kind: 'record', name, fields: [] };
    this.define(name, record);
    const { fields } = schema;
    if (!Array.isArray(fields)) throw badSchema(`record "${name}" has no fields`);
    const within = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
    for (const field of fields as readonly Json[]) {
      const fieldName = field['name'];
      if (typeof fieldName !== 'string') throw badSchema(`a field of "${name}" has no name`);
      if (record.fields.some((other) => other.name === fieldName))
        throw badSchema(`field "${fieldName}" of "${name}" is there twice`);
      const { aliases, default: fallback } = field;
      record.fields.push({
        name: fieldName,
        type: this.read(field['type'], within, depth + 1),
        aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [],
        fallback,
      });
    }
    return record;
  }

  private define(name: string, type: AvroType): AvroType {
    if (this.named.has(name)) throw badSchema(`type "${name}" is defined twice`);
    this.named.set(name, type);
    return type;
  }
}

function primitiveOf(kind: (typeof PRIMITIVES)[number], logical: AvroLogical | null): AvroType {
  return kind === 'int' || kind === 'long' || kind === 'bytes' || kind === 'string'
    ? { kind, logical }
    : { kind };
}

function nameOf(schema: Json, namespace: string): string {
  const { name, namespace: own } = schema;
  if (typeof name !== 'string') throw badSchema('a named type has no name');
  return fullName(name, typeof own === 'string' ? own : namespace);
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function symbolsOf({ symbols }: Json, name: string): readonly string[] {
  if (Array.isArray(symbols) && symbols.every((symbol) => typeof symbol === 'string')) return symbols;
  throw badSchema(`enum "${name}" has no symbols`);
}

/** A logical type that is not valid is passed over, as if it were not there. */
function logicalOf(schema: Json, kind: string, size: number | null): AvroLogical | null {
  const logical = PLAIN_LOGICAL.find((known) => known === schema['logicalType']);
  if (logical === undefined || !ANNOTATES[logical].includes(kind)) return null;
  if (logical === 'duration') return size === 12 ? { kind: logical } : null;
  if (logical === 'uuid') return kind === 'string' || size === 16 ? { kind: logical } : null;
  if (logical !== 'decimal') return { kind: logical };
  const precision = Number(schema['precision']);
  const scale = Number(schema['scale'] ?? 0);
  const valid =
    Number.isInteger(precision) &&
    precision > 0 &&
    Number.isInteger(scale) &&
    scale >= 0 &&
    scale <= precision;
  return valid ? { kind: 'decimal', precision, scale } : null;
}

/** The fewest bytes that a value takes: an array of values of none cannot be bounded by its bytes. */
export function leastBytes(type: AvroType, known = new Map<AvroType, number>()): number {
  switch (type.kind) {
    case 'null':
      return 0;
    case 'float':
      return 4;
    case 'double':
      return 8;
    case 'fixed':
      return type.size;
    case 'record': {
      const before = known.get(type);
      if (before !== undefined) return before;
      known.set(type, 0);
      const least = type.fields.reduce((sum, field) => sum + leastBytes(field.type, known), 0);
      known.set(type, least);
      return least;
    }
    default:
      return 1;
  }
}

/** As an error message names it. */
export function avroTypeName(type: AvroType): string {
  switch (type.kind) {
    case 'union':
      return `union of ${type.branches.map(avroTypeName).join(', ')}`;
    case 'record':
    case 'enum':
    case 'fixed':
      return `${type.kind} ${type.name}${'logical' in type && type.logical !== null ? ` (${type.logical.kind})` : ''}`;
    default:
      return 'logical' in type && type.logical !== null ? `${type.kind} (${type.logical.kind})` : type.kind;
  }
}
