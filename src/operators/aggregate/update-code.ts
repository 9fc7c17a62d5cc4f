// Puts the pieces together: one generated loop that hashes the key of a row, probes, and adds to every accumulator, and a
// second, `locate`, that only finds or makes slots (for recovery).

import type { Layout } from '../../data/types.ts';
import type { Column } from '../../data/column.ts';
import type { Accumulator, AccumulatorKind } from '../../state/accumulator.ts';
import type { Slots } from '../../state/slots.ts';
import { DIRTY, KNOWN } from '../../state/slots.ts';
import { HASH_SEED } from '../../data/hash.ts';
import type { CallCode } from './code-shape.ts';
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

/** A call in a loop: its accumulators are those of the table from `at` on. */
export interface LoopCall {
  readonly code: CallCode;
  readonly at: number;
}

export interface LoopShape {
  readonly keys: readonly KeyShape[];
  /** All of the table's. */
  readonly accumulators: readonly AccumulatorKind[];
  readonly calls: readonly LoopCall[];
  /** Remember what a known slot held before its first change of an epoch. */
  readonly keepOld: boolean;
  /** Rows have weights, given as the `diffs` of `update`; otherwise each counts once. */
  readonly weighted: boolean;
}

export interface AggregateKernel {
  /** Adds rows 0 … rows of a batch: `keys` are its key columns in key order, `inputs` all its columns. */
  update(
    owner: SlotOwner,
    keys: readonly Column[],
    inputs: readonly Column[],
    rows: number,
    diffs: Int32Array | null,
  ): void;
  /** See Locate. */
  locate(
    owner: SlotOwner,
    keys: readonly Column[],
    from: number,
    to: number,
    make: boolean,
    found: Int32Array,
  ): void;
  readonly source: string;
}

export function aggregateKernel(shape: LoopShape): AggregateKernel {
  const code = shape.keys.map((key, k) => keyCode(k, key.layout, key.nullable, key.tree));
  const names = shape.keys.flatMap((key, k) => stateNames(k, key.layout, key.nullable));
  const functions = { ...KEY_FUNCTIONS, ...CALL_FUNCTIONS };
  const source = [
    `'use strict';`,
    `return {`,
    updateSource(code, names, shape),
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

function updateSource(code: readonly KeyCode[], names: readonly string[], shape: LoopShape): string {
  const used = shape.calls.flatMap(({ code: call, at }) => call.kinds.map((_, a) => at + a));
  const touched = shape.keepOld ? [...shape.accumulators.keys()] : used;
  const old = shape.keepOld ? touched : [];
  const lets = ['F', ...names, ...touched.map((a) => `c${a}`), ...old.map((a) => `o${a}`)];
  const reload = [
    'F = S.flags;',
    ...code.map((key) => key.reload),
    ...touched.map((a) => `c${a} = S.accumulators[${a}].values;`),
  ].join(' ');
  const reloadOld = old.map((a) => `o${a} = owner.old[${a}].values;`).join(' ');
  const copies = old.map((a) => `o${a}[d] = c${a}[s];`).join(' ');
  // They grow together, but what has no fixed width grows in place and would not show it.
  const witness = old.find((a) => !['big', 'bytes'].includes(shape.accumulators[a]!));
  const renew =
    witness === undefined ? '' : `if (o${witness} !== owner.old[${witness}].values) { ${reloadOld} }`;
  const remember = old.length === 0 ? '' : `if ((f & ${KNOWN}) !== 0) { ${renew} ${copies} }`;
  const adds = shape.calls.map(({ code: call, at }) => addSource(call, at, shape.weighted));
  return `update(owner, C, I, rows, D) {
  const S = owner.slots, G = S.index.groups;
  ${code.map((key) => key.open).join('\n  ')}
  ${shape.calls.map(({ code: call }) => call.open).join('\n  ')}
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
    ${shape.weighted ? 'const W = D === null ? 1 : D[i];' : ''}
    ${adds.join('\n    ')}
  }
},`;
}

function addSource(call: CallCode, at: number, weighted: boolean): string {
  const named = call.add.replaceAll(/@(\d+)/g, (_, a: string) => `c${at + Number(a)}`);
  return weighted ? named : named.replaceAll(/\bW\b/g, '1');
}

function locateSource(code: readonly KeyCode[], names: readonly string[]): string {
  const reload = code.map((key) => key.reload).join(' ');
  return `locate(owner, C, from, to, make, found) {
  const S = owner.slots, G = S.index.groups;
  ${code.map((key) => key.open).join('\n  ')}
  let ${['unused', ...names].join(', ')};
  ${reload}
  for (let i = from; i < to; i++) {${findSlot(code)}
    if (s < 0 && make) { s = owner.insert(C, i, h); ${reload} }
    found[i - from] = s;
  }
},`;
}
