// Answers that are read off the ordered rows of a group: the least and greatest value, percentiles, values put together. They are left in the
// accumulators of the group, so that the old answer is remembered and the new one emitted as for every other call.

import type { AggregateCall } from '../../physical/graph.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { OrderedResult } from './accumulated.ts';
import { collected } from './collected.ts';
import { joinedTexts } from './joined-texts.ts';
import type { Multiset } from './multiset.ts';
import { mode, percentile } from './percentiles.ts';
import { storeValue } from './stored-value.ts';

export function orderedResult(call: AggregateCall, multiset: Multiset): OrderedResult {
  const cursor = new OrderedCursor();
  switch (call.fn) {
    case 'min':
      return (root, accs, s) => storeValue(multiset.column(0), multiset.index.first(root, cursor), accs, s);
    case 'max':
      return (root, accs, s) => storeValue(multiset.column(0), multiset.index.last(root, cursor), accs, s);
    case 'first_value':
      return (root, accs, s) =>
        storeValue(multiset.column(call.reads![0]!), multiset.index.first(root, cursor), accs, s);
    case 'last_value':
      return (root, accs, s) =>
        storeValue(multiset.column(call.reads![0]!), multiset.index.last(root, cursor), accs, s);
    case 'percentile_cont':
    case 'percentile_disc':
      return percentile(call, multiset);
    case 'mode':
      return mode(multiset);
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
