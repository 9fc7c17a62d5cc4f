// Values from and to text, exactly as Postgres reads and writes each type.

import { parseDouble, doubleToText } from './double-text.ts';
import { fail } from './failure.ts';
import { intervalToText, parseInterval } from './interval-text.ts';
import { constrainNumeric } from './numeric.ts';
import { matchRadix, numericToText, parseNumeric, radixInteger } from './numeric-text.ts';
import { result } from './registers.ts';
import { parseReal, realToText } from './real-text.ts';
import { decodeArray, decodeRow, encodeArray, encoded, encodeRow } from './tree/cells.ts';
import type { JsonValue } from './tree/json.ts';
import { readJson, writeJson } from './tree/json.ts';
import { jsonToText, parseJson } from './tree/json-text.ts';
import { joinArray, joinRow, splitArray, splitRow } from './tree/list-text.ts';
import { TreeReader } from './tree/reader.ts';
import { byteaToText, limitedText, parseBytea, parseUuid, uuidToText } from './byte-text.ts';
import {
  dateToText,
  parseDate,
  parseTime,
  parseTimestamp,
  parseTimestamptz,
  timestampToText,
  timeToText,
} from './time-text.ts';
import type { SqlType } from './types.ts';
import type { IntervalValue, NumericValue, TreeValue, Value } from './value.ts';
import { trimSpace } from './trim.ts';

/** The output form of a value that is not NULL: what psql shows and a cast to text gives, but for boolean ('t', 'f'). */
export function valueToText(value: Exclude<Value, null>, type: SqlType): string {
  switch (type.kind) {
    case 'boolean':
      return value === true ? 't' : 'f';
    case 'smallint':
    case 'integer':
    case 'bigint':
      return String(value as number | bigint);
    case 'double':
      return doubleToText(value as number);
    case 'numeric': {
      const { unscaled, scale } = value as NumericValue;
      return numericToText(unscaled, scale);
    }
    case 'real':
      return realToText(value as number);
    case 'text':
    case 'varchar':
      return value as string;
    case 'bytea':
      return byteaToText(value as Uint8Array);
    case 'uuid':
      return uuidToText(value as Uint8Array);
    case 'jsonb':
      return jsonToText(jsonOf(value as TreeValue));
    case 'array':
      return joinArray(decodeArray(value as TreeValue, type).map((item) => textOrNull(item, type.element)));
    case 'row':
      return joinRow(
        decodeRow(value as TreeValue, type).map((field, i) => textOrNull(field, type.fields[i]!.type)),
      );
    case 'time':
      return timeToText(Number(value));
    case 'date':
      return dateToText(value as number);
    case 'timestamp':
      return timestampToText(value as bigint, '');
    case 'timestamptz':
      return timestampToText(value as bigint, '+00');
    case 'interval': {
      const { months, days, micros } = value as IntervalValue;
      return intervalToText(months, days, micros);
    }
  }
}

function textOrNull(value: Value, type: SqlType): string | null {
  return value === null ? null : valueToText(value, type);
}

export function jsonOf({ tree }: TreeValue): JsonValue {
  return readJson(new TreeReader().open(tree, 0, tree.length));
}

/** Reads a literal. Malformed text raises RowFailure with Postgres' SQLSTATE and message. */
export function parseValue(text: string, type: SqlType): Exclude<Value, null> {
  switch (type.kind) {
    case 'boolean':
      return parseBoolean(text);
    case 'smallint':
      return Number(parseInteger(text, 16, 'smallint'));
    case 'integer':
      return Number(parseInteger(text, 32, 'integer'));
    case 'bigint':
      return parseInteger(text, 64, 'bigint');
    case 'double':
      return parseDouble(text);
    case 'numeric':
      return constrained(parseNumeric(text), type.precision, type.scale);
    case 'real':
      return parseReal(text);
    case 'text':
      return text;
    case 'varchar':
      return limitedText(text, type.length);
    case 'bytea':
      return parseBytea(text);
    case 'uuid':
      return parseUuid(text);
    case 'jsonb':
      return encoded((w) => writeJson(w, parseJson(text)));
    case 'array':
      return encodeArray(
        splitArray(text).map((item) => (item === null ? null : parseValue(item, type.element))),
        type,
      );
    case 'row':
      return encodeRow(
        splitRow(text, type.fields.length).map((field, i) =>
          field === null ? null : parseValue(field, type.fields[i]!.type),
        ),
        type,
      );
    case 'time':
      return parseTime(text);
    case 'date':
      return parseDate(text);
    case 'timestamp':
      return parseTimestamp(text);
    case 'timestamptz':
      return parseTimestamptz(text);
    case 'interval':
      return parseInterval(text);
  }
}

function constrained(value: NumericValue, precision: number | undefined, scale = 0): NumericValue {
  if (precision === undefined) return value;
  const unscaled = constrainNumeric(value.unscaled, value.scale, precision, scale);
  return { unscaled, scale: result.scale };
}

/** A unique beginning of true, false, yes, no, on, off, in any case; or 1, 0. */
export function parseBoolean(text: string): boolean {
  const word = trimSpace(text).toLowerCase();
  if (word !== '') {
    if ('true'.startsWith(word) || 'yes'.startsWith(word) || word === 'on' || word === '1') return true;
    if ('false'.startsWith(word) || 'no'.startsWith(word) || word === 'of' || word === 'off' || word === '0')
      return false;
  }
  fail('22P02', `invalid input syntax for type boolean: "${text}"`);
}

export function parseInteger(text: string, bits: 16 | 32 | 64, type: string): bigint {
  const trimmed = trimSpace(text);
  const radix = matchRadix(trimmed);
  if (radix === null && (!/^[+-]?\d[\d_]*$/.test(trimmed) || /__|_$/.test(trimmed)))
    fail('22P02', `invalid input syntax for type ${type}: "${text}"`);
  if (trimmed.length > 1000) fail('22003', `value "${text.slice(0, 40)}…" is out of range for type ${type}`);
  const value = radix === null ? BigInt(trimmed.replaceAll('_', '').replace('+', '')) : radixInteger(radix);
  if (BigInt.asIntN(bits, value) !== value) fail('22003', `value "${text}" is out of range for type ${type}`);
  return value;
}
