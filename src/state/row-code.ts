// The generated loops of a row table. A row has three hashes that share their top 8 bits, the key group, which comes from its
// distribution columns alone: of its key (which chains rows) and of the whole row (which finds it again). Keys compare as SQL
// does, whole rows as they print, so that 1.0 and 1.00 are one key and two rows.

import { HASH_SEED } from '../data/hash.ts';
import type { Column } from '../data/column.ts';
import type { RowSchema } from '../data/types.ts';
import { isTree, layoutOf } from '../data/types.ts';
import type { Accumulator } from './accumulator.ts';
import type { KeyIndex } from './key-index.ts';
import type { KeyCode } from './key-code.ts';
import { finishHashCode, keyCode, stateNames } from './key-code.ts';
import { KEY_FUNCTIONS } from './key-functions.ts';
import type { Slots } from './slots.ts';

/** What the loops need of the table. */
export interface RowOwner {
  readonly slots: Slots;
  readonly chains: { readonly index: KeyIndex; readonly heads: Int32Array };
  readonly weights: Extract<Accumulator, { kind: 'f64' }>;
  /** A new row of weight 0 in the chain of `entry` (−1: a new chain); gives its slot. */
  insert(columns: readonly Column[], row: number, rowHash: number, keyHash: number, entry: number): number;
  /** Adds to the weight of a row, which leaves at 0. */
  weigh(slot: number, diff: number): void;
}

export interface RowKernel {
  /** Adds `diffs[i]` (null: 1) to the weights of rows `from … to`; `touched[i - from]` is where each of them is, or was. */
  apply(
    owner: RowOwner,
    columns: readonly Column[],
    diffs: Int32Array | null,
    from: number,
    to: number,
    touched: Int32Array,
  ): void;
  /** `entries[i - from]` is the chain of the key in row i of `keys`, −1 when there is none. */
  find(owner: RowOwner, keys: readonly Column[], from: number, to: number, entries: Int32Array): void;
  readonly source: string;
}

const GROUP_BITS = 0xff000000 | 0;

/** See RowTableShape. */
export interface RowLoopShape {
  readonly schema: RowSchema;
  readonly distribution: number;
  readonly key: number;
  readonly required?: number;
}

export function rowKernel(shape: RowLoopShape): RowKernel {
  const { schema, distribution, key } = shape;
  const code = schema.map((field, k) => keyCode(k, layoutOf(field.type), field.nullable, isTree(field.type)));
  const names = schema.map((field, k) => stateNames(k, layoutOf(field.type), field.nullable));
  const source = [
    `'use strict';`,
    'return {',
    applySource(code, names.flat(), shape),
    findSource(code.slice(0, key), names.slice(0, key).flat(), distribution),
    '};',
  ].join('\n');
  const make = new Function(...Object.keys(KEY_FUNCTIONS), source) as (...bound: unknown[]) => {
    apply: RowKernel['apply'];
    find: RowKernel['find'];
  };
  return { ...make(...Object.values(KEY_FUNCTIONS)), source };
}

/** Declares `name`: the hash so far, finished, with the key group of `g`. */
function finished(name: string): string {
  return `let ${name} = h; ${finishHashCode(name)} ${name} = (g & ${GROUP_BITS}) | (${name} & ${~GROUP_BITS});`;
}

function hashKey(code: readonly KeyCode[], distribution: number): string {
  return `let h = ${HASH_SEED}, w = 0;
    ${code
      .slice(0, distribution)
      .map((key) => key.hash)
      .join('\n    ')}
    let g = h; ${finishHashCode('g')}
    ${code
      .slice(distribution)
      .map((key) => key.hash)
      .join('\n    ')}
    ${finished('hk')}`;
}

/** Declares `e`: the chain of the key with hash `hk`, −1 when there is none. `s` becomes a row of it. */
function findChain(code: readonly KeyCode[]): string {
  const equal = ['chains[p + 1] === hk', 's = H[e], true', ...code.map((key) => key.equal)];
  return `const chains = KG[hk >>> 24], mask = chains.length - 1;
      let p = (hk << 1) & mask, e = -1;
      for (;;) {
        e = chains[p] - 1;
        if (e < 0 || (${equal.map((part) => `(${part})`).join(' && ')})) break;
        p = (p + 2) & mask;
      }`;
}

function applySource(code: readonly KeyCode[], names: readonly string[], shape: RowLoopShape): string {
  const { schema, distribution, key, required } = shape;
  const skip =
    required === undefined || !schema[required]!.nullable
      ? ''
      : `if (u${required} === 1) { touched[i - from] = -1; continue; }`;
  const reload = ['H = T.chains.heads;', ...code.map((column) => column.reload)].join(' ');
  const identical = ['rows[q + 1] === hr', ...code.map((column) => column.identical)];
  return `apply(T, C, D, from, to, touched) {
  const S = T.slots, RG = S.index.groups, KG = T.chains.index.groups;
  ${code.map((column) => column.open).join('\n  ')}
  let ${['H', ...names].join(', ')};
  ${reload}
  for (let i = from; i < to; i++) {
    ${code.map((column) => column.load).join(' ')}
    ${skip}
    ${hashKey(code.slice(0, key), distribution)}
    ${code
      .slice(key)
      .map((column) => column.quickHash)
      .join('\n    ')}
    ${finished('hr')}
    const rows = RG[hr >>> 24], last = rows.length - 1;
    let q = (hr << 1) & last, s = -1;
    for (;;) {
      const found = rows[q];
      if (found === 0) { s = -1; break; }
      s = found - 1;
      if (${identical.join(' && ')}) break;
      q = (q + 2) & last;
    }
    if (s < 0) {
      ${findChain(code.slice(0, key))}
      s = T.insert(C, i, hr, hk, e);
      ${reload}
    }
    touched[i - from] = s;
    T.weigh(s, D === null ? 1 : D[i]);
  }
},`;
}

function findSource(code: readonly KeyCode[], names: readonly string[], distribution: number): string {
  return `find(T, C, from, to, entries) {
  const S = T.slots, KG = T.chains.index.groups, H = T.chains.heads;
  ${code.map((column) => column.open).join('\n  ')}
  let ${['unused', ...names].join(', ')};
  ${code.map((column) => column.reload).join(' ')}
  for (let i = from; i < to; i++) {
    ${code.map((column) => column.load).join(' ')}
    ${hashKey(code, distribution)}
    let s = 0;
    ${findChain(code)}
    entries[i - from] = e;
  }
},`;
}
