// Answers that are read off the ordered rows of a group: the least and greatest value, values put together. They are left in the
// accumulators of the group, so that the old answer is remembered and the new one emitted as for every other call.

import type { Column } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import { equalBytes, copyBytes } from '../../data/bytes.ts';
import type { AggregateCall } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { clearAccumulator } from '../../state/accumulator.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { OrderedResult } from './accumulated.ts';
import { collected } from './collected.ts';
import { joinedTexts } from './joined-texts.ts';
import type { Multiset } from './multiset.ts';

export function orderedResult(call: AggregateCall, multiset: Multiset): OrderedResult {
  const cursor = new OrderedCursor();
  switch (call.fn) {
    case 'min':
      return (root, accs, s) => storeValue(multiset.column(0), multiset.index.first(root, cursor), accs, s);
    case 'max':
      return (root, accs, s) => storeValue(multiset.column(0), multiset.index.last(root, cursor), accs, s);
    case 'string_agg':
      return joinedTexts(call, multiset);
    case 'array_agg':
    case 'jsonb_agg':
    case 'jsonb_agg_strict':
    case 'jsonb_object_agg':
    case 'jsonb_object_agg_strict':
      return collected(call, multiset);
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
