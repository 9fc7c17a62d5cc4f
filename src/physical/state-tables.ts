// The state tables that a node has, by their fingerprints.

import type { PhysicalNode } from './graph.ts';

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
      return [`${node.fingerprint}-left`, `${node.fingerprint}-right`];
    case 'scan':
    case 'follow':
    case 'map':
    case 'expand':
    case 'union':
    case 'exchange':
    case 'materialize':
    case 'sink':
      return [];
  }
}
