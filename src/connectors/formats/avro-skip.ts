// Passing over a value of Avro that nobody wants, within one that is read value by value.

import type { AvroCursor } from './avro-cursor.ts';
import type { AvroType } from './avro-schema.ts';
import { leastBytes } from './avro-schema.ts';

export function skipValue(type: AvroType, cursor: AvroCursor): void {
  switch (type.kind) {
    case 'null':
      return;
    case 'boolean':
      cursor.boolean();
      return;
    case 'int':
      cursor.int();
      return;
    case 'long':
      cursor.long();
      return;
    case 'float':
      cursor.take(4);
      return;
    case 'double':
      cursor.take(8);
      return;
    case 'enum':
      cursor.index(type.symbols.length);
      return;
    case 'fixed':
      cursor.take(type.size);
      return;
    case 'bytes':
    case 'string':
      cursor.sized();
      return;
    case 'union':
      return skipValue(type.branches[cursor.index(type.branches.length)]!, cursor);
    default:
      cursor.enter();
      skipMembers(type, cursor);
      cursor.leave();
  }
}

function skipMembers(
  type: Extract<AvroType, { kind: 'array' | 'map' | 'record' }>,
  cursor: AvroCursor,
): void {
  if (type.kind === 'record') {
    for (const field of type.fields) skipValue(field.type, cursor);
    return;
  }
  const isMap = type.kind === 'map';
  cursor.blocks(isMap ? 1 : leastBytes(type.items), () => {
    if (isMap) cursor.sized();
    skipValue(type.items, cursor);
  });
}
