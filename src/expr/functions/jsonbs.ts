// jsonb: operators and functions.

import type { JsonValue } from '../../data/tree/json.ts';
import { readJson, writeJson } from '../../data/tree/json.ts';
import { prettyJson } from '../../data/tree/json-text.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { result } from '../../data/registers.ts';
import { arrayOf, TEXT } from '../../data/types.ts';
import { readItems } from '../../data/tree/cells.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import { readString, writeString } from '../runtime/arena.ts';
import { giveTree } from '../runtime/cells.ts';
import * as json from '../runtime/json.ts';
import * as change from '../runtime/json-change.ts';
import { buildArray, buildObject, toJson } from '../runtime/to-json.ts';
import { emitTree } from './cells.ts';
import type { CallTypes, ScalarFunction } from './function.ts';
import { calls, mayFail, special, strict } from './function.ts';
import { jsonItems, jsonTextItems } from '../runtime/json-items.ts';

type Bytes = Uint8Array;
const reader = new TreeReader();
const TEXTS = arrayOf(TEXT);

function read(b: Bytes, s: number, e: number): JsonValue {
  return readJson(reader.open(b, s, e));
}

function texts(b: Bytes, s: number, e: number): (string | null)[] {
  return readItems(reader.open(b, s, e), TEXTS) as (string | null)[];
}

function give(value: JsonValue): number {
  return giveTree((w) => writeJson(w, value));
}

/** A function over jsonb and, second, something that `of` reads from three parts. */
function over<T, R>(of: (b: Bytes, s: number, e: number) => T, compute: (a: JsonValue, b: T) => R) {
  return (b: Bytes, s: number, e: number, b2: Bytes, s2: number, e2: number): R =>
    compute(read(b, s, e), of(b2, s2, e2));
}

const contains = over(read, change.contains);

type OfTypes = typeof toJson;

/** Arguments of any types, NULLs included, by way of a row. */
function fromRow(make: OfTypes) {
  return (code: Code, args: readonly Slot[], types: CallTypes): Slot => {
    const row = emitTree(code, args, types.params, 'row');
    return code.result('text', `${code.use(make(types.params))}(${row.parts.join(', ')})`);
  };
}

/** Keys and indexes as arguments: an array of them is the path. */
function alongPath(runtime: typeof json.pathOf) {
  return (code: Code, [target, ...steps]: readonly Slot[]): Slot => {
    const path = emitTree(
      code,
      steps,
      steps.map(() => TEXT),
      'array',
    );
    const call = `${code.use(runtime)}(${[...target!.parts, ...path.parts].join(', ')})`;
    const found = code.variable('text', true);
    const put = (): void => {
      const value = code.result('text', call);
      code.assign(found, { ...value, isNull: code.register('isNull') });
    };
    const nulls = [target!, ...steps].map((slot) => slot.isNull).filter((isNull) => isNull !== NEVER_NULL);
    code.block(nulls.length === 0 ? '' : `if (!(${nulls.join(' || ')}))`, put);
    return found;
  };
}

const optional = { nullResult: true };

const ACCESS: readonly ScalarFunction[] = [
  calls('->(jsonb,text) jsonb', json.fieldOf, optional),
  calls('->(jsonb,integer) jsonb', json.itemOf, optional),
  calls('->>(jsonb,text) text', json.fieldTextOf, optional),
  calls('->>(jsonb,integer) text', json.itemTextOf, optional),
  calls('#>(jsonb,array) jsonb', json.pathOf, optional),
  calls('#>>(jsonb,array) text', json.pathTextOf, optional),
  special('jsonb_extract_path(jsonb,text) jsonb', 'sometimes', alongPath(json.pathOf), { variadic: true }),
  special('jsonb_extract_path_text(jsonb,text) text', 'sometimes', alongPath(json.pathTextOf), {
    variadic: true,
  }),
  calls('jsonb_typeof(jsonb) text', json.kindOf),
  mayFail('jsonb_array_length(jsonb) integer', json.arrayLength),
  mayFail('json_items(jsonb) array', jsonItems),
  mayFail('json_text_items(jsonb) array', jsonTextItems),
];

