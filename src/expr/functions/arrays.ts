// Arrays: ARRAY[…] and items.

import type { Code, Slot } from '../kernel/code.ts';
import { itemReader } from '../runtime/cells.ts';
import type { TypeKind } from '../../data/types.ts';
import { emitTree } from './cells.ts';
import type { CallTypes, ScalarFunction } from './function.ts';
import { special, strict } from './function.ts';

function array(code: Code, args: readonly Slot[], types: CallTypes): Slot {
  return emitTree(code, args, types.params, 'array');
}

const ELEMENTS: readonly TypeKind[] =
  'boolean smallint integer bigint real double numeric text varchar bytea uuid date time timestamp timestamptz interval jsonb row'.split(
    ' ',
  ) as TypeKind[];

function item(code: Code, [whole, index]: readonly Slot[], types: CallTypes): string {
  const type = types.params[0]!;
  if (type.kind !== 'array') throw new Error(`an item of ${type.kind}`);
  return `${code.use(itemReader(type.element))}(${[...whole!.parts, ...index!.parts].join(', ')})`;
}

export const ARRAYS: readonly ScalarFunction[] = [
  ...ELEMENTS.map((kind) => special(`array(${kind}) array`, 'never', array, { variadic: true })),
  strict('item(array,integer) array', false, item, { nullResult: true }),
];
