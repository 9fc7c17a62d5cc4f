// Schemas of binary formats give each of their types the SQL type that it is by itself. A column may have another one, where nothing is
// lost or a value's text says it: the same rules for all of these formats. For values that are made one by one; what is read often
// goes from bytes to typed arrays (avro-values.ts, proto-values.ts) by the same rules.

import { limitedText, parseUuid } from '../../data/byte-text.ts';
import { constrainNumeric } from '../../data/numeric.ts';
import { result } from '../../data/registers.ts';
import { parseTime } from '../../data/time-text.ts';
import { parseValue } from '../../data/text-forms.ts';
import { encoded } from '../../data/tree/cells.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { writeJson } from '../../data/tree/json.ts';
import { parseJson } from '../../data/tree/json-text.ts';
import type { SqlType } from '../../data/types.ts';
import type { NumericValue, Value } from '../../data/value.ts';
import { setValue, valueBytes } from '../../data/value.ts';
import type { ColumnSlot } from './column-slot.ts';
import { jsonText } from './json-values.ts';
import { storeInt64 } from './number-values.ts';
import { OUT_OF_RANGE } from './rejection.ts';
import { ValueFailure } from './value-failure.ts';

export type Present = Exclude<Value, null>;
type Conversion = (value: Present) => Present;

const same: Conversion = (value) => value;

/** From values of `from` to values of `to`, neither an array nor a row; undefined: it would lose something. */
export function conversion(from: SqlType, to: SqlType): Conversion | undefined {
  if (to.kind === 'jsonb') return (value) => encoded((w) => writeJson(w, jsonOfValue(value, from)));
  switch (from.kind) {
    case 'integer':
      if (to.kind === 'smallint') return (value) => inRange(value as number, -32768, 32767);
      if (to.kind === 'bigint') return (value) => BigInt(value as number);
      if (to.kind === 'double') return same;
      return to.kind === 'numeric'
        ? (value) => toNumeric(BigInt(value as number), 0, to)
        : sameKind(from, to);
    case 'bigint':
      if (to.kind === 'smallint') return (value) => Number(inRange(value as bigint, -32768n, 32767n));
      if (to.kind === 'integer')
        return (value) => Number(inRange(value as bigint, -(2n ** 31n), 2n ** 31n - 1n));
      return to.kind === 'numeric' ? (value) => toNumeric(value as bigint, 0, to) : sameKind(from, to);
    case 'numeric':
      if (to.kind === 'bigint' && from.scale === 0)
        return (value) => inRange((value as NumericValue).unscaled, -(2n ** 63n), 2n ** 63n - 1n);
      if (to.kind !== 'numeric') return undefined;
      return (value) => toNumeric((value as NumericValue).unscaled, (value as NumericValue).scale, to);
    case 'real':
      return to.kind === 'double' ? same : sameKind(from, to);
    case 'text':
      return fromText(to);
    default:
      return sameKind(from, to);
  }
}

function sameKind(from: SqlType, to: SqlType): Conversion | undefined {
  return from.kind === to.kind ? same : undefined;
}

/** Types whose JSON is a string: a text is read as that string would be. Numbers are not among them. */
function fromText(to: SqlType): Conversion | undefined {
  switch (to.kind) {
    case 'text':
      return same;
    case 'varchar':
      return (value) => limitedText(value as string, to.length);
    case 'uuid':
      return (value) => parseUuid(value as string);
    case 'time':
      return (value) => parseTime(value as string);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return (value) => parseValue(value as string, to);
    default:
      return undefined;
  }
}

function inRange<T extends number | bigint>(value: T, least: T, most: T): T {
  if (value < least || value > most) throw new ValueFailure(OUT_OF_RANGE);
  return value;
}

function toNumeric(unscaled: bigint, scale: number, to: SqlType): NumericValue {
  if (to.kind !== 'numeric' || to.precision === undefined || scale < 0) return { unscaled, scale };
  const rounded = constrainNumeric(unscaled, scale, to.precision, to.scale ?? 0);
  return { unscaled: rounded, scale: result.scale };
}

/** As to_jsonb of Postgres would show it; times as `ENCODE JSON` writes them. */
export function jsonOfValue(value: Value, type: SqlType): JsonValue {
  return value === null ? null : parseJson(jsonText(value, type));
}

/** One value of the slot's type into row `row`. */
export function storeValue(slot: ColumnSlot, row: number, value: Present): void {
  switch (slot.column.layout) {
    case 'bool':
      slot.bool[row] = value === true ? 1 : 0;
      return;
    case 'i32':
      slot.i32[row] = value as number;
      return;
    case 'f64':
      slot.f64[row] = value as number;
      return;
    case 'i64':
      storeInt64(slot.words, row, value as bigint);
      return;
    case 'text':
      if (slot.projected) slot.putBytes(row, valueBytes(value));
      return;
    default:
      setValue(slot.column, row, value);
  }
}
