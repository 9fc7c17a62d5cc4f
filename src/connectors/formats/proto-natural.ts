// The SQL type that a type of Protocol Buffers is by itself, and the names of messages that stand for values.

import type { SqlType } from '../../data/types.ts';
import * as types from '../../data/types.ts';
import type { ProtoField, ProtoMessage, ProtoScalar, ProtoType } from './proto-schema.ts';

export const TIMESTAMP_MESSAGE = 'google.protobuf.Timestamp';
export const DURATION_MESSAGE = 'google.protobuf.Duration';

const WRAPPERS = new Set(
  ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name) => `google.protobuf.${name}Value`,
  ),
);

/** Messages that are JSON, and the one field that says it; of a Value, one of several. */
export const JSON_MESSAGES: ReadonlyMap<string, string | null> = new Map([
  ['google.protobuf.Struct', 'fields'],
  ['google.protobuf.ListValue', 'values'],
  ['google.protobuf.Value', null],
]);

const SCALAR_TYPES: Readonly<Record<ProtoScalar, SqlType>> = {
  double: types.DOUBLE,
  float: types.REAL,
  int32: types.INTEGER,
  sint32: types.INTEGER,
  sfixed32: types.INTEGER,
  uint32: types.BIGINT,
  fixed32: types.BIGINT,
  int64: types.BIGINT,
  sint64: types.BIGINT,
  sfixed64: types.BIGINT,
  uint64: { kind: 'numeric', precision: 20, scale: 0 },
  fixed64: { kind: 'numeric', precision: 20, scale: 0 },
  bool: types.BOOLEAN,
  string: types.TEXT,
  bytes: types.BYTEA,
};

export function scalarType(kind: ProtoScalar): SqlType {
  return SCALAR_TYPES[kind];
}

/** The field of a message that only wraps a value, so that it can be absent. */
export function wrapped(message: ProtoMessage): ProtoField | undefined {
  return WRAPPERS.has(message.name) ? message.fields[0] : undefined;
}

/** A message that holds itself is jsonb where it does; one without fields is, too, for a row has some. */
export function naturalType(field: ProtoField, within: readonly ProtoMessage[] = []): SqlType {
  if (field.shape === 'map') return types.JSONB;
  const one = naturalItem(field.type, within);
  return field.shape === 'many' ? types.arrayOf(one) : one;
}

export function naturalItem(type: ProtoType, within: readonly ProtoMessage[] = []): SqlType {
  if (type.kind === 'enum') return types.TEXT;
  if (type.kind !== 'message') return SCALAR_TYPES[type.kind];
  if (type.name === TIMESTAMP_MESSAGE) return types.TIMESTAMPTZ;
  if (type.name === DURATION_MESSAGE) return types.INTERVAL;
  const inner = wrapped(type);
  if (inner !== undefined) return naturalItem(inner.type);
  if (JSON_MESSAGES.has(type.name) || within.includes(type)) return types.JSONB;
  const fields = type.fields
    .filter((field) => !field.group)
    .map((field) => ({ name: field.name, type: naturalType(field, [...within, type]) }));
  return fields.length === 0 ? types.JSONB : { kind: 'row', fields };
}
