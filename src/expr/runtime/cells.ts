// Cells of arrays and rows in generated code: reading the next one into the registers, writing slots as cells, and giving
// what was written as a slice of the arena.

import { readCell, skipCell, writeCell } from '../../data/tree/cells.ts';
import { readJson, writeJson } from '../../data/tree/json.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { bodyEnd, NULL_CELL, TreeWriter, VALUE_CELL } from '../../data/tree/writer.ts';
import { compareBytes, equalBytes } from '../../data/bytes.ts';
import { result } from '../../data/registers.ts';
import type { SqlType } from '../../data/types.ts';
import { TEXT } from '../../data/types.ts';
import type { IntervalValue, NumericValue, TreeValue } from '../../data/value.ts';
import { buffer, close, open } from './arena.ts';

/** One tree is written at a time: arguments are computed before. */
const writer = new TreeWriter();

export function startTree(): void {
  writer.clear();
}

/** What was written, as a part of the arena. */
export function endTree(): number {
  const start = open(writer.size);
  writer.copyTo(buffer(), start);
  return close(start, start + writer.size);
}

export function endArray(): number {
  writer.u8(0);
  return endTree();
}

/** Beside the one that is being written. */
const other = new TreeWriter();

/** Encodes a whole tree by a function of a writer. */
export function giveTree(write: (w: TreeWriter) => void): number {
  other.clear();
  write(other);
  const start = open(other.size);
  other.copyTo(buffer(), start);
  return close(start, start + other.size);
}

/** An array of texts. */
export function giveTexts(texts: readonly (string | null)[]): number {
  return giveTree((w) => {
    for (const text of texts) writeCell(w, TEXT, text);
    w.u8(0);
  });
}

export function writeNullCell(): void {
  writer.u8(NULL_CELL);
}

export function writeBool(value: boolean): void {
  writer.u8(VALUE_CELL);
  writer.u8(value ? 1 : 0);
}

export function writeI32(value: number): void {
  writer.u8(VALUE_CELL);
  writer.i32(value);
}

export function writeI64(value: bigint): void {
  writer.u8(VALUE_CELL);
  writer.i64(value);
}

export function writeF64(value: number): void {
  writer.u8(VALUE_CELL);
  writer.double(value);
}

export function writeNumeric(unscaled: bigint, scale: number): void {
  writer.u8(VALUE_CELL);
  writer.numeric(unscaled, scale);
}

export function writeInterval(months: number, days: number, micros: bigint): void {
  writer.u8(VALUE_CELL);
  writer.interval(months, days, micros);
}

export type WriteSlice = (bytes: Uint8Array, start: number, end: number) => void;

export function sliceWriter(type: SqlType): WriteSlice {
  switch (type.kind) {
    case 'uuid':
      return (bytes, start, end) => {
        writer.u8(VALUE_CELL);
        writer.raw(bytes, start, end);
      };
    case 'bytea':
      return (bytes, start, end) => {
        writer.u8(VALUE_CELL);
        writer.blob(bytes, start, end);
      };
    case 'jsonb':
      return (bytes, start, end) => {
        writer.u8(VALUE_CELL);
        writeJson(writer, readJson(new TreeReader().open(bytes, start, end)));
      };
    case 'array':
    case 'row':
      return (bytes, start, end) => writeCell(writer, type, { tree: bytes.subarray(start, end) });
    default:
      return (bytes, start, end) => {
        writer.u8(VALUE_CELL);
        writer.text(bytes, start, end);
      };
  }
}

/** Reads the cell at the reader; NULL is told by `result.isNull`. What it returns is as data/registers.ts says. */
export type ReadCell = (r: TreeReader) => unknown;

export function cellReader(type: SqlType): ReadCell {
  const read = payloadReader(type);
  const nothing = read.zero;
  return (r) => {
    result.isNull = r.bytes[r.at] === NULL_CELL;
    if (!result.isNull) return read.payload(r);
    r.at++;
    return nothing;
  };
}

export interface PayloadReader {
  readonly zero: unknown;
  readonly payload: (r: TreeReader) => unknown;
}

export function payloadReader(type: SqlType): PayloadReader {
  switch (type.kind) {
    case 'numeric':
      return { zero: 0n, payload: (r) => giveNumeric(readCell(r, type) as NumericValue) };
    case 'interval':
      return { zero: 0n, payload: (r) => giveInterval(readCell(r, type) as IntervalValue) };
    case 'bigint':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return { zero: 0n, payload: (r) => readCell(r, type) };
    case 'text':
    case 'varchar':
      return { zero: 0, payload: giveText };
    case 'uuid':
    case 'bytea':
      return { zero: 0, payload: (r) => giveBytes(readCell(r, type) as Uint8Array) };
    case 'jsonb':
      return { zero: 0, payload: giveJson };
    case 'array':
    case 'row':
      return { zero: 0, payload: (r) => giveBytes((readCell(r, type) as TreeValue).tree) };
    default:
      return { zero: 0, payload: (r) => readCell(r, type) };
  }
}

function giveNumeric({ unscaled, scale }: NumericValue): bigint {
  result.scale = scale;
  return unscaled;
}

function giveInterval({ months, days, micros }: IntervalValue): bigint {
  result.months = months;
  result.days = days;
  return micros;
}

function giveText(r: TreeReader): number {
  const start = ++r.at;
  result.bytes = r.bytes;
  result.end = r.textEnd();
  return start;
}

export function giveBytes(bytes: Uint8Array): number {
  result.bytes = bytes;
  result.end = bytes.length;
  return 0;
}

function giveJson(r: TreeReader): number {
  r.at++;
  const json = readJson(r);
  return giveTree((w) => writeJson(w, json));
}

/** The cell at `index` of an array, from 1; NULL outside. */
export function itemReader(
  element: SqlType,
): (bytes: Uint8Array, start: number, end: number, index: number) => unknown {
  const r = new TreeReader();
  const read = cellReader(element);
  const { zero } = payloadReader(element);
  return (bytes, start, end, index) => {
    r.open(bytes, start, end);
    for (let i = 1; i < index && r.bytes[r.at] !== 0; i++) skipCell(r, element);
    if (index >= 1 && r.bytes[r.at] !== 0) return read(r);
    result.isNull = true;
    return zero;
  };
}

/** Field number `index` of a row, from 0. */
export function fieldReader(
  fields: readonly { readonly type: SqlType }[],
  index: number,
): (bytes: Uint8Array, start: number, end: number) => unknown {
  const r = new TreeReader();
  const read = cellReader(fields[index]!.type);
  return (bytes, start, end) => {
    r.open(bytes, start, end);
    for (let i = 0; i < index; i++) skipCell(r, fields[i]!.type);
    return read(r);
  };
}

export function compareTrees(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  return compareBytes(a, aStart, bodyEnd(a, aStart, aEnd), b, bStart, bodyEnd(b, bStart, bEnd));
}

export function equalTrees(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  return equalBytes(a, aStart, bodyEnd(a, aStart, aEnd), b, bStart, bodyEnd(b, bStart, bEnd));
}

/** Are all fields NULL, or all of them not? */
export function fieldsTester(
  fields: readonly { readonly type: SqlType }[],
  wanted: boolean,
): (bytes: Uint8Array, start: number, end: number) => boolean {
  const r = new TreeReader();
  return (bytes, start, end) => {
    r.open(bytes, start, end);
    return fields.every(({ type }) => {
      const isNull = r.bytes[r.at] === NULL_CELL;
      skipCell(r, type);
      return isNull === wanted;
    });
  };
}
