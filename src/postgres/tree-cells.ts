// jsonb, arrays and rows on their way to Postgres: columns of their text or binary forms, made value by value.

import type { Column, TextColumn } from '../data/column.ts';
import { columnCapacity, newColumn } from '../data/column.ts';
import type { SqlType } from '../data/types.ts';
import { layoutOf, TEXT } from '../data/types.ts';
import { jsonOf, valueToText } from '../data/text-forms.ts';
import { decodeArray, decodeRow } from '../data/tree/cells.ts';
import { jsonToText } from '../data/tree/json-text.ts';
import type { TreeValue, Value } from '../data/value.ts';
import { setValue, valueAt } from '../data/value.ts';
import { addCellSizes, writeCells } from './binary-cells.ts';
import { oidOf } from './type-oids.ts';

/** The output forms of the cells `rows`; other cells are void. */
export function textCells(column: Column, type: SqlType, rows: Int32Array): TextColumn {
  return converted(column, type, rows, (value) => Buffer.from(valueToText(value, type)));
}

/** The binary forms, without their lengths. */
export function binaryCells(column: Column, type: SqlType, rows: Int32Array): TextColumn {
  return converted(column, type, rows, (value) => payload(value, type));
}

function converted(
  column: Column,
  type: SqlType,
  rows: Int32Array,
  convert: (value: Exclude<Value, null>) => Buffer,
): TextColumn {
  const capacity = columnCapacity(column);
  const [start, end] = [new Int32Array(capacity), new Int32Array(capacity)];
  const pieces: Buffer[] = [];
  let at = 0;
  for (const row of rows) {
    const value = valueAt(column, row, type);
    if (value === null) continue;
    const piece = convert(value);
    pieces.push(piece);
    start[row] = at;
    at += piece.length;
    end[row] = at;
  }
  return { layout: 'text', bytes: Buffer.concat(pieces), start, end, nulls: column.nulls };
}

function payload(value: Exclude<Value, null>, type: SqlType): Buffer {
  switch (type.kind) {
    case 'jsonb':
      return Buffer.concat([Buffer.from([1]), Buffer.from(jsonToText(jsonOf(value as TreeValue)))]);
    case 'array':
      return arrayPayload(decodeArray(value as TreeValue, type), type.element);
    case 'row':
      return rowPayload(
        decodeRow(value as TreeValue, type),
        type.fields.map((field) => field.type),
      );
    default:
      return cell(value, type).subarray(4);
  }
}

/** Length and payload. */
function cell(value: Value, type: SqlType): Buffer {
  if (value !== null && (type.kind === 'jsonb' || type.kind === 'array' || type.kind === 'row')) {
    const bytes = payload(value, type);
    return Buffer.concat([int32(bytes.length), bytes]);
  }
  const column = newColumn(layoutOf(type), 1, true);
  setValue(column, 0, value);
  const rows = new Int32Array(1);
  const size = new Int32Array(1);
  addCellSizes(column, type, rows, size);
  const out = Buffer.alloc(size[0]!);
  writeCells(column, type, rows, new Int32Array(1), out);
  return out;
}

function int32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeInt32BE(value);
  return out;
}

function arrayPayload(items: readonly Value[], element: SqlType): Buffer {
  const head = [items.length === 0 ? 0 : 1, items.includes(null) ? 1 : 0, oidOf(element)];
  if (items.length > 0) head.push(items.length, 1);
  return Buffer.concat([...head.map(int32), ...items.map((item) => cell(item, element))]);
}

function rowPayload(values: readonly Value[], types: readonly SqlType[]): Buffer {
  const fields = values.flatMap((value, i) => [
    int32(oidOf(types[i] ?? TEXT)),
    cell(value, types[i] ?? TEXT),
  ]);
  return Buffer.concat([int32(values.length), ...fields]);
}
