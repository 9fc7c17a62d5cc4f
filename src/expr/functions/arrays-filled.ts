// array_fill, and width_bucket over an array of thresholds.

import type { CallTypes, ScalarFunction } from './function.ts';
import { special, strict } from './function.ts';
import type { SqlType } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { bucketOf, fillArray } from '../runtime/array-fill.ts';

function elementOf(types: CallTypes): SqlType {
  const [type] = types.params;
  if (type?.kind !== 'array') throw new Error('an array was expected');
  return type.element;
}

/** NULL dimensions are an error, and a NULL value is one like others. */
function fill(code: Code, args: readonly Slot[], types: CallTypes): Slot {
  const slices = args.map(({ isNull, parts: [bytes, start, end] }) =>
    `${isNull} ? null : ${bytes!}.subarray(${start!}, ${end!})`); // prettier-ignore
  return code.result('text', `${code.use(fillArray(elementOf(types)))}(${slices.join(', ')})`);
}

export const ARRAYS_FILLED: readonly ScalarFunction[] = [
  special('array_fill(array,array) array', 'never', fill, { fails: true }),
  special('array_fill(array,array,array) array', 'never', fill, { fails: true }),
  strict(
    'width_bucket(array,array) integer',
    true,
    (code, args, types) => {
      const parts = args.flatMap((arg) => arg.parts);
      return `${code.use(bucketOf(elementOf(types)))}(${parts.join(', ')})`;
    },
    { nullResult: true },
  ),
];
