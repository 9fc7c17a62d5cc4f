// The columns of its input that an aggregate reads, and the same aggregate over an input that has them elsewhere.

import type { AggregateNode } from './graph.ts';

export function columnsOfAggregate(node: AggregateNode): readonly number[] {
  const args = node.calls.flatMap((call) => [call.arg ?? [], call.second ?? []].flat());
  return [...node.keys, ...args, ...node.multisets.flatMap((multiset) => multiset.columns)];
}

/** `at` gives where a column of the former input is. */
export function aggregateOver(node: AggregateNode, at: (column: number) => number): AggregateNode {
  return {
    ...node,
    keys: node.keys.map(at),
    calls: node.calls.map((call) => ({
      ...call,
      arg: call.arg === null ? null : at(call.arg),
      ...(call.second === undefined ? {} : { second: at(call.second) }),
    })),
    multisets: node.multisets.map((multiset) => ({ ...multiset, columns: multiset.columns.map(at) })),
  };
}
