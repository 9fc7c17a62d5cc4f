// The key group of every row of a batch, in one generated loop, by the hash that state is found by (data/hash.ts): so rows arrive
// where the state of their key is.

import type { Column } from '../data/column.ts';
import { HASH_SEED } from '../data/hash.ts';
import type { RowSchema } from '../data/types.ts';
import { isTree, layoutOf } from '../data/types.ts';
import { finishHashCode, keyCode } from '../state/key-code.ts';
import { KEY_FUNCTIONS } from '../state/key-functions.ts';

/** Writes the key groups of rows 0 … rows to `groups`; `keys` are the columns that the schema says. */
export type HashRows = (keys: readonly Column[], rows: number, groups: Uint8Array) => void;

export function compileHashRows(keys: RowSchema): HashRows {
  const code = keys.map((field, k) => keyCode(k, layoutOf(field.type), field.nullable, isTree(field.type)));
  const source = `'use strict';
return function hashRows(C, rows, groups) {
  ${code.map((key) => key.open).join('\n  ')}
  for (let i = 0; i < rows; i++) {
    ${code.map((key) => key.load).join(' ')}
    let h = ${HASH_SEED}, w = 0;
    ${code.map((key) => key.hash).join('\n    ')}
    ${finishHashCode('h')}
    groups[i] = h >>> 24;
  }
};`;
  const make = new Function(...Object.keys(KEY_FUNCTIONS), source) as (...bound: unknown[]) => HashRows;
  return make(...Object.values(KEY_FUNCTIONS));
}
