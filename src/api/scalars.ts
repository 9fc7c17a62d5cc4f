// GraphQL scalars for SQL types whose values JSON numbers cannot carry. Out: exact text (a double beyond JSON as "NaN",
// "Infinity", "-Infinity"). In: text or number, read as Postgres reads it.

import type { GraphQLOutputType, ValueNode } from 'graphql';
import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLInt,
  GraphQLList,
  GraphQLScalarType,
  GraphQLString,
  Kind,
} from 'graphql';
import { compareNumeric } from '../data/numeric.ts';
import { numericToText, parseNumeric } from '../data/numeric-text.ts';
import { dateToText, timestampToText } from '../data/time-text.ts';
import { jsonOf, parseValue, valueToText } from '../data/text-forms.ts';
import { decodeArray, decodeRow } from '../data/tree/cells.ts';
import type { JsonValue } from '../data/tree/json.ts';
import { isJsonArray, isJsonObject } from '../data/tree/json.ts';
import { RowFailure } from '../data/failure.ts';
import type { SqlType, TypeKind } from '../data/types.ts';
import * as types from '../data/types.ts';
import type { TreeValue, Value } from '../data/value.ts';

type NotNull = Exclude<Value, null>;

function scalar(
  name: string,
  type: SqlType,
  description: string,
  show: (value: NotNull) => unknown,
): GraphQLScalarType {
  const read = (given: unknown): NotNull => {
    if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'bigint')
      throw new GraphQLError(`${name} is written as a string or a number`, invalid());
    return readText(name, type, String(given));
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => show(value as NotNull),
    parseValue: read,
    parseLiteral: (node: ValueNode) => {
      if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT)
        return readText(name, type, node.value);
      throw new GraphQLError(`${name} is written as a string or a number`, { nodes: node, ...invalid() });
    },
  });
}

function readText(name: string, type: SqlType, text: string): NotNull {
  try {
    return parseValue(text, type);
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    throw new GraphQLError(`not a ${name}: ${error.message}`, invalid());
  }
}

function invalid(): { extensions: { code: string } } {
  return { extensions: { code: 'INVALID_VALUE' } };
}

const asText = (type: SqlType) => (value: NotNull) => valueToText(value, type);

/** `2024-01-02T03:04:05.678901`, with `Z` for a time with time zone. */
function isoTimestamp(zone: '' | 'Z'): (value: NotNull) => string {
  return (value) => {
    const text = timestampToText(value as bigint, '');
    if (text.endsWith('infinity')) return text;
    const [date, time, era] = text.split(' ');
    return `${date}T${time}${zone}${era === undefined ? '' : ` ${era}`}`;
  };
}

const SMALLINT = scalar('SmallInt', types.SMALLINT, 'smallint', (value) => value);
const BIGINT = scalar('BigInt', types.BIGINT, 'bigint, as text: exact beyond 2^53', asText(types.BIGINT));
const DOUBLE = scalar(
  'Double',
  types.DOUBLE,
  'double precision; "NaN", "Infinity" and "-Infinity" as text',
  (value) => (Number.isFinite(value) ? value : valueToText(value, types.DOUBLE)),
);
const NUMERIC = scalar('Numeric', types.NUMERIC, 'numeric, as text: exact', asText(types.NUMERIC));
const DATE = scalar('Date', types.DATE, 'date, as YYYY-MM-DD', (value) => dateToText(value as number));
const TIMESTAMP = scalar(
  'Timestamp',
  types.TIMESTAMP,
  'timestamp, ISO 8601 with microseconds',
  isoTimestamp(''),
);
const TIMESTAMPTZ = scalar(
  'TimestampTz',
  types.TIMESTAMPTZ,
  'timestamp with time zone, ISO 8601 in UTC',
  isoTimestamp('Z'),
);
const INTERVAL = scalar(
  'Interval',
  types.INTERVAL,
  "interval, as Postgres writes it: '1 day 02:00:00'",
  asText(types.INTERVAL),
);

const REAL = scalar('Real', types.REAL, 'real; "NaN", "Infinity" and "-Infinity" as text', (value) =>
  Number.isFinite(value) ? Number(valueToText(value, types.REAL)) : valueToText(value, types.REAL),
);
const TIME = scalar('Time', types.TIME, 'time of day, HH:MM:SS with microseconds', asText(types.TIME));
const UUID = scalar('Uuid', types.UUID, 'uuid', asText(types.UUID));
const BYTEA = scalar('Bytea', types.BYTEA, 'bytea, as \\x and hexadecimal digits', asText(types.BYTEA));

/** Values of other types have GraphQL's own forms: lists of arrays, and these two. */
function jsonScalar(name: string, description: string): GraphQLScalarType {
  return new GraphQLScalarType({ name, description, serialize: (value) => value });
}

const JSONB = jsonScalar('Jsonb', 'jsonb, as JSON; numbers that a double cannot carry are strings');
const ROW = jsonScalar('Row', 'a row, as a JSON object');

const SCALARS: Readonly<Record<Exclude<TypeKind, 'array'>, GraphQLScalarType>> = {
  boolean: GraphQLBoolean,
  real: REAL,
  varchar: GraphQLString,
  bytea: BYTEA,
  uuid: UUID,
  time: TIME,
  jsonb: JSONB,
  row: ROW,
  smallint: SMALLINT,
  integer: GraphQLInt,
  bigint: BIGINT,
  double: DOUBLE,
  numeric: NUMERIC,
  text: GraphQLString,
  date: DATE,
  timestamp: TIMESTAMP,
  timestamptz: TIMESTAMPTZ,
  interval: INTERVAL,
};

export function scalarOf(type: SqlType): GraphQLScalarType {
  return type.kind === 'array' ? scalarOf(type.element) : SCALARS[type.kind];
}

/** What a column is in a row: an array is a list. */
export function outputType(type: SqlType): GraphQLOutputType {
  return type.kind === 'array' ? new GraphQLList(outputType(type.element)) : scalarOf(type);
}

/** Can a client give values of this type? */
export function isInput(type: SqlType): boolean {
  return !types.isTree(type);
}

/** The value that the scalars of `outputType` serialize. */
export function outputValue(value: Value, type: SqlType): unknown {
  if (value === null) return null;
  if (type.kind === 'jsonb') return plainJson(jsonOf(value as TreeValue));
  if (type.kind === 'array')
    return decodeArray(value as TreeValue, type).map((item) => outputValue(item, type.element));
  if (type.kind !== 'row') return value;
  const fields = decodeRow(value as TreeValue, type);
  return Object.fromEntries(
    fields.map((field, i) => [type.fields[i]!.name, fieldValue(field, type.fields[i]!.type)]),
  );
}

/** Within a row there are no scalars: values are spelled here. */
function fieldValue(value: Value, type: SqlType): unknown {
  if (value === null || type.kind === 'row' || type.kind === 'jsonb') return outputValue(value, type);
  if (type.kind === 'array')
    return decodeArray(value as TreeValue, type).map((item) => fieldValue(item, type.element));
  return scalarOf(type).serialize(value);
}

function plainJson(json: JsonValue): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (isJsonArray(json)) return json.map(plainJson);
  if (isJsonObject(json)) return Object.fromEntries([...json].map(([key, item]) => [key, plainJson(item)]));
  const text = numericToText(json.unscaled, json.scale);
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  const back = parseNumeric(String(number));
  return compareNumeric(back.unscaled, back.scale, json.unscaled, json.scale) === 0 ? number : text;
}

export const BIG_INT: GraphQLScalarType = BIGINT;
export const TIMESTAMP_TZ: GraphQLScalarType = TIMESTAMPTZ;
