// jsonb made from arrays of keys and values, and the choices of jsonb_set_lax.

import { fail } from '../../data/failure.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { jsonObject } from '../../data/tree/json.ts';
import { setPath, withoutPath } from './json-change.ts';

type Texts = readonly (string | null)[];

function keyOf(key: string | null): string {
  return key ?? fail('22004', 'null value not allowed for object key');
}

/** Keys and values in turn. */
export function objectOfPairs(items: Texts): JsonValue {
  if (items.length % 2 === 1) fail('2202E', 'array must have even number of elements');
  const keys = items.filter((_, i) => i % 2 === 0);
  return objectOf(keys, items.filter((_, i) => i % 2 === 1)); // prettier-ignore
}

export function objectOf(keys: Texts, values: Texts): JsonValue {
  if (keys.length !== values.length) fail('2202E', 'mismatched array dimensions');
  return jsonObject(keys.map((key, i) => [keyOf(key), values[i]!] as const));
}

const TREATMENTS =
  'null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"';

/** jsonb_set, with a choice of what a NULL does. */
export function setLax(
  json: JsonValue,
  path: Texts,
  value: JsonValue | undefined,
  create: boolean,
  treatment: string | null,
): JsonValue {
  if (treatment === null) fail('22023', TREATMENTS);
  if (value !== undefined) return setPath(json, path, value, create);
  switch (treatment) {
    case 'raise_exception':
      return fail('22004', 'JSON value must not be null');
    case 'use_json_null':
      return setPath(json, path, null, create);
    case 'delete_key':
      return withoutPath(json, path);
    case 'return_target':
      return json;
    default:
      return fail('22023', TREATMENTS);
  }
}
