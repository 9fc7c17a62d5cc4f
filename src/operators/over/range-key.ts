// RANGE with an offset: where a row stands beside the value of another one that is moved by a constant, along the order. The arithmetic
// is that of PostgreSQL's in_range functions (src/backend/utils/adt: int.c, float.c, numeric.c, timestamp.c, date.c): NaN is beyond
// all numbers and equal to itself, an infinity stays where it is, and where an infinite offset takes an infinity away from itself
// everything is in range. NULLs are in range of NULLs.

import type { Column, F64Column, I32Column, IntervalColumn, NumericColumn } from '../../data/column.ts';
import {
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  NUMERIC_PLUS_INFINITY,
  NUMERIC_WIDE,
} from '../../data/column.ts';
import { intervalSpan, isInfiniteInterval } from '../../data/interval.ts';
import { addNumeric, compareNumeric } from '../../data/numeric.ts';
import { parseNumeric } from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import { DATE_INFINITY, isInfiniteDate, isInfiniteTimestamp, TIMESTAMP_INFINITY } from '../../data/time.ts';
import type { SqlType } from '../../data/types.ts';
import type { OrderKey } from '../../physical/graph.ts';

/** Negative: slot `row` is before the value of slot `base`, moved; 0: it is there, or everything is. */
export type MovedComparison = (row: number, base: number) => number;

/** `offset` as the graph has it: digits, a number or `Infinity`; it moves towards the end of the order. `column` is that of `key`. */
export function movedComparison(
  type: SqlType,
  key: OrderKey,
  offset: string,
  column: () => Column,
): MovedComparison {
  const compare = valueComparison(type, key.descending ? negated(offset) : offset, column);
  const [rowIsNull, baseIsNull] = key.nullsFirst ? [-1, 1] : [1, -1];
  const sign = key.descending ? -1 : 1;
  return (row, base) => {
    const { nulls } = column();
    const [m, n] = [nulls?.[row] === 1, nulls?.[base] === 1];
    if (m || n) return m === n ? 0 : m ? rowIsNull : baseIsNull;
    return compare(row, base) * sign;
  };
}

function negated(offset: string): string {
  return offset.startsWith('-') ? offset.slice(1) : `-${offset}`;
}

function valueComparison(type: SqlType, offset: string, column: () => Column): MovedComparison {
  switch (type.kind) {
    case 'smallint':
    case 'integer': {
      // No integer is further from another.
      const by = Math.max(-(2 ** 33), Math.min(2 ** 33, Number(offset)));
      return (row, base) => {
        const { values } = column() as I32Column;
        return values[row]! - (values[base]! + by);
      };
    }
    case 'real':
    case 'double':
      return doubles(Number(offset), column);
    case 'numeric':
      return numerics(offset, column);
    default:
      return moments(momentOf(type, column), offset);
  }
}

/** A reading of values that are counted in microseconds, or are bigints. */
type Moment = (slot: number) => bigint;

/** Beyond everything that an int64 holds. */
const INFINITE = 2n ** 100n;

function moments(of: Moment, offset: string): MovedComparison {
  const by = offset.endsWith('Infinity') ? (offset.startsWith('-') ? -INFINITE : INFINITE) : BigInt(offset);
  const isInfinite = by === INFINITE || by === -INFINITE;
  return (row, base) => {
    const from = of(base);
    if (isInfinite && from === -by) return 0;
    const moved = isInfinite ? by : from === INFINITE || from === -INFINITE ? from : from + by;
    const value = of(row);
    return value < moved ? -1 : value > moved ? 1 : 0;
  };
}

function momentOf(type: SqlType, column: () => Column): Moment {
  const signed = (positive: boolean): bigint => (positive ? INFINITE : -INFINITE);
  switch (type.kind) {
    case 'bigint':
    case 'time':
      return (slot) => (column() as Int64Column).values[slot]!;
    case 'timestamp':
    case 'timestamptz':
      return (slot) => {
        const micros = (column() as Int64Column).values[slot]!;
        return isInfiniteTimestamp(micros) ? signed(micros === TIMESTAMP_INFINITY) : micros;
      };
    case 'date':
      return (slot) => {
        const days = (column() as I32Column).values[slot]!;
        return isInfiniteDate(days) ? signed(days === DATE_INFINITY) : BigInt(days) * 86_400_000_000n;
      };
    case 'interval':
      return (slot) => {
        const { months, days, micros } = column() as IntervalColumn;
        if (isInfiniteInterval(months[slot]!, days[slot]!, micros[slot]!)) return signed(months[slot]! > 0);
        return intervalSpan(months[slot]!, days[slot]!, micros[slot]!);
      };
    default:
      throw new Error(`RANGE with an offset over ${type.kind}: the binder accepts none`);
  }
}

type Int64Column = Extract<Column, { layout: 'i64' }>;

function doubles(by: number, column: () => Column): MovedComparison {
  return (row, base) => {
    const { values } = column() as F64Column;
    const [value, from] = [values[row]!, values[base]!];
    if (Number.isNaN(value) || Number.isNaN(from))
      return Number(Number.isNaN(value)) - Number(Number.isNaN(from));
    const moved = from + by;
    return value < moved ? -1 : value > moved ? 1 : 0;
  };
}

function numerics(offset: string, column: () => Column): MovedComparison {
  const by = parseNumeric(offset);
  return (row, base) => {
    const values = column() as NumericColumn;
    const [scale, from] = [scaleOf(values, row), scaleOf(values, base)];
    if (scale === NUMERIC_NAN || from === NUMERIC_NAN)
      return Number(scale === NUMERIC_NAN) - Number(from === NUMERIC_NAN);
    if (isOpposite(from, by.scale)) return 0;
    const moved = addNumeric(unscaledOf(values, base), from, by.unscaled, by.scale);
    return compareNumeric(unscaledOf(values, row), scale, moved, result.scale);
  };
}

function isOpposite(a: number, b: number): boolean {
  return (
    (a === NUMERIC_PLUS_INFINITY && b === NUMERIC_MINUS_INFINITY) ||
    (a === NUMERIC_MINUS_INFINITY && b === NUMERIC_PLUS_INFINITY)
  );
}

/** The display scale; below zero NaN and the infinities. */
function scaleOf(column: NumericColumn, slot: number): number {
  const stored = column.scale[slot]!;
  return stored < 0 ? stored : stored & ~NUMERIC_WIDE;
}

function unscaledOf(column: NumericColumn, slot: number): bigint {
  const stored = column.scale[slot]!;
  return stored >= 0 && (stored & NUMERIC_WIDE) !== 0 ? column.wide![slot]! : column.unscaled[slot]!;
}
