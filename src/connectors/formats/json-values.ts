// Values of the types that are decoded and encoded one by one: from the JSON of a record, and to the JSON of a sink.
// docs/formats.md has the table.

import { limitedText, parseBytea, parseUuid } from '../../data/byte-text.ts';
import { numericToText } from '../../data/numeric-text.ts';
import { parseReal } from '../../data/real-text.ts';
import { jsonOf, parseValue, valueToText } from '../../data/text-forms.ts';
import { parseTime } from '../../data/time-text.ts';
import { decodeArray, decodeRow, encodeArray, encoded, encodeRow } from '../../data/tree/cells.ts';
import type { JsonNumber, JsonValue } from '../../data/tree/json.ts';
import { isJsonArray, isJsonObject, writeJson } from '../../data/tree/json.ts';
import { jsonToText, parseJson, quoteJson } from '../../data/tree/json-text.ts';
import type { RowType, SqlType } from '../../data/types.ts';
import type { TreeValue, Value } from '../../data/value.ts';
import { isNumericValue } from '../../data/value.ts';
import { WRONG_TYPE } from './rejection.ts';
import { failureCode, ValueFailure } from './value-failure.ts';

/** The value of well-formed JSON text, or the negative code of why there is none. */
export function valueOfText(text: string, type: SqlType): { readonly value: Value } | number {
  try {
    return { value: valueOfJson(parseJson(text), type) };
  } catch (error) {
    return failureCode(error, type);
  }
}

function valueOfJson(json: JsonValue, type: SqlType): Value {
  if (type.kind === 'jsonb') return encoded((w) => writeJson(w, json));
  if (json === null) return null;
  switch (type.kind) {
    case 'boolean':
      return typeof json === 'boolean' ? json : mismatch();
    case 'smallint':
    case 'integer':
    case 'bigint':
      return parseValue(wholeNumber(json), type);
    case 'real':
      return parseReal(floatText(json));
    case 'double':
      return parseValue(floatText(json), type);
    case 'numeric':
      return parseValue(numberText(json), type);
    case 'varchar':
      return limitedText(stringOf(json), type.length);
    case 'uuid':
      return parseUuid(stringOf(json));
    case 'bytea':
      return parseBytea(stringOf(json));
    case 'time':
      return parseTime(stringOf(json));
    case 'text':
    case 'date':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return parseValue(stringOf(json), type);
    case 'array':
      if (!isJsonArray(json)) mismatch();
      return encodeArray(
        json.map((item) => valueOfJson(item, type.element)),
        type,
      );
    case 'row':
      return rowOf(json, type);
  }
}

function mismatch(): never {
  throw new ValueFailure(WRONG_TYPE);
}

function stringOf(json: JsonValue): string {
  return typeof json === 'string' ? json : mismatch();
}

const SPECIAL = new Set(['NaN', 'Infinity', '-Infinity']);

function numberText(json: JsonValue): string {
  if (typeof json === 'string') return SPECIAL.has(json) ? json : mismatch();
  return numericToText(numberOf(json).unscaled, numberOf(json).scale);
}

function floatText(json: JsonValue): string {
  return typeof json !== 'string' && numberOf(json).isNegativeZero === true ? '-0' : numberText(json);
}

function numberOf(json: JsonValue): JsonNumber {
  return typeof json === 'object' && json !== null && isNumericValue(json as Value)
    ? (json as JsonNumber)
    : mismatch();
}

/** `5.0` and `5e2` are whole numbers too. */
function wholeNumber(json: JsonValue): string {
  const { unscaled, scale } = numberOf(json);
  const unit = 10n ** BigInt(scale);
  return unscaled % unit === 0n ? (unscaled / unit).toString() : mismatch();
}

function rowOf(json: JsonValue, type: RowType): Value {
  if (!isJsonObject(json)) mismatch();
  const values = type.fields.map((field) => valueOfJson(json.get(field.name) ?? null, field.type));
  return encodeRow(values, type);
}

/** JSON text that `valueOfText` reads back as the same value. */
export function jsonText(value: Value, type: SqlType): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'jsonb':
      return jsonToText(jsonOf(value as TreeValue));
    case 'array':
      return `[${decodeArray(value as TreeValue, type)
        .map((item) => jsonText(item, type.element))
        .join(',')}]`;
    case 'row':
      return `{${decodeRow(value as TreeValue, type)
        .map((field, i) => `${quoteJson(type.fields[i]!.name)}:${jsonText(field, type.fields[i]!.type)}`)
        .join(',')}}`;
    case 'boolean':
      return value === true ? 'true' : 'false';
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'numeric': {
      const text = valueToText(value, type);
      return /^-?\d/.test(text) ? text : `"${text}"`;
    }
    default:
      return quoteJson(isoText(valueToText(value, type), type));
  }
}

/** `2024-02-29T12:00:00Z`, where year and zone allow it. */
function isoText(text: string, type: SqlType): string {
  if (type.kind !== 'timestamp' && type.kind !== 'timestamptz') return text;
  const match = /^(\d{4}-\d\d-\d\d) ([0-9:.]+)(\+00)?$/.exec(text);
  return match === null ? text : `${match[1]!}T${match[2]!}${match[3] === undefined ? '' : 'Z'}`;
}
