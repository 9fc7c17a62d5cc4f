// The rows of a group in order, each as often as it counts: what is put together from them (string_agg, array_agg …) goes along here.

import type { AggregateCall } from '../../physical/graph.ts';
import { ascending, orderComparison } from '../../state/order-code.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { Multiset } from './multiset.ts';

/** Calls `visit` for every row of the tree `root`, `times` being how often it is there. */
export type GroupWalk = (root: number, visit: (slot: number, times: number) => void) => void;

/** DISTINCT: of rows that are equal in the columns that the call reads, which are neighbours, the first one counts, once. */
export function groupWalk(call: AggregateCall, multiset: Multiset, reads: readonly number[]): GroupWalk {
  const cursor = new OrderedCursor();
  const { weights } = multiset.table;
  const same = call.distinct === true ? sameValues(multiset, reads) : null;
  return (root, visit) => {
    let last = -1;
    for (let slot = multiset.index.first(root, cursor); slot >= 0; slot = cursor.next()) {
      if (same === null) visit(slot, weights.values[slot]!);
      else if (last < 0 || !same(last, slot)) visit(slot, 1);
      last = slot;
    }
  };
}

function sameValues(multiset: Multiset, reads: readonly number[]): (a: number, b: number) => boolean {
  const { slots, shape } = multiset.table;
  const by = reads.map((column) => ascending(multiset.placeOf(column)));
  const compare = orderComparison(slots, shape.schema, by);
  return (a, b) => compare(a, b) === 0;
}
