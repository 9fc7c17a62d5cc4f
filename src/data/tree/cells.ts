// Values of any type as cells of a tree: what arrays and rows are made of.

import type { ArrayType, RowType, SqlType } from '../types.ts';
import type { IntervalValue, NumericValue, TreeValue, Value } from '../value.ts';
import { readJson, skipJson, writeJson } from './json.ts';
import { TreeReader } from './reader.ts';
import { NULL_CELL, TreeWriter, VALUE_CELL } from './writer.ts';

/** Ends the cells of an array. */
export const END_OF_ARRAY = 0x00;

export function writeCell(w: TreeWriter, type: SqlType, value: Value): void {
  if (value === null) return w.u8(NULL_CELL);
  w.u8(VALUE_CELL);
  switch (type.kind) {
    case 'boolean':
      return w.u8(value === true ? 1 : 0);
    case 'smallint':
    case 'integer':
    case 'date':
      return w.i32(value as number);
    case 'bigint':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return w.i64(value as bigint);
    case 'real':
    case 'double':
      return w.double(value as number);
    case 'numeric': {
      const { unscaled, scale } = value as NumericValue;
      return w.numeric(unscaled, scale);
    }
    case 'interval': {
      const { months, days, micros } = value as IntervalValue;
      return w.interval(months, days, micros);
    }
    case 'text':
    case 'varchar':
      return w.string(value as string);
    case 'uuid':
      return w.raw(value as Uint8Array, 0, 16);
    case 'bytea':
      return w.blob(value as Uint8Array, 0, (value as Uint8Array).length);
    case 'jsonb':
      return writeJson(w, readJson(open(value)));
    case 'array':
      return writeItems(w, type, decodeArray(value as TreeValue, type));
    case 'row':
      return writeFields(w, type, decodeRow(value as TreeValue, type));
  }
}

function open(value: Value): TreeReader {
  const { tree } = value as TreeValue;
  return new TreeReader().open(tree, 0, tree.length);
}

export function readCell(r: TreeReader, type: SqlType): Value {
  if (r.u8() === NULL_CELL) return null;
  switch (type.kind) {
    case 'boolean':
      return r.u8() === 1;
    case 'smallint':
    case 'integer':
    case 'date':
      return r.i32();
    case 'bigint':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return r.i64();
    case 'real':
    case 'double':
      return r.double();
    case 'numeric':
      return r.numeric();
    case 'interval':
      return r.interval();
    case 'text':
    case 'varchar':
      return r.string();
    case 'uuid':
      r.at += 16;
      return new Uint8Array(r.bytes.subarray(r.at - 16, r.at));
    case 'bytea':
      return r.blob();
    case 'jsonb':
      return encoded((w) => writeJson(w, readJson(r)));
    case 'array': {
      const items = readItems(r, type);
      return encoded((w) => writeItems(w, type, items));
    }
    case 'row': {
      const fields = readFields(r, type);
      return encoded((w) => writeFields(w, type, fields));
    }
  }
}

/** Passes one cell by. */
export function skipCell(r: TreeReader, type: SqlType): void {
  if (r.u8() === NULL_CELL) return;
  switch (type.kind) {
    case 'boolean':
      r.at += 1;
      return;
    case 'smallint':
    case 'integer':
    case 'date':
      r.at += 4;
      return;
    case 'bigint':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      r.at += 8;
      return;
    case 'real':
    case 'double':
      r.at += 8;
      return r.skipDetail(1);
    case 'interval':
      r.at += 16;
      return r.skipDetail(8);
    case 'uuid':
      r.at += 16;
      return;
    case 'numeric':
      return r.skipNumeric();
    case 'text':
    case 'varchar':
      r.textEnd();
      return;
    case 'bytea':
      return r.skipBlob();
    case 'jsonb':
      return skipJson(r);
    case 'array':
      while (r.bytes[r.at] !== END_OF_ARRAY) skipCell(r, type.element);
      r.at++;
      return;
    case 'row':
      for (const field of type.fields) skipCell(r, field.type);
  }
}

export function encoded(write: (w: TreeWriter) => void): TreeValue {
  const w = new TreeWriter();
  write(w);
  return { tree: w.finish() };
}

export function writeItems(w: TreeWriter, type: ArrayType, items: readonly Value[]): void {
  for (const item of items) writeCell(w, type.element, item);
  w.u8(END_OF_ARRAY);
}

export function readItems(r: TreeReader, type: ArrayType): Value[] {
  const items: Value[] = [];
  while (r.bytes[r.at] !== END_OF_ARRAY) items.push(readCell(r, type.element));
  r.at++;
  return items;
}

export function writeFields(w: TreeWriter, type: RowType, values: readonly Value[]): void {
  type.fields.forEach((field, i) => writeCell(w, field.type, values[i] ?? null));
}

export function readFields(r: TreeReader, type: RowType): Value[] {
  return type.fields.map((field) => readCell(r, field.type));
}

export function encodeArray(items: readonly Value[], type: ArrayType): TreeValue {
  return encoded((w) => writeItems(w, type, items));
}

export function decodeArray(value: TreeValue, type: ArrayType): readonly Value[] {
  return readItems(open(value), type);
}

export function encodeRow(values: readonly Value[], type: RowType): TreeValue {
  return encoded((w) => writeFields(w, type, values));
}

export function decodeRow(value: TreeValue, type: RowType): readonly Value[] {
  return readFields(open(value), type);
}
