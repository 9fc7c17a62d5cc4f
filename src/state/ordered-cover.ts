// A stretch of an ordered index as few nodes and a few single entries at either end: what is kept per node is then added up over any
// stretch in logarithmic time.

import type { OrderedIndex } from './ordered-index.ts';
import { EMPTY, FAN, isInner, nodeOf, slotOf } from './ordered-nodes.ts';

export interface Cover {
  /** A whole leaf or inner node, by its reference. */
  node(ref: number): void;
  slot(slot: number): void;
}

/** Covers places `from … to` of the tree `ref`, whose entries weigh 1 each. */
export function cover(index: OrderedIndex, ref: number, from: number, to: number, by: Cover): void {
  if (ref === EMPTY || from >= to) return;
  if (ref < 0) by.slot(slotOf(ref));
  else if (isInner(ref)) coverInner(index, ref, from, to, by);
  else coverLeaf(index, ref, from, to, by);
}

function coverInner(index: OrderedIndex, ref: number, from: number, to: number, by: Cover): void {
  const { children, weights, counts } = index.inners;
  const base = nodeOf(ref) * FAN;
  let start = 0;
  for (let i = base; i < base + counts[nodeOf(ref)]! && start < to; i++) {
    const end = start + weights[i]!;
    if (from <= start && end <= to) by.node(children[i]!);
    else if (end > from) cover(index, children[i]!, Math.max(0, from - start), to - start, by);
    start = end;
  }
}

function coverLeaf(index: OrderedIndex, ref: number, from: number, to: number, by: Cover): void {
  const { slots, counts } = index.leaves;
  const leaf = nodeOf(ref);
  const end = Math.min(to, counts[leaf]!);
  if (from <= 0 && end === counts[leaf]) return by.node(ref);
  for (let at = Math.max(0, from); at < end; at++) by.slot(slots[leaf * FAN + at]!);
}

/** Makes stale nodes of the tree `ref` fresh, children first. */
export function freshen(index: OrderedIndex, ref: number, fresh: (ref: number) => void): void {
  if (ref <= 0) return;
  const node = nodeOf(ref);
  const { leaves, inners } = index;
  const { stale } = isInner(ref) ? inners : leaves;
  if (stale[node] === 0) return;
  if (isInner(ref))
    for (let i = 0; i < inners.counts[node]!; i++) freshen(index, inners.children[node * FAN + i]!, fresh);
  fresh(ref);
  stale[node] = 0;
}
