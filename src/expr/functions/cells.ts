// Slots as cells of arrays and rows, and back, in generated code.

import type { SqlType } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import * as cells from '../runtime/cells.ts';

const WRITERS = {
  bool: cells.writeBool,
  i32: cells.writeI32,
  i64: cells.writeI64,
  f64: cells.writeF64,
  numeric: cells.writeNumeric,
  interval: cells.writeInterval,
} as const;

function writerOf(type: SqlType): unknown {
  const layout = layoutOf(type);
  return layout === 'text' ? cells.sliceWriter(type) : WRITERS[layout];
}

/** Appends a slot to the tree that is being written. */
export function emitCell(code: Code, slot: Slot, type: SqlType): void {
  const write = `${code.use(writerOf(type))}(${slot.parts.join(', ')});`;
  if (slot.isNull === NEVER_NULL) code.line(write);
  else code.line(`if (${slot.isNull}) ${code.use(cells.writeNullCell)}(); else ${write}`);
}

/** A tree of the given slots. */
export function emitTree(
  code: Code,
  args: readonly Slot[],
  types: readonly SqlType[],
  kind: 'array' | 'row',
): Slot {
  code.line(`${code.use(cells.startTree)}();`);
  args.forEach((arg, i) => emitCell(code, arg, types[i]!));
  return code.result('text', `${code.use(kind === 'array' ? cells.endArray : cells.endTree)}()`);
}

/** What a reader of cells answered, as a slot that may be NULL. */
export function emitRead(code: Code, call: string, type: SqlType): Slot {
  const slot = code.result(layoutOf(type), call);
  return { ...slot, isNull: code.register('isNull') };
}
