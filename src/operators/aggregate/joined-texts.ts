// string_agg: the texts of a group in order, or bytes. Every one but the first comes after its own separator.

import type { Column } from '../../data/column.ts';
import type { AggregateCall } from '../../physical/graph.ts';
import type { OrderedResult } from './accumulated.ts';
import type { Collector } from './collected.ts';
import { COLLECTED } from './collected.ts';
import { groupWalk } from './group-walk.ts';
import type { Multiset } from './multiset.ts';

export interface Text {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const NOTHING: Text = { bytes: new Uint8Array(0), start: 0, end: 0 };

export function joinedTexts(call: AggregateCall, multiset: Multiset): OrderedResult {
  const own = typeof call.separator === 'object' && 'column' in call.separator ? [call.separator.column] : [];
  const walk = groupWalk(call, multiset, [0, ...own]);
  const join = joiner(() => multiset.column(0), separatorOf(call, multiset));
  return (root, accs, s) => join((visit) => walk(root, visit), accs, s);
}

/** `separator`: the text before that of a row which is not the first. */
export function joiner(texts: () => Column, separator: (slot: number) => Text): Collector {
  const parts: Text[] = [];
  return (walk, accs, s) => {
    parts.length = 0;
    const column = texts();
    walk((slot, times) => {
      const text = textAt(column, slot);
      for (let n = 0; n < times; n++) parts.push(separator(slot), text);
    });
    const joined = parts.length === 0 ? undefined : concatenated(parts.slice(1));
    accs[0]!.values[s] = joined!;
    accs[1]!.values[s] = joined === undefined ? 0 : COLLECTED;
  };
}

function separatorOf(call: AggregateCall, multiset: Multiset): (slot: number) => Text {
  const { separator } = call;
  if (typeof separator === 'object' && 'column' in separator)
    return (slot) => textAt(multiset.column(separator.column), slot);
  const bytes =
    typeof separator === 'object'
      ? new Uint8Array(Buffer.from(separator.hex, 'hex'))
      : new TextEncoder().encode(separator ?? '');
  const always = { bytes, start: 0, end: bytes.length };
  return () => always;
}

/** NULL as a separator is nothing. */
export function textAt(column: Column, slot: number): Text {
  if (column.layout !== 'text') throw new Error(`texts are put together, not ${column.layout}`);
  if (column.nulls?.[slot] === 1) return NOTHING;
  return { bytes: column.bytes, start: column.start[slot]!, end: column.end[slot]! };
}

function concatenated(parts: readonly Text[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { bytes, start, end } of parts) {
    joined.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return joined;
}
