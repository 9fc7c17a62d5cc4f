// Values of Protocol Buffers as jsonb: messages are objects by the names of their fields in the schema, without those that are absent,
// maps are objects, numbers keep their digits, bytes and times are written as `ENCODE JSON` writes them.

import type { JsonValue } from '../../data/tree/json.ts';
import { jsonObject } from '../../data/tree/json.ts';
import { INTERVAL, TIMESTAMPTZ } from '../../data/types.ts';
import { checkedTimestamp } from '../../data/time.ts';
import { jsonOfValue } from './natural-values.ts';
import { eachItem } from './proto-items.ts';
import { DURATION_MESSAGE, JSON_MESSAGES, scalarType, TIMESTAMP_MESSAGE, wrapped } from './proto-natural.ts';
import { enumNumber, enumText, scalarDefault, scalarValue } from './proto-scalars.ts';
import type { ProtoField, ProtoMessage, ProtoType } from './proto-schema.ts';
import { durationValue, timestampMicros } from './proto-times.ts';
import type { WantedField } from './proto-wire.ts';
import { BYTES, collect, Occurrences } from './proto-wire.ts';

/** Undefined: the field is absent. Throws a ValueFailure. */
export function jsonOfField(field: ProtoField, found: Occurrences): JsonValue | undefined {
  if (field.shape === 'map') return jsonOfMap(field, found);
  if (field.shape === 'many') {
    const items: JsonValue[] = [];
    eachItem(field, found, (item) => {
      const json = jsonOfItem(field.type, item);
      if (json !== undefined) items.push(json);
    });
    return items;
  }
  if (found.count > 0) return jsonOfItem(field.type, found);
  return field.presence ? undefined : defaultJson(field.type);
}

function defaultJson(type: ProtoType): JsonValue {
  if (type.kind === 'message') return jsonObject([]);
  if (type.kind === 'enum') return enumText(type, 0) ?? null;
  return jsonOfValue(scalarDefault(type.kind), scalarType(type.kind));
}

/** Of a number of an enumeration that has no name: undefined. */
function jsonOfItem(type: ProtoType, found: Occurrences): JsonValue | undefined {
  const { b, v, starts, ends, count } = found;
  const [s, e] = [starts[count - 1]!, ends[count - 1]!];
  if (type.kind === 'enum') return enumText(type, enumNumber(b, s, e));
  if (type.kind !== 'message') return jsonOfValue(scalarValue(type.kind, b, v, s, e), scalarType(type.kind));
  if (type.name === TIMESTAMP_MESSAGE)
    return jsonOfValue(checkedTimestamp(timestampMicros(found)), TIMESTAMPTZ);
  if (type.name === DURATION_MESSAGE) return jsonOfValue(durationValue(found), INTERVAL);
  const members = membersOf(type, found);
  const inner = wrapped(type);
  const special = JSON_MESSAGES.get(type.name);
  if (inner !== undefined) return members.get(inner.name) ?? defaultJson(inner.type);
  if (special === undefined) return jsonObject(members);
  if (special !== null) return members.get(special) ?? null;
  // The first field of a Value is its null.
  const empty = type.fields.find(({ number }) => number === 1)!.name;
  return members.has(empty) ? null : ([...members.values()][0] ?? null);
}

function membersOf(message: ProtoMessage, found: Occurrences): Map<string, JsonValue> {
  const wanted = new Map<number, WantedField>();
  for (const field of message.fields)
    if (!field.group) wanted.set(field.number, { field, found: new Occurrences() });
  collect(found, wanted);
  const members = new Map<string, JsonValue>();
  for (const { field, found: own } of wanted.values()) {
    const json = jsonOfField(field, own);
    if (json !== undefined) members.set(field.name, json);
  }
  return members;
}

/** Later entries of a key count. */
function jsonOfMap(field: ProtoField, found: Occurrences): JsonValue {
  const members: [string, JsonValue][] = [];
  const keys = { ...ENTRY, name: 'key', number: 1, type: { kind: field.keys! } };
  const values = { ...ENTRY, name: 'value', number: 2, type: field.type };
  eachItem(field, found, (entry) => {
    const wanted = new Map<number, WantedField>([
      [1, { field: keys, found: new Occurrences() }],
      [2, { field: values, found: new Occurrences() }],
    ]);
    collect(entry, wanted);
    const key = jsonOfField(keys, wanted.get(1)!.found)!;
    const value = valueOfEntry(values, wanted.get(2)!.found);
    if (value !== undefined) members.push([keyText(key), value]);
  });
  return jsonObject(members);
}

const ENTRY = {
  shape: 'one',
  keys: null,
  presence: false,
  required: false,
  oneof: null,
  group: false,
} as const;

/** An entry without a value has an empty message. */
function valueOfEntry(field: ProtoField, found: Occurrences): JsonValue | undefined {
  if (found.count > 0 || field.type.kind !== 'message') return jsonOfField(field, found);
  found.wires[0] = BYTES;
  found.starts[0] = found.ends[0] = 0;
  found.count = 1;
  return jsonOfItem(field.type, found);
}

function keyText(key: JsonValue): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'boolean') return String(key);
  return String((key as { readonly unscaled: bigint }).unscaled);
}
