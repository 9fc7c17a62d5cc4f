// Columns: one typed array (or a few) per column of a batch, plus one null byte per row where the column can be NULL.
// A null byte (1 = NULL) rather than a bit: generated loops read it with one load, and it costs less than the values.

import type { Layout } from './types.ts';

/** 1 = NULL. `null` when no row of this batch is NULL in this column. */
export type Nulls = Uint8Array | null;

export interface BoolColumn {
  readonly layout: 'bool';
  values: Uint8Array;
  nulls: Nulls;
}

/** smallint, integer; date as days since 1970-01-01 (±infinity: the int32 extremes). */
export interface I32Column {
  readonly layout: 'i32';
  values: Int32Array;
  nulls: Nulls;
}

/** bigint; timestamp[tz] as microseconds since 1970-01-01 00:00:00 UTC (±infinity: the int64 extremes). */
export interface I64Column {
  readonly layout: 'i64';
  values: BigInt64Array;
  nulls: Nulls;
}

export interface F64Column {
  readonly layout: 'f64';
  values: Float64Array;
  nulls: Nulls;
}

/**
 * Exact decimals. Row i is `unscaled[i] / 10^scale[i]`, where `scale` is Postgres' display scale, 0…16383.
 * `scale[i] & NUMERIC_WIDE`: the unscaled value does not fit 64 bits and stands in `wide[i]`.
 * Negative scales are the specials NUMERIC_NAN, NUMERIC_PLUS_INFINITY, NUMERIC_MINUS_INFINITY.
 */
export interface NumericColumn {
  readonly layout: 'numeric';
  unscaled: BigInt64Array;
  scale: Int16Array;
  wide: bigint[] | null;
  nulls: Nulls;
}

export const NUMERIC_WIDE = 0x4000;
export const NUMERIC_NAN = -1;
export const NUMERIC_PLUS_INFINITY = -2;
export const NUMERIC_MINUS_INFINITY = -3;

/**
 * Slices `bytes[start[i] … end[i])`: UTF-8, or what bytea, uuid, jsonb, arrays and rows are encoded as (data/tree/README.md).
 * `bytes` is often the buffer that the rows were fetched in: never write to it.
 */
export interface TextColumn {
  readonly layout: 'text';
  bytes: Uint8Array;
  start: Int32Array;
  end: Int32Array;
  nulls: Nulls;
}

export interface IntervalColumn {
  readonly layout: 'interval';
  months: Int32Array;
  days: Int32Array;
  micros: BigInt64Array;
  nulls: Nulls;
}

export type Column =
  BoolColumn | I32Column | I64Column | F64Column | NumericColumn | TextColumn | IntervalColumn;

const NO_BYTES = new Uint8Array(0);

/** A column with room for `capacity` rows; `nullable` allocates the null bytes. */
export function newColumn(layout: Layout, capacity: number, nullable: boolean): Column {
  const nulls = nullable ? new Uint8Array(capacity) : null;
  switch (layout) {
    case 'bool':
      return { layout, values: new Uint8Array(capacity), nulls };
    case 'i32':
      return { layout, values: new Int32Array(capacity), nulls };
    case 'i64':
      return { layout, values: new BigInt64Array(capacity), nulls };
    case 'f64':
      return { layout, values: new Float64Array(capacity), nulls };
    case 'numeric':
      return {
        layout,
        unscaled: new BigInt64Array(capacity),
        scale: new Int16Array(capacity),
        wide: null,
        nulls,
      };
    case 'text':
      return {
        layout,
        bytes: NO_BYTES,
        start: new Int32Array(capacity),
        end: new Int32Array(capacity),
        nulls,
      };
    case 'interval':
      return {
        layout,
        months: new Int32Array(capacity),
        days: new Int32Array(capacity),
        micros: new BigInt64Array(capacity),
        nulls,
      };
  }
}

/** How many rows the arrays of a column have room for. */
export function columnCapacity(column: Column): number {
  switch (column.layout) {
    case 'numeric':
      return column.scale.length;
    case 'text':
      return column.start.length;
    case 'interval':
      return column.months.length;
    default:
      return column.values.length;
  }
}

/** Rows `from … to` of a column, in the same memory. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  const nulls = column.nulls?.subarray(from, to) ?? null;
  switch (column.layout) {
    case 'bool':
      return { ...column, values: column.values.subarray(from, to), nulls };
    case 'i32':
      return { ...column, values: column.values.subarray(from, to), nulls };
    case 'i64':
      return { ...column, values: column.values.subarray(from, to), nulls };
    case 'f64':
      return { ...column, values: column.values.subarray(from, to), nulls };
    case 'numeric': {
      const { unscaled, scale, wide } = column;
      return {
        ...column,
        unscaled: unscaled.subarray(from, to),
        scale: scale.subarray(from, to),
        wide: wide === null ? null : wide.slice(from, to),
        nulls,
      };
    }
    case 'text':
      return { ...column, start: column.start.subarray(from, to), end: column.end.subarray(from, to), nulls };
    case 'interval': {
      const { months, days, micros } = column;
      return {
        ...column,
        months: months.subarray(from, to),
        days: days.subarray(from, to),
        micros: micros.subarray(from, to),
        nulls,
      };
    }
  }
}
