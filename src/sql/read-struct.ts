// STRUCT<name type, …>, the type of a column whose values are rows, as RisingWave spells it. It nests, and `>>` closes two.

import type { Cursor } from './cursor.ts';
import { readType } from './expression-text.ts';
import type { Identifier, TypeName } from './names.ts';

interface Field {
  readonly name: Identifier;
  readonly type: TypeName;
}

export function isStruct(cursor: Cursor): boolean {
  return cursor.is('struct', '<');
}

export function readStruct(cursor: Cursor): TypeName {
  const reading = { open: 0 };
  const type = structAt(cursor, reading);
  if (reading.open !== 0) throw cursor.unexpected('"," or a type');
  return type;
}

/** `open`: structs that are begun; a token of several `>` closes as many. */
interface Reading {
  open: number;
}

function structAt(cursor: Cursor, reading: Reading): TypeName {
  const start = cursor.at;
  cursor.at += 2;
  const depth = ++reading.open;
  const fields: Field[] = [];
  do {
    const name = cursor.identifier('the name of a field');
    fields.push({ name, type: fieldType(cursor, reading) });
  } while (reading.open === depth && cursor.take(','));
  if (reading.open === depth) close(cursor, reading);
  const arrayBounds: undefined[] = [];
  while (reading.open === depth - 1 && cursor.take('[', ']')) arrayBounds.push(undefined);
  const span = cursor.since(start);
  return {
    kind: 'TypeName',
    schema: undefined,
    name: 'struct',
    modifiers: [],
    interval: undefined,
    arrayBounds,
    fields,
    span,
  };
}

function fieldType(cursor: Cursor, reading: Reading): TypeName {
  if (isStruct(cursor)) return structAt(cursor, reading);
  return readType(
    cursor,
    cursor.find((index) => /^(,|>+)$/.test(cursor.source.tokens[index]!.text)),
  );
}

function close(cursor: Cursor, reading: Reading): void {
  const token = cursor.peek();
  if (token === undefined || !/^>+$/.test(token.text) || token.text.length > reading.open)
    throw cursor.unexpected('">" or ","');
  cursor.at++;
  reading.open -= token.text.length;
}
