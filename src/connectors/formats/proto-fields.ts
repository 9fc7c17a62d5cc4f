// Fields of Protocol Buffers as values of SQL types, whatever they are: what nests is made value by value, in the same way in a column and
// within a row. Times and single numbers and texts of columns have ways of their own (proto-values.ts).

import { encodeArray, encoded, encodeRow } from '../../data/tree/cells.ts';
import { writeJson } from '../../data/tree/json.ts';
import { checkedTimestamp } from '../../data/time.ts';
import type { ArrayType, RowType, SqlType } from '../../data/types.ts';
import { INTEGER, INTERVAL, TEXT, TIMESTAMPTZ } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import { conversion } from './natural-values.ts';
import { eachItem } from './proto-items.ts';
import { jsonOfField } from './proto-json.ts';
import { DURATION_MESSAGE, JSON_MESSAGES, scalarType, TIMESTAMP_MESSAGE, wrapped } from './proto-natural.ts';
import { enumNumber, enumText, scalarDefault, scalarValue } from './proto-scalars.ts';
import type { ProtoEnum, ProtoField, ProtoMessage, ProtoScalar, ProtoType } from './proto-schema.ts';
import { durationValue, timestampMicros } from './proto-times.ts';
import type { WantedField } from './proto-wire.ts';
import { collect, Occurrences } from './proto-wire.ts';

/** The value of a field from where it was found; null: it is absent. Throws a ValueFailure or a RowFailure. */
export type FieldReader = (found: Occurrences) => Value;

/** Of a single value, which is there. */
type ItemReader = FieldReader;

export interface ResolvedField {
  readonly field: ProtoField;
  /** Its message in the reader's schema. */
  readonly reader: ProtoMessage | null;
}

/**
 * The field of a message that a name means: by its number in the reader's schema, which is what identifies a field, whatever the
 * writer calls it; by its name in the writer's schema where the reader's has none.
 */
export function resolveField(
  name: string,
  writer: ProtoMessage,
  reader: ProtoMessage | null,
): ResolvedField | undefined {
  const known = reader?.fields.find((field) => field.name === name);
  if (known !== undefined) {
    const inner = known.type.kind === 'message' ? known.type : null;
    // What the writer's schema lacks is absent, and a default of the reader's.
    return { field: writer.fields.find(({ number }) => number === known.number) ?? known, reader: inner };
  }
  const field = writer.fields.find((own) => own.name === name);
  if (field === undefined || reader?.fields.some(({ number }) => number === field.number) === true)
    return undefined;
  return { field, reader: null };
}

/** Undefined: the type cannot take it. */
export function fieldReader(
  field: ProtoField,
  sql: SqlType,
  reader: ProtoMessage | null,
): FieldReader | undefined {
  if (field.group) return undefined;
  if (sql.kind === 'jsonb') {
    return (found) => {
      const json = jsonOfField(field, found);
      return json === undefined || json === null ? null : encoded((w) => writeJson(w, json));
    };
  }
  if (field.shape === 'map') return undefined;
  if (field.shape === 'many') return sql.kind === 'array' ? manyReader(field, sql, reader) : undefined;
  const item = itemReader(field.type, sql, reader);
  if (item === undefined) return undefined;
  // A default is no valid value of every type: '' is no uuid.
  const absent = (): Value => (field.presence ? null : defaultOf(field.type, sql));
  return (found) => (found.count === 0 ? absent() : item(found));
}

function manyReader(field: ProtoField, sql: ArrayType, reader: ProtoMessage | null): FieldReader | undefined {
  const item =
    sql.element.kind === 'jsonb'
      ? fieldReader({ ...field, shape: 'one' }, sql.element, reader)
      : itemReader(field.type, sql.element, reader);
  if (item === undefined) return undefined;
  return (found) => {
    const items: Value[] = [];
    eachItem(field, found, (one) => {
      const value = item(one);
      // A number that a closed enumeration does not have is as if it were not there.
      if (value !== null || field.type.kind !== 'enum') items.push(value);
    });
    return encodeArray(items, sql);
  };
}

function itemReader(type: ProtoType, sql: SqlType, reader: ProtoMessage | null): ItemReader | undefined {
  switch (type.kind) {
    case 'enum':
      return enumReader(type, sql);
    case 'message':
      return messageReader(type, sql, reader);
    default:
      return scalarReader(type.kind, sql);
  }
}

