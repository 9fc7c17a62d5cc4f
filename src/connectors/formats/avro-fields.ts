// Values of Avro as values of SQL types, whatever they are: what nests is made value by value, in the same way in a column and within a
// row. Single numbers, texts and times of columns have ways of their own (avro-values.ts).

import { encodeArray, encoded, encodeRow } from '../../data/tree/cells.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { jsonObject, writeJson } from '../../data/tree/json.ts';
import type { ArrayType, RowType, SqlType } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import { AvroCursor } from './avro-cursor.ts';
import { encodeDefault } from './avro-default.ts';
import type { Resolved } from './avro-resolve.ts';
import { readerBranch, resolveField } from './avro-resolve.ts';
import { scalarReader } from './avro-scalars.ts';
import type { AvroField, AvroRecord, AvroType } from './avro-schema.ts';
import { leastBytes } from './avro-schema.ts';
import { skipValue } from './avro-skip.ts';
import { conversion, jsonOfValue } from './natural-values.ts';
import { WRONG_TYPE } from './rejection.ts';
import { ValueFailure } from './value-failure.ts';

/** The next value at the cursor. Throws a ValueFailure or a RowFailure. */
export type ValueReader = (cursor: AvroCursor) => Value;

/** `known`: the reader's type. Undefined: no value of the writer's type converts. */
export function valueReader(writer: AvroType, sql: SqlType, known: AvroType | null): ValueReader | undefined {
  const reader = readerBranch(writer, known);
  if (writer.kind === 'null') return () => null;
  if (writer.kind === 'union') return unionReader(writer.branches, sql, known);
  if (sql.kind === 'jsonb') {
    const json = jsonReader(writer, reader);
    return (cursor) => {
      const value = json(cursor);
      return value === null ? null : encoded((w) => writeJson(w, value));
    };
  }
  switch (writer.kind) {
    case 'map':
      return undefined;
    case 'array':
      return sql.kind === 'array' ? arrayReader(writer.items, sql, reader) : undefined;
    case 'record':
      return sql.kind === 'row' ? rowReader(writer, sql, reader) : undefined;
    default: {
      const { type, read } = scalarReader(writer, reader);
      const convert = conversion(type, sql);
      return convert && ((cursor) => convert(read(cursor)));
    }
  }
}

/** A branch that does not convert makes its values wrong, not the others. */
function unionReader(
  branches: readonly AvroType[],
  sql: SqlType,
  known: AvroType | null,
): ValueReader | undefined {
  const readers = branches.map((branch) => valueReader(branch, sql, known));
  if (branches.every(({ kind }, i) => kind === 'null' || readers[i] === undefined)) return undefined;
  return (cursor) => {
    const read = readers[cursor.index(readers.length)];
    if (read === undefined) throw new ValueFailure(WRONG_TYPE);
    return read(cursor);
  };
}

function arrayReader(items: AvroType, sql: ArrayType, reader: AvroType | null): ValueReader | undefined {
  const item = valueReader(items, sql.element, reader?.kind === 'array' ? reader.items : null);
  if (item === undefined) return undefined;
  const least = leastBytes(items);
  return (cursor) => {
    const values: Value[] = [];
    cursor.enter();
    cursor.blocks(least, () => values.push(item(cursor)));
    cursor.leave();
    return encodeArray(values, sql);
  };
}

/** Fields that neither schema has are NULL. */
function rowReader(writer: AvroRecord, sql: RowType, reader: AvroType | null): ValueReader | undefined {
  const known = reader?.kind === 'record' ? reader : null;
  const sources = sql.fields.map(({ name }) => resolveField(name, writer, known));
  const reads: ((cursor: AvroCursor) => Value | void)[] = [];
  const places = writer.fields.map((field) => sources.findIndex((source) => isOf(source, field)));
  for (const [i, field] of writer.fields.entries()) {
    const place = places[i]!;
    const source = sources[place];
    const read =
      source === undefined || 'fallback' in source
        ? (cursor: AvroCursor) => skipValue(field.type, cursor)
        : valueReader(field.type, sql.fields[place]!.type, source.reader);
    if (read === undefined) return undefined;
    reads.push(read);
  }
  const defaults = sql.fields.map(({ type }, i) => {
    const source = sources[i];
    return source !== undefined && 'fallback' in source ? defaultValue(source.fallback, type) : null;
  });
  return (cursor) => {
    const values = [...defaults];
    cursor.enter();
    for (const [i, read] of reads.entries()) {
      const value = read(cursor);
      if (places[i]! >= 0) values[places[i]!] = value ?? null;
    }
    cursor.leave();
    return encodeRow(values, sql);
  };
}

