// jsonb functions over whole values: containment, concatenation, deletion, replacement. After jsonfuncs.c and jsonb_op.c of
// PostgreSQL.

import { fail } from '../../data/failure.ts';
import { compareNumeric } from '../../data/numeric.ts';
import type { JsonObject, JsonValue } from '../../data/tree/json.ts';
import { isJsonArray, isJsonObject, jsonObject } from '../../data/tree/json.ts';

type Path = readonly (string | null)[];

function isScalar(json: JsonValue): boolean {
  return !isJsonArray(json) && !isJsonObject(json);
}

function equalScalars(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isJsonArray(a) || isJsonArray(b) || isJsonObject(a) || isJsonObject(b)) return false;
  return compareNumeric(a.unscaled, a.scale, b.unscaled, b.scale) === 0;
}

/** `a @> b`. At the top an array contains a scalar that is one of its items. */
export function contains(a: JsonValue, b: JsonValue): boolean {
  if (isScalar(b)) return isJsonArray(a) ? a.some((item) => equalScalars(item, b)) : equalScalars(a, b);
  return deepContains(a, b);
}

function deepContains(a: JsonValue, b: JsonValue): boolean {
  if (isJsonObject(b)) {
    if (!isJsonObject(a)) return false;
    return [...b].every(([key, value]) => a.has(key) && within(a.get(key)!, value));
  }
  if (!isJsonArray(b) || !isJsonArray(a)) return false;
  return b.every((wanted) => a.some((item) => within(item, wanted)));
}

function within(a: JsonValue, b: JsonValue): boolean {
  return isScalar(b) ? equalScalars(a, b) : deepContains(a, b);
}

/** A key of an object, or a string among the items of an array, or the string itself. */
export function hasKey(json: JsonValue, key: string): boolean {
  if (isJsonObject(json)) return json.has(key);
  return isJsonArray(json) ? json.includes(key) : json === key;
}

export function concatJson(a: JsonValue, b: JsonValue): JsonValue {
  if (isJsonObject(a) && isJsonObject(b)) return jsonObject([...a, ...b]);
  const items = (json: JsonValue): readonly JsonValue[] => (isJsonArray(json) ? json : [json]);
  return [...items(a), ...items(b)];
}

export function withoutKeys(json: JsonValue, keys: Path): JsonValue {
  if (isScalar(json)) fail('22023', 'cannot delete from scalar');
  if (isJsonObject(json)) return new Map([...json].filter(([key]) => !keys.includes(key)));
  return (json as readonly JsonValue[]).filter((item) => typeof item !== 'string' || !keys.includes(item));
}

export function withoutIndex(json: JsonValue, index: number): JsonValue {
  if (isScalar(json)) fail('22023', 'cannot delete from scalar');
  if (!isJsonArray(json)) fail('22023', 'cannot delete from object using integer index');
  const at = index < 0 ? json.length + index : index;
  return json.filter((_, i) => i !== at);
}

/** What happens at the end of a path. */
interface Change {
  readonly kind: 'delete' | 'set' | 'insert before' | 'insert after';
  readonly value: JsonValue;
  /** Is a missing member made? */
  readonly create: boolean;
}

export function withoutPath(json: JsonValue, path: Path): JsonValue {
  if (isScalar(json)) fail('22023', 'cannot delete path in scalar');
  return changed(json, path, { kind: 'delete', value: null, create: false });
}

export function setPath(json: JsonValue, path: Path, value: JsonValue, create: boolean): JsonValue {
  if (isScalar(json)) fail('22023', 'cannot set path in scalar');
  return changed(json, path, { kind: 'set', value, create });
}

export function insertAt(json: JsonValue, path: Path, value: JsonValue, after: boolean): JsonValue {
  if (isScalar(json)) fail('22023', 'cannot set path in scalar');
  return changed(json, path, { kind: after ? 'insert after' : 'insert before', value, create: true });
}

function changed(json: JsonValue, path: Path, change: Change, depth = 0): JsonValue {
  if (path.length === 0) return json;
  const size = isJsonArray(json) ? json.length : isJsonObject(json) ? json.size : 1;
  if (depth === 0 && size === 0 && !change.create) return json;
  const step = path[depth]!;
  if (step === null) fail('22004', `path element at position ${depth + 1} is null`);
  if (isScalar(json)) return json;
  const last = depth === path.length - 1;
  if (isJsonObject(json)) return changedObject(json, step, last, path, change, depth);
  return changedArray(json as readonly JsonValue[], step, last, path, change, depth);
}

function changedObject(
  json: JsonObject,
  key: string,
  last: boolean,
  path: Path,
  change: Change,
  depth: number,
): JsonValue {
  if (!last) {
    if (!json.has(key)) return json;
    return jsonObject([...json, [key, changed(json.get(key)!, path, change, depth + 1)]]);
  }
  if (json.has(key)) {
    if (change.kind === 'delete') return new Map([...json].filter(([name]) => name !== key));
    if (change.kind !== 'set') fail('22023', 'cannot replace existing key');
  } else if (!change.create) return json;
  return jsonObject([...json, [key, change.value]]);
}

function changedArray(
  json: readonly JsonValue[],
  step: string,
  last: boolean,
  path: Path,
  change: Change,
  depth: number,
): JsonValue {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(step) || Math.abs(Number(step)) > 2147483647)
    fail('22P02', `path element at position ${depth + 1} is not an integer: "${step}"`);
  const index = Number(step) < 0 ? json.length + Number(step) : Number(step);
  const inside = index >= 0 && index < json.length;
  const items = [...json];
  if (!last) {
    if (inside) items[index] = changed(json[index]!, path, change, depth + 1);
    return items;
  }
  if (!inside) {
    if (!change.create) return json;
    return index < 0 ? [change.value, ...json] : [...json, change.value];
  }
  if (change.kind === 'delete') items.splice(index, 1);
  else if (change.kind === 'set') items[index] = change.value;
  else items.splice(change.kind === 'insert after' ? index + 1 : index, 0, change.value);
  return items;
}

export function stripNulls(json: JsonValue, inArrays: boolean): JsonValue {
  if (isJsonArray(json)) {
    const kept = inArrays ? json.filter((item) => item !== null) : json;
    return kept.map((item) => stripNulls(item, inArrays));
  }
  if (!isJsonObject(json)) return json;
  return new Map(
    [...json].filter(([, value]) => value !== null).map(([key, value]) => [key, stripNulls(value, inArrays)]),
  );
}
