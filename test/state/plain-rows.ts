// Rows as plain JavaScript values: random ones of every type, their order as Postgres has it, written here a second time.

import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { Column } from '../../src/data/column.ts';
import type { RowSchema, TypeKind } from '../../src/data/types.ts';
import { TEXT } from '../../src/data/types.ts';
import type { IntervalValue, NumericValue, Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import type { OrderColumn } from '../../src/state/order-code.ts';
import type { Random } from '../simulation/random.ts';

export type Row = readonly Value[];

export function batchOf(
  schema: RowSchema,
  rows: readonly Row[],
  diffs: readonly number[] | null = null,
): Batch {
  const batch = newBatch(schema, rows.length);
  rows.forEach((row, i) => row.forEach((value, c) => setValue(batch.columns[c]!, i, value)));
  batch.rows = rows.length;
  batch.diffs = diffs === null ? null : Int32Array.from(diffs);
  return batch;
}

export function rowAt(columns: readonly Column[], row: number): Row {
  return columns.map((column) => valueAt(column, row, TEXT));
}

/** Equal texts are identical rows. */
export function printed(row: Row): string {
  return row
    .map((value) => {
      if (typeof value === 'bigint') return `${value}n`;
      if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
      if (typeof value !== 'object' || value === null) return JSON.stringify(value);
      if (value instanceof Uint8Array || 'tree' in value) return JSON.stringify(value);
      return 'unscaled' in value
        ? `${value.unscaled}e-${value.scale}`
        : `${value.months}/${value.days}/${value.micros}`;
    })
    .join('|');
}

const INTEGERS = [0, 1, -1, 7, 2147483647, -2147483648];
const LONGS = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 4294967296n, -4294967297n];
const DOUBLES = [0, -0, 1.5, -1.5, NaN, Infinity, -Infinity, 1e300, 5e-324];
const TEXTS = ['', 'a', 'b', 'ab', 'ä', 'Ä', '漢字', '\u{1F600}', '\uFFFD', 'a\u0001'];
const NUMERICS: readonly NumericValue[] = [
  { unscaled: 0n, scale: 0 },
  { unscaled: 0n, scale: 3 },
  { unscaled: 10n, scale: 1 },
  { unscaled: 100n, scale: 2 },
  { unscaled: 1n, scale: 0 },
  { unscaled: -15n, scale: 1 },
  { unscaled: 2n ** 80n, scale: 5 },
  { unscaled: -(2n ** 80n), scale: 5 },
  { unscaled: 0n, scale: -1 },
  { unscaled: 0n, scale: -2 },
  { unscaled: 0n, scale: -3 },
];
const INTERVALS: readonly IntervalValue[] = [
  { months: 1, days: 0, micros: 0n },
  { months: 0, days: 30, micros: 0n },
  { months: 0, days: 29, micros: 86_400_000_000n },
  { months: 0, days: 0, micros: -1n },
  { months: 0, days: 0, micros: 0n },
];

export function randomValue(random: Random, kind: TypeKind, nulls = 0.1): Value {
  if (random.chance(nulls)) return null;
  switch (kind) {
    case 'boolean':
      return random.chance(0.5);
    case 'smallint':
    case 'integer':
    case 'date':
      return random.chance(0.3) ? random.pick(INTEGERS) : random.below(40) - 20;
    case 'bigint':
    case 'timestamp':
    case 'timestamptz':
      return random.chance(0.3) ? random.pick(LONGS) : BigInt(random.below(40) - 20);
    case 'double':
      return random.chance(0.5) ? random.pick(DOUBLES) : random.below(20) / 4;
    case 'numeric':
      return random.chance(0.6)
        ? random.pick(NUMERICS)
        : { unscaled: BigInt(random.below(4000) - 2000), scale: random.below(4) };
    case 'text':
      return random.chance(0.7) ? random.pick(TEXTS) : `text ${random.below(50)}`;
    case 'interval':
      return random.pick(INTERVALS);
    default:
      throw new Error(`no values of ${String(kind)}`);
  }
}

export function randomRow(random: Random, schema: RowSchema): Row {
  return schema.map((field) => randomValue(random, field.type.kind, field.nullable ? 0.1 : 0));
}

function specialRank(scale: number): number {
  return scale >= 0 ? 0 : scale === -1 ? 2 : scale === -2 ? 1 : -1;
}

/** By value alone, as ORDER BY; both not NULL. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    if ('months' in a && 'months' in b) return compareValues(span(a), span(b));
    if ('unscaled' in a && 'unscaled' in b) {
      if (a.scale < 0 || b.scale < 0) return specialRank(a.scale) - specialRank(b.scale);
      const at = Math.max(a.scale, b.scale);
      const aligned = (v: NumericValue): bigint => v.unscaled * 10n ** BigInt(at - v.scale);
      return compareValues(aligned(a), aligned(b));
    }
  }
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

function span(value: IntervalValue): bigint {
  return (BigInt(value.months) * 30n + BigInt(value.days)) * 86_400_000_000n + value.micros;
}

/** By the order alone: 0 also for different rows. */
export function compareRows(a: Row, b: Row, order: readonly OrderColumn[]): number {
  for (const { column, descending, nullsFirst } of order) {
    const [x, y] = [a[column]!, b[column]!];
    if (x === null && y === null) continue;
    if (x === null) return nullsFirst ? -1 : 1;
    if (y === null) return nullsFirst ? 1 : -1;
    const d = compareValues(x, y);
    if (d !== 0) return descending ? -d : d;
  }
  return 0;
}
