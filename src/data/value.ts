// JavaScript values of SQL values: for literals, tests, GraphQL and error messages. Never on the path of every row.

import type { Column } from './column.ts';
import type { SqlType } from './types.ts';
import {
  columnCapacity,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  NUMERIC_PLUS_INFINITY,
  NUMERIC_WIDE,
} from './column.ts';

/** `unscaled / 10^scale`; specials have unscaled 0n and scale NUMERIC_NAN, NUMERIC_PLUS_INFINITY or NUMERIC_MINUS_INFINITY. */
export interface NumericValue {
  readonly unscaled: bigint;
  readonly scale: number;
}

export interface IntervalValue {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

/** jsonb, an array or a row, encoded as data/tree/ says. */
export interface TreeValue {
  readonly tree: Uint8Array;
}

/**
 * boolean: boolean · smallint, integer, date (days): number · bigint, time, timestamp[tz] (microseconds): bigint ·
 * real, double: number · numeric: NumericValue · text, varchar: string · bytea, uuid: Uint8Array · interval: IntervalValue ·
 * jsonb, arrays, rows: TreeValue · NULL: null
 */
export type Value =
  null | boolean | number | bigint | string | Uint8Array | NumericValue | IntervalValue | TreeValue;

const decoder = new TextDecoder('utf-8', { fatal: false });
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export function isNumericValue(value: Value): value is NumericValue {
  return typeof value === 'object' && value !== null && 'unscaled' in value;
}

export function isIntervalValue(value: Value): value is IntervalValue {
  return typeof value === 'object' && value !== null && 'months' in value;
}

export function isTreeValue(value: Value): value is TreeValue {
  return typeof value === 'object' && value !== null && 'tree' in value;
}

/** The value of a cell of a column of type `type`. */
export function valueAt(column: Column, row: number, type: SqlType): Value {
  if (column.nulls !== null && column.nulls[row] === 1) return null;
  switch (column.layout) {
    case 'bool':
      return column.values[row] === 1;
    case 'i32':
    case 'f64':
      return column.values[row]!;
    case 'i64':
      return column.values[row]!;
    case 'numeric': {
      const scale = column.scale[row]!;
      if (scale < 0) return { unscaled: 0n, scale };
      if (scale & NUMERIC_WIDE) return { unscaled: column.wide![row]!, scale: scale & ~NUMERIC_WIDE };
      return { unscaled: column.unscaled[row]!, scale };
    }
    case 'text':
      return sliceValue(column.bytes.subarray(column.start[row]!, column.end[row]!), type);
    case 'interval':
      return { months: column.months[row]!, days: column.days[row]!, micros: column.micros[row]! };
  }
}

function sliceValue(bytes: Uint8Array, type: SqlType): Value {
  switch (type.kind) {
    case 'jsonb':
    case 'array':
    case 'row':
      return { tree: new Uint8Array(bytes) };
    case 'bytea':
    case 'uuid':
      return new Uint8Array(bytes);
    default:
      return decoder.decode(bytes);
  }
}

const encoder = new TextEncoder();

/** The bytes of a value that lies in a column of layout `text`. */
export function valueBytes(value: Value): Uint8Array {
  if (isTreeValue(value)) return value.tree;
  return value instanceof Uint8Array ? value : encoder.encode(value as string);
}

/** Writes one value. Text is appended to `bytes`, which this copies: for tests, literals and small results only. */
export function setValue(column: Column, row: number, value: Value): void {
  if (value === null) {
    column.nulls ??= new Uint8Array(columnCapacity(column));
    column.nulls[row] = 1;
    return;
  }
  if (column.nulls !== null) column.nulls[row] = 0;
  switch (column.layout) {
    case 'bool':
      column.values[row] = value === true ? 1 : 0;
      return;
    case 'i32':
    case 'f64':
      column.values[row] = value as number;
      return;
    case 'i64':
      column.values[row] = value as bigint;
      return;
    case 'numeric':
      setNumeric(column, row, value as NumericValue);
      return;
    case 'text': {
      const added = valueBytes(value);
      const joined = new Uint8Array(column.bytes.length + added.length);
      joined.set(column.bytes);
      joined.set(added, column.bytes.length);
      column.start[row] = column.bytes.length;
      column.end[row] = joined.length;
      column.bytes = joined;
      return;
    }
    case 'interval': {
      const interval = value as IntervalValue;
      column.months[row] = interval.months;
      column.days[row] = interval.days;
      column.micros[row] = interval.micros;
      return;
    }
  }
}

function setNumeric(column: Extract<Column, { layout: 'numeric' }>, row: number, value: NumericValue): void {
  const { unscaled, scale } = value;
  if (scale === NUMERIC_NAN || scale === NUMERIC_PLUS_INFINITY || scale === NUMERIC_MINUS_INFINITY) {
    column.scale[row] = scale;
    column.unscaled[row] = 0n;
  } else if (unscaled >= INT64_MIN && unscaled <= INT64_MAX) {
    column.scale[row] = scale;
    column.unscaled[row] = unscaled;
  } else {
    column.scale[row] = scale | NUMERIC_WIDE;
    column.wide ??= [];
    column.wide[row] = unscaled;
  }
}
