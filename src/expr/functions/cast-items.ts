// The cast of an array to another type of array: a loop over its items in generated code.

import { TreeReader } from '../../data/tree/reader.ts';
import type { SqlType } from '../../data/types.ts';
import { constrainNumeric } from '../../data/numeric.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import { cellReader, endArray, startTree, writeNullCell } from '../runtime/cells.ts';
import { leftPart } from '../runtime/text.ts';
import { emitCell, emitRead } from './cells.ts';
import type { CallTypes } from './function.ts';

type CastSlot = (code: Code, slot: Slot, from: SqlType, to: SqlType) => Slot;

export function castItems(code: Code, arg: Slot, types: CallTypes, castSlot: CastSlot): string {
  const from = elementType(types.params[0]!);
  const to = elementType(types.result);
  const reader = code.use(new TreeReader());
  code.line(`${reader}.open(${arg.parts.join(', ')});`);
  code.line(`${code.use(startTree)}();`);
  code.block(`while (${reader}.bytes[${reader}.at] !== 0)`, () => {
    const item = emitRead(code, `${code.use(cellReader(from))}(${reader})`, from);
    code.block(`if (${item.isNull})`, () => code.line(`${code.use(writeNullCell)}();`));
    code.block('else', () => {
      const value = castSlot(code, { ...item, isNull: NEVER_NULL }, from, to);
      emitCell(code, constrained(code, value, to), to);
    });
  });
  return `${code.use(endArray)}()`;
}

function elementType(type: SqlType): SqlType {
  if (type.kind !== 'array') throw new Error(`${type.kind} is no array`);
  return type.element;
}

function constrained(code: Code, slot: Slot, type: SqlType): Slot {
  const parts = slot.parts.join(', ');
  if (type.kind === 'varchar' && type.length !== undefined)
    return code.result('text', `${code.use(leftPart)}(${parts}, ${type.length})`);
  if (type.kind !== 'numeric' || type.precision === undefined) return slot;
  return code.result(
    'numeric',
    `${code.use(constrainNumeric)}(${parts}, ${type.precision}, ${type.scale ?? 0})`,
  );
}
