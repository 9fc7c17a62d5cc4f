// Rows: ROW(…) and the fields of one.

import { fieldReader, fieldsTester } from '../runtime/cells.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { bool } from '../kernel/code.ts';
import { emitTree } from './cells.ts';
import type { CallTypes, ScalarFunction } from './function.ts';
import { special, strict } from './function.ts';

function row(code: Code, args: readonly Slot[], types: CallTypes): Slot {
  return emitTree(code, args, types.params, 'row');
}

/** The second argument is the number of the field, from 0. */
function field(code: Code, [whole, index]: readonly Slot[], types: CallTypes): string {
  const type = types.params[0]!;
  if (type.kind !== 'row') throw new Error(`a field of ${type.kind}`);
  return `${code.use(fieldReader(type.fields, Number(index!.literal)))}(${whole!.parts.join(', ')})`;
}

/** `wanted`: what every field must be. */
function isNull(code: Code, whole: Slot, types: CallTypes, wanted: boolean): Slot {
  const type = types.params[0]!;
  if (type.kind !== 'row') throw new Error(`a row test of ${type.kind}`);
  const all = `${code.use(fieldsTester(type.fields, wanted))}(${whole.parts.join(', ')})`;
  return bool(wanted ? `(${whole.isNull} || ${all})` : `(!${whole.isNull} && ${all})`);
}

export const ROWS: readonly ScalarFunction[] = [
  special('row() row', 'never', row, { variadic: true }),
  special('is null(row) boolean', 'never', (code, [a], types) => isNull(code, a!, types, true)),
  special('is not null(row) boolean', 'never', (code, [a], types) => isNull(code, a!, types, false)),
  strict('field(row,integer) row', false, field, { nullResult: true }),
];
