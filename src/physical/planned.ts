// What only the physical plan knows about a definition: key, hidden columns, append-only-ness.

import type { CatalogChange } from '../catalog/change.ts';
import type { SinkDef } from '../catalog/definition.ts';
import type { PhysicalGraph } from './graph.ts';

type SinkNode = Extract<PhysicalGraph['nodes'][number], { kind: 'sink' }>;

function plannedSink(node: SinkNode): Pick<SinkDef, 'appendOnly' | 'hidden' | 'key'> {
  const { appendOnly, key, schema, visible } = node;
  return { appendOnly, key: key ?? [], hidden: key === null ? [] : schema.slice(visible) };
}

export function withPlanned(change: CatalogChange, graph: PhysicalGraph): CatalogChange {
  if (change.kind !== 'add') return change;
  const { definition } = change;
  if (definition.kind === 'sink') {
    const node = graph.nodes.find((n): n is SinkNode => n.kind === 'sink' && n.sinkId === definition.id);
    return node === undefined ? change : { kind: 'add', definition: { ...definition, ...plannedSink(node) } };
  }
  if (definition.kind !== 'materialized view') return change;
  for (const node of graph.nodes) {
    if (node.kind !== 'materialize' || node.viewId !== definition.id) continue;
    const hidden = node.schema.slice(node.visible);
    return { kind: 'add', definition: { ...definition, hidden, key: node.key, appendOnly: node.appendOnly } };
  }
  return change;
}
