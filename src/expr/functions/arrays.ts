// Arrays: ARRAY[…], items, slices and functions. Where Postgres takes one item, the function takes an array of it.

import type { SqlType, TypeKind } from '../../data/types.ts';
import { arrayOf, TEXT } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { anyNull, NEVER_NULL } from '../kernel/code.ts';
import { readString } from '../runtime/arena.ts';
import * as arrays from '../runtime/arrays.ts';
import { itemReader } from '../runtime/cells.ts';
import { itemWalker } from '../runtime/item-walk.ts';
import { emitTree } from './cells.ts';
import { findCast } from './casts.ts';
import type { CallTypes, ScalarFunction } from './function.ts';
import { special, strict } from './function.ts';

function array(code: Code, args: readonly Slot[], types: CallTypes): Slot {
  return emitTree(code, args, types.params, 'array');
}

const ELEMENTS =
  'boolean smallint integer bigint real double numeric text varchar bytea uuid date time timestamp timestamptz interval jsonb array row'.split(
    ' ',
  ) as TypeKind[];

function elementOf(types: CallTypes): SqlType {
  const type = types.params.find((param) => param.kind === 'array');
  if (type?.kind !== 'array') throw new Error('an array was expected');
  return type.element;
}

type Make = (element: SqlType) => (...args: never[]) => unknown;

/** A strict function whose code depends on the type of the items. */
function over(
  signature: string,
  make: Make,
  options: { fails?: boolean; nullResult?: boolean } = {},
): ScalarFunction {
  const { fails = false, nullResult = false } = options;
  const code = (c: Code, args: readonly Slot[], types: CallTypes): string =>
    `${c.use(make(elementOf(types)))}(${args.flatMap((arg) => arg.parts).join(', ')})`;
  return strict(signature, fails, code, { nullResult });
}

/** NULL beside an array is nothing; beside NULL it is NULL. */
function concat(code: Code, [a, b]: readonly Slot[], types: CallTypes): Slot {
  const both = (): Slot =>
    code.result(
      'text',
      `${code.use(arrays.concatArrays(elementOf(types)))}(${[...a!.parts, ...b!.parts].join(', ')})`,
    );
  if (anyNull([a!, b!]) === NEVER_NULL) return both();
  const target = code.variable('text', true);
  code.block(`if (${a!.isNull})`, () => code.assign(target, b!));
  code.block(`else if (${b!.isNull})`, () => code.assign(target, a!));
  code.block('else', () => code.assign(target, both()));
  return target;
}

function backwards(make: Make, signature: string): ScalarFunction {
  const code = (c: Code, [a, b]: readonly Slot[], types: CallTypes): string =>
    `${c.use(make(elementOf(types)))}(${[...b!.parts, ...a!.parts].join(', ')})`;
  return strict(signature, false, code);
}

/** The items become texts first; a NULL text for NULLs is none. */
function join(code: Code, args: readonly Slot[], types: CallTypes): Slot {
  const [whole, delimiter, nulls] = args as [Slot, Slot, Slot?];
  const target = code.variable('text', true);
  code.block(`if (!(${whole.isNull} || ${delimiter.isNull}))`, () => {
    const text = (slot: Slot): string => `${code.use(readString)}(${slot.parts.join(', ')})`;
    const spelled = nulls === undefined ? 'null' : `${nulls.isNull} ? null : ${text(nulls)}`;
    const texts = asTexts(code, whole, types.params[0]!);
    const call = `${code.use(arrays.joinTexts)}(${texts.parts.join(', ')}, ${text(delimiter)}, ${spelled})`;
    code.assign(target, code.result('text', call));
  });
  return target;
}

/** Booleans are t and f here, and in casts true and false. */
function asTexts(code: Code, whole: Slot, type: SqlType): Slot {
  if (type.kind === 'array' && (type.element.kind === 'text' || type.element.kind === 'varchar'))
    return whole;
  const cast = findCast('array', 'array')!;
  return code.result(
    'text',
    cast.code(code, { ...whole, isNull: NEVER_NULL }, { params: [type], result: arrayOf(TEXT) }),
  );
}

function split(code: Code, args: readonly Slot[]): Slot {
  const [whole, delimiter, nulls] = args as [Slot, Slot, Slot?];
  const target = code.variable('text', true);
  const text = (slot: Slot): string => `${code.use(readString)}(${slot.parts.join(', ')})`;
  const orNull = (slot: Slot): string => `${slot.isNull} ? null : ${text(slot)}`;
  code.block(`if (!(${whole.isNull}))`, () => {
    const call = `${code.use(arrays.splitText)}(${text(whole)}, ${orNull(delimiter)}, ${nulls === undefined ? 'null' : orNull(nulls)})`;
    code.assign(target, code.result('text', call));
  });
  return target;
}

const ITEMS: readonly ScalarFunction[] = [
  ...ELEMENTS.map((kind) => special(`array(${kind}) array`, 'never', array, { variadic: true })),
  over('item(array,integer) array', itemReader, { nullResult: true }),
  over('next_item(array,integer) array', itemWalker, { nullResult: true }),
  over('slice(array,integer,integer) array', arrays.slice),
];

const SIZES: readonly ScalarFunction[] = [
  over('cardinality(array) integer', arrays.itemCount),
  over('array_length(array,integer) integer', (type) => arrays.boundOf(type, false), { nullResult: true }),
  over('array_upper(array,integer) integer', (type) => arrays.boundOf(type, false), { nullResult: true }),
  over('array_lower(array,integer) integer', (type) => arrays.boundOf(type, true), { nullResult: true }),
  over('array_ndims(array) integer', arrays.dimensions, { nullResult: true }),
  over('array_dims(array) text', arrays.dimensionText, { nullResult: true }),
];

const CHANGES: readonly ScalarFunction[] = [
  ...['||', 'array_cat', 'array_append', 'array_prepend'].map((name) =>
    special(`${name}(array,array) array`, 'all', concat),
  ),
  over('array_remove(array,array) array', arrays.withoutItem),
  over('array_replace(array,array,array) array', arrays.replaceItem),
  over('trim_array(array,integer) array', arrays.trimArray, { fails: true }),
  over('array_reverse(array) array', arrays.reverseArray),
  over('array_sort(array) array', arrays.sortArray),
  over('array_sort(array,boolean) array', arrays.sortArray),
  over('array_sort(array,boolean,boolean) array', arrays.sortArray),
];

const SEARCHES: readonly ScalarFunction[] = [
  over('array_position(array,array) integer', arrays.position, { nullResult: true }),
  over('array_position(array,array,integer) integer', arrays.position, { nullResult: true }),
  over('array_positions(array,array) array', arrays.positions),
  over('@>(array,array) boolean', arrays.containsAll),
  backwards(arrays.containsAll, '<@(array,array) boolean'),
  over('&&(array,array) boolean', arrays.overlaps),
];

const TEXTS: readonly ScalarFunction[] = [
  special('array_to_string(array,text) text', 'sometimes', join),
  special('array_to_string(array,text,text) text', 'sometimes', join),
  special('string_to_array(text,text) array', 'sometimes', split),
  special('string_to_array(text,text,text) array', 'sometimes', split),
];

export const ARRAYS: readonly ScalarFunction[] = [...ITEMS, ...SIZES, ...CHANGES, ...SEARCHES, ...TEXTS];