function isOf(source: Resolved | undefined, field: AvroField): boolean {
  return source !== undefined && 'writer' in source && source.writer === field;
}

/** The default of a field in a reader's schema, as a column's value. Throws BAD_SCHEMA where it is none. */
export function defaultValue(field: AvroField, sql: SqlType): Value {
  const bytes = encodeDefault(field);
  const cursor = new AvroCursor();
  cursor.open(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
  return valueReader(field.type, sql, null)?.(cursor) ?? null;
}

/** As jsonb: records and maps are objects, of a union its value, numbers keep their digits, the others as `ENCODE JSON` writes them. */
function jsonReader(writer: AvroType, known: AvroType | null): (cursor: AvroCursor) => JsonValue {
  const reader = readerBranch(writer, known);
  switch (writer.kind) {
    case 'null':
      return () => null;
    case 'union': {
      const readers = new Map<AvroType, (cursor: AvroCursor) => JsonValue>();
      return (cursor) => {
        const branch = writer.branches[cursor.index(writer.branches.length)]!;
        return kept(readers, branch, () => jsonReader(branch, known))(cursor);
      };
    }
    case 'array':
    case 'map':
      return itemsReader(writer.kind, writer.items, reader);
    case 'record':
      return objectReader(writer, reader);
    default: {
      const { type, read } = scalarReader(writer, reader);
      return (cursor) => jsonOfValue(read(cursor), type);
    }
  }
}

/** Made when it is needed: a type may hold itself. */
function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let found = map.get(key);
  if (found === undefined) {
    found = make();
    map.set(key, found);
  }
  return found;
}

function itemsReader(
  kind: 'array' | 'map',
  items: AvroType,
  reader: AvroType | null,
): (cursor: AvroCursor) => JsonValue {
  const inner = reader?.kind === kind ? reader.items : null;
  let item: ((cursor: AvroCursor) => JsonValue) | undefined;
  const least = leastBytes(items);
  return (cursor) => {
    const values: JsonValue[] = [];
    const members: [string, JsonValue][] = [];
    const read = (item ??= jsonReader(items, inner));
    cursor.enter();
    if (kind === 'array') cursor.blocks(least, () => values.push(read(cursor)));
    else cursor.blocks(1, () => members.push([cursor.text(), read(cursor)]));
    cursor.leave();
    return kind === 'array' ? values : jsonObject(members);
  };
}

/** By the reader's names, with the reader's defaults. */
function objectReader(writer: AvroRecord, reader: AvroType | null): (cursor: AvroCursor) => JsonValue {
  const known = reader?.kind === 'record' ? reader : null;
  const readers = new Map<AvroField, (cursor: AvroCursor) => JsonValue>();
  const resolved = known?.fields.map((field) => ({ field, source: resolveField(field.name, writer, known) }));
  const readerOf = (field: AvroField): { readonly name: string; readonly type: AvroType | null } => {
    const own = resolved?.find(({ source }) => isOf(source, field))?.field;
    return { name: own?.name ?? field.name, type: own?.type ?? null };
  };
  const names = writer.fields.map((field) => readerOf(field).name);
  const lacking = resolved?.flatMap(({ field, source }) =>
    source !== undefined && 'fallback' in source ? [[field.name, defaultJson(source.fallback)] as const] : [],
  );
  return (cursor) => {
    const members: (readonly [string, JsonValue])[] = [...(lacking ?? [])];
    cursor.enter();
    for (const [i, field] of writer.fields.entries()) {
      const read = kept(readers, field, () => jsonReader(field.type, readerOf(field).type));
      members.push([names[i]!, read(cursor)]);
    }
    cursor.leave();
    return jsonObject(members);
  };
}

function defaultJson(field: AvroField): JsonValue {
  const bytes = encodeDefault(field);
  const cursor = new AvroCursor();
  cursor.open(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
  return jsonReader(field.type, null)(cursor);
}
