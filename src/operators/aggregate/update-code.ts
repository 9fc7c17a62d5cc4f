// Puts the pieces together: one generated loop that hashes the key of a row, probes, and adds to every accumulator, and a
// second, `locate`, that finds or makes the slot of one row (for recovery).

import type { Layout } from '../../data/types.ts';
import type { Column } from '../../data/column.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import type { Slots } from '../../state/slots.ts';
import { DIRTY, KNOWN } from '../../state/slots.ts';
import { HASH_SEED } from '../../data/hash.ts';
import type { CallCode } from './call-code.ts';
import { CALL_FUNCTIONS } from './call-functions.ts';
import type { KeyCode } from '../../state/key-code.ts';
import { finishHashCode, keyCode, stateNames } from '../../state/key-code.ts';
import { KEY_FUNCTIONS } from '../../state/key-functions.ts';

export interface KeyShape {
  readonly layout: Layout;
  readonly tree: boolean;
  readonly nullable: boolean;
}

/** What the loops need of the operator. */
export interface SlotOwner {
  readonly slots: Slots;
  insert(keys: readonly Column[], row: number, hash: number): number;
  /** Lists a slot as changed in this epoch and gives its place in the list. */
  mark(slot: number): number;
  /** What changed slots held at the start of the epoch, by place in the list; empty where nobody asks. */
  readonly old: readonly Accumulator[];
}

export interface AggregateKernel {
  /** Adds rows 0 … rows of a batch: `keys` are its key columns in key order, `inputs` all its columns. */
  update(owner: SlotOwner, keys: readonly Column[], inputs: readonly Column[], rows: number): void;
  /** The slot of the key in row `i`; when absent it is made, or −1 without `make`. */
  locate(owner: SlotOwner, keys: readonly Column[], i: number, make: boolean): number;
  readonly source: string;
}

/** `keepOld`: remember what a known slot held before its first change of an epoch. */
export function aggregateKernel(
  keys: readonly KeyShape[],
  calls: readonly CallCode[],
  keepOld: boolean,
): AggregateKernel {
  const code = keys.map((key, k) => keyCode(k, key.layout, key.nullable, key.tree));
  const names = keys.flatMap((key, k) => stateNames(k, key.layout, key.nullable));
  const accumulators = calls.flatMap((call, j) => call.kinds.map((_, a) => `c${j}_${a}`));
  const functions = { ...KEY_FUNCTIONS, ...CALL_FUNCTIONS };
  const source = [
    `'use strict';`,
    `return {`,
    updateSource(code, names, accumulators, calls, keepOld),
    locateSource(code, names),
    `};`,
  ].join('\n');
  const make = new Function(...Object.keys(functions), source) as (...bound: unknown[]) => {
    update: AggregateKernel['update'];
    locate: AggregateKernel['locate'];
  };
  return { ...make(...Object.values(functions)), source };
}

function findSlot(code: readonly KeyCode[]): string {
  const equal = ['table[p + 1] === h', ...code.map((key) => key.equal)].join(' && ');
  return `
    ${code.map((key) => key.load).join(' ')}
    let h = ${HASH_SEED}, w = 0;
    ${code.map((key) => key.hash).join('\n    ')}
    ${finishHashCode('h')}
    const table = G[h >>> 24], mask = table.length - 1;
    let p = (h << 1) & mask, s = -1;
    for (;;) {
      const e = table[p];
      if (e === 0) { s = -1; break; }
      s = e - 1;
      if (${equal}) break;
      p = (p + 2) & mask;
    }`;
}

function updateSource(
  code: readonly KeyCode[],
  names: readonly string[],
  accumulators: readonly string[],
  calls: readonly CallCode[],
  keepOld: boolean,
): string {
  const old = keepOld ? accumulators.map((name) => `o${name}`) : [];
  const lets = ['F', ...names, ...accumulators, ...old];
  const reload = [
    'F = S.flags;',
    ...code.map((key) => key.reload),
    ...accumulators.map((name, a) => `${name} = S.accumulators[${a}].values;`),
  ].join(' ');
  const reloadOld = old.map((name, a) => `${name} = owner.old[${a}].values;`).join(' ');
  const copies = old.map((name, a) => `${name}[d] = ${accumulators[a]!}[s];`).join(' ');
  const remember =
    old.length === 0
      ? ''
      : `if ((f & ${KNOWN}) !== 0) { if (${old[0]!} !== owner.old[0].values) { ${reloadOld} } ${copies} }`;
  const adds = calls.map((call, j) => call.add.replaceAll(/@(\d)/g, (_, a: string) => `c${j}_${a}`));
  return `update(owner, C, I, rows) {
  const S = owner.slots, G = S.index.groups;
  ${code.map((key) => key.open).join('\n  ')}
  ${calls.map((call) => call.open).join('\n  ')}
  let ${lets.join(', ')};
  ${reload} ${reloadOld}
  for (let i = 0; i < rows; i++) {${findSlot(code)}
    if (s < 0) { s = owner.insert(C, i, h); ${reload} }
    const f = F[s];
    if ((f & ${DIRTY}) === 0) {
      F[s] = f | ${DIRTY};
      const d = owner.mark(s);
      ${remember}
    }
    ${adds.join('\n    ')}
  }
},`;
}

function locateSource(code: readonly KeyCode[], names: readonly string[]): string {
  return `locate(owner, C, i, make) {
  const S = owner.slots, G = S.index.groups;
  ${code.map((key) => key.open).join('\n  ')}
  let ${['unused', ...names].join(', ')};
  ${code.map((key) => key.reload).join(' ')}
  ${findSlot(code)}
  return s < 0 && make ? owner.insert(C, i, h) : s;
},`;
}
