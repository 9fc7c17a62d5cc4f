// Fragments: what is left together when a graph is cut behind its exchanges. A fragment ends its epoch when all exchanges that it
// reads have, so fragments have levels; a level waits for the ones below it.

import { inputIds } from './fuse.ts';
import type { Fragment, NodeId, PhysicalNode } from './graph.ts';

/** `nodes` in topological order, as everywhere. */
export function levelsOf(nodes: readonly PhysicalNode[]): ReadonlyMap<NodeId, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const levels = new Map<NodeId, number>();
  for (const node of nodes) {
    const inputs = inputIds(node).map((id) => levels.get(id)! + (byId.get(id)!.kind === 'exchange' ? 1 : 0));
    levels.set(node.id, Math.max(0, ...inputs));
  }
  return levels;
}

/** In the order of their levels. A fragment lies on one level: one that also reads what ends earlier is cut there, without cost. */
export function fragmentsOf(
  nodes: readonly PhysicalNode[],
  levels: ReadonlyMap<NodeId, number>,
): readonly Fragment[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const heads = new Map<NodeId, NodeId>();
  const head = (id: NodeId): NodeId => {
    const next = heads.get(id) ?? id;
    return next === id ? id : head(next);
  };
  for (const node of nodes)
    for (const id of inputIds(node))
      if (byId.get(id)!.kind !== 'exchange' && levels.get(id) === levels.get(node.id))
        heads.set(head(node.id), head(id));
  const groups = Map.groupBy(nodes, (node) => head(node.id));
  return [...groups.values()]
    .map((group) => ({ level: levels.get(group[0]!.id)!, nodes: group.map((node) => node.id) }))
    .sort((a, b) => a.level - b.level);
}
