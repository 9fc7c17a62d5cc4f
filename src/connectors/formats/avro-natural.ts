// The SQL type that a type of Avro is by itself.

import type { SqlType } from '../../data/types.ts';
import * as types from '../../data/types.ts';
import type { AvroLogical, AvroRecord, AvroType } from './avro-schema.ts';

/** More digits behind the point than a numeric has. */
const MAX_SCALE = 16_383;

/** Undefined: of no type, as null alone. A record that holds itself is jsonb where it does; one without fields is, too. */
export function naturalType(type: AvroType, within: readonly AvroRecord[] = []): SqlType | undefined {
  switch (type.kind) {
    case 'null':
      return undefined;
    case 'boolean':
      return types.BOOLEAN;
    case 'float':
      return types.REAL;
    case 'double':
      return types.DOUBLE;
    case 'int':
      return (type.logical && logicalType(type.logical)) ?? types.INTEGER;
    case 'long':
      return (type.logical && logicalType(type.logical)) ?? types.BIGINT;
    case 'string':
      return (type.logical && logicalType(type.logical)) ?? types.TEXT;
    case 'enum':
      return types.TEXT;
    case 'bytes':
    case 'fixed':
      return (type.logical && logicalType(type.logical)) ?? types.BYTEA;
    case 'map':
      return types.JSONB;
    case 'array':
      return arrayType(type.items, within);
    case 'union':
      return unionType(type.branches, within);
    case 'record':
      return rowType(type, within);
  }
}

/** Arrays have one dimension. */
function arrayType(items: AvroType, within: readonly AvroRecord[]): SqlType {
  const item = naturalType(items, within);
  return item === undefined || item.kind === 'array' ? types.JSONB : types.arrayOf(item);
}

function unionType(branches: readonly AvroType[], within: readonly AvroRecord[]): SqlType | undefined {
  const values = branches.filter(({ kind }) => kind !== 'null');
  return values.length > 1 ? types.JSONB : values[0] && naturalType(values[0], within);
}

function rowType(record: AvroRecord, within: readonly AvroRecord[]): SqlType {
  if (record.fields.length === 0 || within.includes(record)) return types.JSONB;
  const fields = record.fields.map(({ name, type }) => ({
    name,
    type: naturalType(type, [...within, record]) ?? types.JSONB,
  }));
  return { kind: 'row', fields };
}

/** Undefined: it says nothing here. */
export function logicalType(logical: AvroLogical): SqlType | undefined {
  switch (logical.kind) {
    case 'decimal':
      if (logical.scale > MAX_SCALE) return undefined;
      return logical.precision > 1000
        ? types.NUMERIC
        : { kind: 'numeric', precision: logical.precision, scale: logical.scale };
    case 'date':
      return types.DATE;
    case 'time-millis':
    case 'time-micros':
      return types.TIME;
    case 'timestamp-millis':
    case 'timestamp-micros':
    case 'timestamp-nanos':
      return types.TIMESTAMPTZ;
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
    case 'local-timestamp-nanos':
      return types.TIMESTAMP;
    case 'duration':
      return types.INTERVAL;
    case 'uuid':
      return types.UUID;
  }
}
