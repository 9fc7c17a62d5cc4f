// The state tables that a node has, by their fingerprints.

import type { PhysicalGraph, PhysicalNode } from './graph.ts';

export function tablesOf(node: PhysicalNode): readonly string[] {
  switch (node.kind) {
    case 'aggregate':
      return [node.fingerprint, ...node.multisets.map((multiset) => multiset.fingerprint)];
    case 'temporal':
    case 'session':
    case 'normalize':
    case 'top n':
    case 'over':
      return [node.fingerprint];
    case 'join':
    case 'as of':
      return [`${node.fingerprint}-left`, `${node.fingerprint}-right`];
    case 'scan':
    case 'follow':
    case 'map':
    case 'expand':
    case 'repeat':
    case 'union':
    case 'exchange':
    case 'materialize':
    case 'sink':
      return [];
  }
}

/** By fingerprint: what of the text a state table is for. */
export function tableNames({ nodes }: PhysicalGraph): ReadonlyMap<string, string> {
  return new Map(
    nodes.flatMap((node) =>
      tablesOf(node).map((fingerprint) => [fingerprint, `${node.kind} ${node.label}`] as const),
    ),
  );
}
