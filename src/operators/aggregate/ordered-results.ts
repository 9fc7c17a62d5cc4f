// Answers that are read off the ordered rows of a group: the least and greatest value, texts put together. They are left in the
// accumulators of the group, so that the old answer is remembered and the new one emitted as for every other call.

import type { Column } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import { equalBytes, copyBytes } from '../../data/bytes.ts';
import type { AggregateCall } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { clearAccumulator } from '../../state/accumulator.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { Multiset } from './multiset.ts';

/** Sets entry `s` of the call's accumulators from the tree of a group. */
export type OrderedResult = (root: number, accs: readonly Accumulator[], s: number) => void;

export function orderedResult(call: AggregateCall, multiset: Multiset): OrderedResult {
  const cursor = new OrderedCursor();
  switch (call.fn) {
    case 'min':
      return (root, accs, s) => storeValue(multiset.column(0), multiset.index.first(root, cursor), accs, s);
    case 'max':
      return (root, accs, s) => storeValue(multiset.column(0), multiset.index.last(root, cursor), accs, s);
    case 'string_agg':
      return joinedTexts(call, multiset, cursor);
    default:
      throw new Error(`${call.fn} is not read off ordered rows`);
  }
}

/** As the loops of extreme-code.ts leave an extreme. */
function storeValue(column: Column, slot: number, accs: readonly Accumulator[], s: number): void {
  if (slot < 0) {
    for (const acc of accs) clearAccumulator(acc, s);
    return;
  }
  accs.at(-1)!.values[s] = 1;
  switch (column.layout) {
    case 'numeric': {
      const stored = column.scale[slot]!;
      const wide = stored >= 0 && (stored & NUMERIC_WIDE) !== 0;
      accs[0]!.values[s] = wide ? column.wide![slot]! : column.unscaled[slot]!;
      accs[1]!.values[s] = wide ? stored & ~NUMERIC_WIDE : stored;
      return;
    }
    case 'text': {
      const [start, end] = [column.start[slot]!, column.end[slot]!];
      const old = accs[0]!.values[s];
      const kept = old instanceof Uint8Array && equalBytes(old, 0, old.length, column.bytes, start, end);
      if (!kept) accs[0]!.values[s] = copyBytes(column.bytes, start, end);
      return;
    }
    case 'interval':
      accs[0]!.values[s] = column.months[slot]!;
      accs[1]!.values[s] = column.days[slot]!;
      accs[2]!.values[s] = column.micros[slot]!;
      return;
    default:
      accs[0]!.values[s] = column.values[slot]!;
  }
}

interface Text {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const NOTHING: Text = { bytes: new Uint8Array(0), start: 0, end: 0 };

/** Every text but the first comes after its separator, and as often as it is there. DISTINCT: equal pairs are neighbours, and count once. */
function joinedTexts(call: AggregateCall, multiset: Multiset, cursor: OrderedCursor): OrderedResult {
  const separator = separatorOf(call, multiset);
  const weights = multiset.table.weights;
  const parts: Text[] = [];
  return (root, accs, s) => {
    parts.length = 0;
    const { index } = multiset;
    let last: readonly [Text, Text] | null = null;
    for (let slot = index.first(root, cursor); slot >= 0; slot = cursor.next()) {
      const pair = [separator(slot), textAt(multiset.column(0), slot)] as const;
      const repeats = last !== null && sameText(last[0], pair[0]) && sameText(last[1], pair[1]);
      const times = call.distinct !== true ? weights.values[slot]! : repeats ? 0 : 1;
      for (let n = 0; n < times; n++) parts.push(...pair);
      last = pair;
    }
    const joined = parts.length === 0 ? undefined : concatenated(parts.slice(1));
    accs[0]!.values[s] = joined!;
    accs[1]!.values[s] = joined === undefined ? 0 : 1;
  };
}

function separatorOf(call: AggregateCall, multiset: Multiset): (slot: number) => Text {
  const { separator } = call;
  if (typeof separator === 'object') return (slot) => textAt(multiset.column(separator.column), slot);
  const bytes = new TextEncoder().encode(separator ?? '');
  const always = { bytes, start: 0, end: bytes.length };
  return () => always;
}

/** NULL as a separator is nothing. */
function textAt(column: Column, slot: number): Text {
  if (column.layout !== 'text') throw new Error(`texts are put together, not ${column.layout}`);
  if (column.nulls?.[slot] === 1) return NOTHING;
  return { bytes: column.bytes, start: column.start[slot]!, end: column.end[slot]! };
}

function sameText(a: Text, b: Text): boolean {
  return equalBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
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