const TESTS: readonly ScalarFunction[] = [
  calls('@>(jsonb,jsonb) boolean', contains),
  strict(
    '<@(jsonb,jsonb) boolean',
    false,
    (code, [a, b]) => `${code.use(contains)}(${[...b!.parts, ...a!.parts].join(', ')})`,
  ),
  calls('?(jsonb,text) boolean', over(readString, change.hasKey)),
  calls(
    '?|(jsonb,array) boolean',
    over(texts, (value, keys) => keys.some((key) => key !== null && change.hasKey(value, key))),
  ),
  calls(
    '?&(jsonb,array) boolean',
    over(texts, (value, keys) => keys.every((key) => key === null || change.hasKey(value, key))),
  ),
];

const CHANGES: readonly ScalarFunction[] = [
  ...['||', 'jsonb_concat'].map((name) =>
    calls(
      `${name}(jsonb,jsonb) jsonb`,
      over(read, (a, b) => give(change.concatJson(a, b))),
    ),
  ),
  mayFail(
    '-(jsonb,text) jsonb',
    over(readString, (a, key) => give(change.withoutKeys(a, [key]))),
  ),
  mayFail(
    '-(jsonb,array) jsonb',
    over(texts, (a, keys) => give(change.withoutKeys(a, keys))),
  ),
  mayFail('-(jsonb,integer) jsonb', (b: Bytes, s: number, e: number, index: number) =>
    give(change.withoutIndex(read(b, s, e), index)),
  ),
  mayFail(
    '#-(jsonb,array) jsonb',
    over(texts, (a, path) => give(change.withoutPath(a, path))),
  ),
  ...pathChange('jsonb_set', change.setPath, true),
  ...pathChange('jsonb_insert', change.insertAt, false),
  calls('jsonb_strip_nulls(jsonb) jsonb', (b: Bytes, s: number, e: number) =>
    give(change.stripNulls(read(b, s, e), false)),
  ),
  calls('jsonb_strip_nulls(jsonb,boolean) jsonb', (b: Bytes, s: number, e: number, inArrays: boolean) =>
    give(change.stripNulls(read(b, s, e), inArrays)),
  ),
  calls('jsonb_pretty(jsonb) text', (b: Bytes, s: number, e: number) =>
    writeString(prettyJson(read(b, s, e))),
  ),
];

function pathChange(
  name: string,
  compute: (json: JsonValue, path: (string | null)[], value: JsonValue, flag: boolean) => JsonValue,
  missing: boolean,
): ScalarFunction[] {
  const run = (
    ...[b, s, e, b2, s2, e2, b3, s3, e3, flag = missing]: [
      Bytes, number, number, Bytes, number, number, Bytes, number, number, boolean?,
    ] // prettier-ignore
  ): number => give(compute(read(b, s, e), texts(b2, s2, e2), read(b3, s3, e3), flag));
  return [
    mayFail(`${name}(jsonb,array,jsonb) jsonb`, run),
    mayFail(`${name}(jsonb,array,jsonb,boolean) jsonb`, run),
  ];
}

const MAKING: readonly ScalarFunction[] = [
  special('to_jsonb(array) jsonb', 'sometimes', toJsonItem),
  special('jsonb_build_array() jsonb', 'never', fromRow(buildArray)),
  special('jsonb_build_array(text) jsonb', 'never', fromRow(buildArray), { variadic: true }),
  special('jsonb_build_object() jsonb', 'never', fromRow(buildObject)),
  special('jsonb_build_object(text) jsonb', 'never', fromRow(buildObject), { variadic: true, fails: true }),
];

/** The argument comes as an array of one: an array of one NULL is NULL. */
function toJsonItem(code: Code, [one]: readonly Slot[], types: CallTypes): Slot {
  const type = types.params[0]!;
  if (type.kind !== 'array') throw new Error('to_jsonb takes its argument as an array');
  const value = code.result('text', `${code.use(itemToJson(type.element))}(${one!.parts.join(', ')})`);
  return { ...value, isNull: code.register('isNull') };
}

function itemToJson(element: CallTypes['result']) {
  return (b: Bytes, s: number, e: number): number => {
    const isNull = b[s] === 0xff;
    const start = toJson([element])(b, s, e);
    result.isNull = isNull;
    return start;
  };
}

export const JSONBS: readonly ScalarFunction[] = [...ACCESS, ...TESTS, ...CHANGES, ...MAKING];
