// Producers write the same keys in the same order with the same spacing, record after record. A layout is that observation as a
// value: the exact bytes between the values, and which column each value belongs to.

import type { KeyTable } from './json-members.ts';
import { skipSpace, skipString, skipValue } from './json-scan.ts';

export interface LayoutMember {
  /** The bytes from the end of the value before (or the start of the document) to the start of this value. */
  readonly before: Uint8Array;
  /** Column of the decoder, or −1: a key that nobody declared. */
  readonly column: number;
}

export interface Layout {
  readonly members: readonly LayoutMember[];
  /** From the end of the last value to the end of the document. */
  readonly tail: Uint8Array;
}

/** Beyond these a generated reader would outgrow what the engine optimises. */
const MAX_MEMBERS = 64;
const MAX_BETWEEN = 4096;

/** The layout of a document that `MemberLocator` found good; undefined when it should not be generated for. */
export function learnLayout(b: Uint8Array, s: number, e: number, keys: KeyTable): Layout | undefined {
  const members: LayoutMember[] = [];
  const seen = new Set<number>();
  let between = 0;
  let from = s;
  let p = skipSpace(b, skipSpace(b, s, e) + 1, e);
  while (b[p] !== 0x7d) {
    if (b[p] === 0x2c) p = skipSpace(b, p + 1, e);
    const key = p + 1;
    p = skipString(b, key, e);
    const column = keys.find(b, key, p - 1);
    if (column >= 0 && seen.has(column)) return undefined;
    seen.add(column);
    p = skipSpace(b, skipSpace(b, p, e) + 1, e);
    members.push({ before: b.slice(from, p), column });
    between += p - from;
    if (members.length > MAX_MEMBERS || between > MAX_BETWEEN) return undefined;
    from = skipValue(b, p, e, 1);
    p = skipSpace(b, from, e);
  }
  if (between + e - from > MAX_BETWEEN) return undefined;
  return { members, tail: b.slice(from, e) };
}

export function sameLayout(a: Layout, b: Layout): boolean {
  if (a.members.length !== b.members.length || !equal(a.tail, b.tail)) return false;
  return a.members.every((member, i) => equal(member.before, b.members[i]!.before));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
