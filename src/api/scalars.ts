// GraphQL scalars for SQL types whose values JSON numbers cannot carry. Out: exact text (a double beyond JSON as "NaN",
// "Infinity", "-Infinity"). In: text or number, read as Postgres reads it.

import type { ValueNode } from 'graphql';
import { GraphQLBoolean, GraphQLError, GraphQLInt, GraphQLScalarType, GraphQLString, Kind } from 'graphql';
import { dateToText, timestampToText } from '../data/time-text.ts';
import { parseValue, valueToText } from '../data/text-forms.ts';
import { RowFailure } from '../data/failure.ts';
import type { SqlType, TypeKind } from '../data/types.ts';
import * as types from '../data/types.ts';
import type { Value } from '../data/value.ts';

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

const SCALARS: Readonly<Record<TypeKind, GraphQLScalarType>> = {
  boolean: GraphQLBoolean,
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
  return SCALARS[type.kind];
}

export const BIG_INT: GraphQLScalarType = BIGINT;
export const TIMESTAMP_TZ: GraphQLScalarType = TIMESTAMPTZ;
