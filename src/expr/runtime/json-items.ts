// jsonb_array_elements: the items of a jsonb array as an array, from which they are taken one after the other.

import { fail } from '../../data/failure.ts';
import { writeCell } from '../../data/tree/cells.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { readJson, writeJson } from '../../data/tree/json.ts';
import { jsonToText } from '../../data/tree/json-text.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { VALUE_CELL } from '../../data/tree/writer.ts';
import { TEXT } from '../../data/types.ts';
import { giveTree } from './cells.ts';

const reader = new TreeReader();

export function jsonItems(b: Uint8Array, s: number, e: number): number {
  const items = itemsOf(b, s, e);
  return giveTree((w) => {
    for (const item of items) {
      w.u8(VALUE_CELL);
      writeJson(w, item);
    }
    w.u8(0);
  });
}

/** As texts; null is NULL. */
export function jsonTextItems(b: Uint8Array, s: number, e: number): number {
  const items = itemsOf(b, s, e);
  return giveTree((w) => {
    for (const item of items) writeCell(w, TEXT, textOf(item));
    w.u8(0);
  });
}

function textOf(item: JsonValue): string | null {
  return item === null || typeof item === 'string' ? item : jsonToText(item);
}

function itemsOf(b: Uint8Array, s: number, e: number): readonly JsonValue[] {
  const value = readJson(reader.open(b, s, e));
  if (isList(value)) return value;
  return fail('22023', `cannot extract elements from ${value instanceof Map ? 'an object' : 'a scalar'}`);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
