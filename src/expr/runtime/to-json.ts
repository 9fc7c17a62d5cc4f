// Values of any type as jsonb, after datum_to_jsonb of PostgreSQL.

import { fail } from '../../data/failure.ts';
import { parseNumeric } from '../../data/numeric-text.ts';
import { jsonOf, valueToText } from '../../data/text-forms.ts';
import { decodeArray, decodeRow, readFields } from '../../data/tree/cells.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { jsonObject, writeJson } from '../../data/tree/json.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import type { SqlType } from '../../data/types.ts';
import { isTree } from '../../data/types.ts';
import type { TreeValue, Value } from '../../data/value.ts';
import { giveTree } from './cells.ts';

export function jsonOfValue(value: Value, type: SqlType): JsonValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
      return value === true;
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'numeric': {
      const text = valueToText(value, type);
      return /^-?\d/.test(text) ? parseNumeric(text) : text;
    }
    case 'jsonb':
      return jsonOf(value as TreeValue);
    case 'array':
      return decodeArray(value as TreeValue, type).map((item) => jsonOfValue(item, type.element));
    case 'row': {
      const fields = decodeRow(value as TreeValue, type);
      return jsonObject(
        type.fields.map((field, i) => [field.name, jsonOfValue(fields[i]!, field.type)] as const),
      );
    }
    default:
      return isoText(value, type);
  }
}

/** Times as in XML: `2024-02-29T12:00:00+00:00`. */
function isoText(value: Exclude<Value, null>, type: SqlType): string {
  const text = valueToText(value, type);
  if ((type.kind !== 'timestamp' && type.kind !== 'timestamptz') || text.endsWith('infinity')) return text;
  const withT = text.replace(' ', 'T');
  return type.kind === 'timestamp' ? withT : withT.replace('+00', '+00:00');
}

/** Arguments are handed over as a row. */
type OfRow = (bytes: Uint8Array, start: number, end: number) => number;

const reader = new TreeReader();

function valuesOf(types: readonly SqlType[], bytes: Uint8Array, start: number, end: number): Value[] {
  const fields = types.map((type) => ({ name: '', type }));
  return readFields(reader.open(bytes, start, end), { kind: 'row', fields });
}

export function toJson(types: readonly SqlType[]): OfRow {
  return (bytes, start, end) => {
    const [value] = valuesOf(types, bytes, start, end);
    const json = jsonOfValue(value!, types[0]!);
    return giveTree((w) => writeJson(w, json));
  };
}

export function buildArray(types: readonly SqlType[]): OfRow {
  return (bytes, start, end) => {
    const items = valuesOf(types, bytes, start, end).map((value, i) => jsonOfValue(value, types[i]!));
    return giveTree((w) => writeJson(w, items));
  };
}

export function buildObject(types: readonly SqlType[]): OfRow {
  return (bytes, start, end) => {
    if (types.length % 2 !== 0) fail('22023', 'argument list must have even number of elements');
    const values = valuesOf(types, bytes, start, end);
    const members: [string, JsonValue][] = [];
    for (let i = 0; i < values.length; i += 2)
      members.push([keyOf(values[i]!, types[i]!, i + 1), jsonOfValue(values[i + 1]!, types[i + 1]!)]);
    return giveTree((w) => writeJson(w, jsonObject(members)));
  };
}

function keyOf(value: Value, type: SqlType, position: number): string {
  if (value === null) fail('22023', `argument ${position}: key must not be null`);
  if (isTree(type)) fail('22023', 'key value must be scalar, not array, composite, or json');
  return memberName(value, type);
}

/** A scalar as the name of a member. */
export function memberName(value: Exclude<Value, null>, type: SqlType): string {
  return type.kind === 'boolean' ? String(value) : isoText(value, type);
}
