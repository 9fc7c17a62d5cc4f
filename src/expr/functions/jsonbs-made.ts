// jsonb_object and jsonb_set_lax.

import { fail } from '../../data/failure.ts';
import { readItems } from '../../data/tree/cells.ts';
import { isJsonArray, isJsonObject, readJson, writeJson } from '../../data/tree/json.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { arrayOf, TEXT } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { anyNull } from '../kernel/code.ts';
import { readString } from '../runtime/arena.ts';
import { giveTree } from '../runtime/cells.ts';
import { objectOf, objectOfPairs, setLax } from '../runtime/json-made.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail, special } from './function.ts';

type Bytes = Uint8Array;
const reader = new TreeReader();
const TEXTS = arrayOf(TEXT);

function texts(b: Bytes, s: number, e: number): (string | null)[] {
  return readItems(reader.open(b, s, e), TEXTS) as (string | null)[];
}

/** Slices of the arguments; null is NULL. */
function lax(
  json: Bytes,
  path: Bytes,
  value: Bytes | null,
  create = true,
  treatment: Bytes | null | undefined = undefined,
): number {
  const document = readJson(reader.open(json, 0, json.length));
  const steps = texts(path, 0, path.length);
  const given = value === null ? undefined : readJson(reader.open(value, 0, value.length));
  const choice =
    treatment === undefined
      ? 'use_json_null'
      : treatment === null
        ? null
        : readString(treatment, 0, treatment.length);
  const changed = setLax(document, steps, given, create, choice);
  return giveTree((w) => writeJson(w, changed));
}

function emitLax(code: Code, args: readonly Slot[]): Slot {
  const [json, path, value, create, treatment] = args as [Slot, Slot, Slot, Slot?, Slot?];
  const target = code.variable('text', true);
  const slice = ({ isNull, parts: [bytes, start, end] }: Slot): string =>
    `${isNull} ? null : ${bytes!}.subarray(${start!}, ${end!})`;
  const given = [slice(json), slice(path), slice(value)];
  if (create !== undefined) given.push(create.parts[0]!);
  if (treatment !== undefined) given.push(slice(treatment));
  const needed = [json, path, ...(create === undefined ? [] : [create])];
  code.block(`if (!(${anyNull(needed)}))`, () =>
    code.assign(target, code.result('text', `${code.use(lax)}(${given.join(', ')})`)),
  );
  return target;
}

const LAX = ['jsonb', 'array', 'jsonb', 'boolean', 'text'];

/** Not a function of PostgreSQL: the keys that jsonb_object_keys gives one by one. */
function keysOf(b: Bytes, s: number, e: number): number {
  const json = readJson(reader.open(b, s, e));
  if (!isJsonObject(json))
    fail('22023', `cannot call jsonb_object_keys on ${isJsonArray(json) ? 'an array' : 'a scalar'}`);
  return giveTree((w) => writeJson(w, [...json.keys()]));
}

export const JSONBS_MADE: readonly ScalarFunction[] = [
  mayFail('json_keys(jsonb) jsonb', keysOf),
  mayFail('jsonb_object(array) jsonb', (b: Bytes, s: number, e: number) => {
    const made = objectOfPairs(texts(b, s, e));
    return giveTree((w) => writeJson(w, made));
  }),
  mayFail(
    'jsonb_object(array,array) jsonb',
    (b: Bytes, s: number, e: number, b2: Bytes, s2: number, e2: number) => {
      const made = objectOf(texts(b, s, e), texts(b2, s2, e2));
      return giveTree((w) => writeJson(w, made));
    },
  ),
  ...[3, 4, 5].map((count) =>
    special(`jsonb_set_lax(${LAX.slice(0, count).join(',')}) jsonb`, 'sometimes', emitLax, { fails: true }),
  ),
];