function scalarReader(kind: ProtoScalar, sql: SqlType): ItemReader | undefined {
  const convert = conversion(scalarType(kind), sql);
  if (convert === undefined) return undefined;
  return ({ b, v, starts, ends, count }) =>
    convert(scalarValue(kind, b, v, starts[count - 1]!, ends[count - 1]!));
}

/** As text its symbol, as a number its number. */
function enumReader(type: ProtoEnum, sql: SqlType): ItemReader | undefined {
  const fromText = conversion(TEXT, sql);
  const fromNumber = isInteger(sql) ? conversion(INTEGER, sql) : undefined;
  if (fromText === undefined && fromNumber === undefined) return undefined;
  return ({ b, starts, ends, count }) => {
    const number = enumNumber(b, starts[count - 1]!, ends[count - 1]!);
    const text = enumText(type, number);
    if (text === undefined) return null;
    return fromNumber === undefined ? fromText!(text) : fromNumber(number);
  };
}

function isInteger({ kind }: SqlType): boolean {
  return kind === 'smallint' || kind === 'integer' || kind === 'bigint';
}

function messageReader(
  type: ProtoMessage,
  sql: SqlType,
  reader: ProtoMessage | null,
): ItemReader | undefined {
  const inner = wrapped(type);
  if (inner !== undefined) {
    const read = fieldReader(inner, sql, null);
    return read === undefined
      ? undefined
      : within(new Map([[inner.number, inner]]), ([value]) => read(value!));
  }
  if (JSON_MESSAGES.has(type.name)) return undefined;
  if (type.name === TIMESTAMP_MESSAGE && sql.kind !== 'row') {
    const convert = conversion(TIMESTAMPTZ, sql);
    return convert && ((found) => convert(checkedTimestamp(timestampMicros(found))));
  }
  if (type.name === DURATION_MESSAGE && sql.kind !== 'row') {
    const convert = conversion(INTERVAL, sql);
    return convert && ((found) => convert(durationValue(found)));
  }
  return sql.kind === 'row' ? rowReader(type, sql, reader) : undefined;
}

/** Fields that the message lacks are NULL, as are those that are absent. */
function rowReader(type: ProtoMessage, sql: RowType, reader: ProtoMessage | null): ItemReader | undefined {
  const wanted = new Map<number, ProtoField>();
  const reads: (FieldReader | null)[] = [];
  const places: number[] = [];
  for (const { name, type: column } of sql.fields) {
    const resolved = resolveField(name, type, reader);
    const read = resolved === undefined ? null : fieldReader(resolved.field, column, resolved.reader);
    if (read === undefined) return undefined;
    reads.push(read);
    places.push(resolved === undefined ? -1 : resolved.field.number);
    if (resolved !== undefined) wanted.set(resolved.field.number, resolved.field);
  }
  for (const field of type.fields)
    if (field.oneof !== null && !wanted.has(field.number) && !field.group) wanted.set(field.number, field);
  const numbers = [...wanted.keys()];
  return within(wanted, (found) =>
    encodeRow(
      reads.map((read, i) => (read === null ? null : read(found[numbers.indexOf(places[i]!)]!))),
      sql,
    ),
  );
}

/** Reads fields within a message; what they gave is lent to `make`, in the order of `fields`. */
function within(
  fields: ReadonlyMap<number, ProtoField>,
  make: (found: readonly Occurrences[]) => Value,
): ItemReader {
  const wanted = new Map<number, WantedField>(
    [...fields].map(([number, field]) => [number, { field, found: new Occurrences() }]),
  );
  const found = [...wanted.values()].map((one) => one.found);
  return (outer) => {
    collect(outer, wanted);
    return make(found);
  };
}

/** Of a field without presence, which is no message. */
function defaultOf(type: ProtoType, sql: SqlType): Value {
  if (type.kind === 'message') return null;
  if (type.kind !== 'enum') return conversion(scalarType(type.kind), sql)!(scalarDefault(type.kind));
  if (isInteger(sql)) return conversion(INTEGER, sql)!(0);
  const text = enumText(type, 0);
  return text === undefined ? null : conversion(TEXT, sql)!(text);
}
