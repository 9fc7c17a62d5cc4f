// Nodes → nodes: maps over maps become one generated loop, maps that only pick columns for an aggregate go, and so do maps that
// do nothing. A filter that several read stays: its work is done once, and few rows pass it. A projection that several read is
// computed by each of them, which costs less than a pass over all rows for columns that only some of them want.

import { replaceColumns } from '../expr/columns.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { conjunction, conjuncts } from '../logical/node.ts';
import { mergesCheaply } from '../logical/rewrites/merge.ts';
import { aggregateOver } from './aggregate-columns.ts';
import type { AggregateNode, ExpandNode, MapNode, NodeId, PhysicalNode } from './graph.ts';

export function fuse(nodes: readonly PhysicalNode[]): readonly PhysicalNode[] {
  const readers = countReaders(nodes);
  const done = new Map<NodeId, PhysicalNode>();
  /** What a node was replaced by. */
  const instead = new Map<NodeId, NodeId>();
  const current = (id: NodeId): NodeId => instead.get(id) ?? id;
  for (const old of nodes) {
    const node = withInputs(old, current);
    const input = 'input' in node ? done.get(node.input) : undefined;
    const merged = fused(node, input, readers);
    if (merged === node && node.kind === 'map' && isIdentity(node, input)) {
      instead.set(node.id, node.input);
      readers.set(node.input, readers.get(node.input)! - 1 + (readers.get(node.id) ?? 0));
      continue;
    }
    done.set(node.id, merged);
  }
  return renumbered([...done.values()]);
}

function fused(
  node: PhysicalNode,
  input: PhysicalNode | undefined,
  readers: ReadonlyMap<NodeId, number>,
): PhysicalNode {
  if (input?.kind === 'expand' && node.kind === 'map' && readers.get(input.id) === 1)
    return pickExpanded(node, input);
  if (input?.kind !== 'map') return node;
  if (node.kind === 'aggregate' && input.filter === null) return pickColumns(node, input);
  if (node.kind === 'map' && (readers.get(input.id) === 1 || input.filter === null))
    return mergeMaps(node, input);
  return node;
}

function mergeMaps(outer: MapNode, inner: MapNode): MapNode {
  const all = outer.filter === null ? outer.exprs : [outer.filter, ...outer.exprs];
  if (!mergesCheaply(all, inner.exprs)) return outer;
  const over = (expr: BoundExpr): BoundExpr => replaceColumns(expr, (index) => inner.exprs[index]!);
  const parts = [inner.filter, outer.filter === null ? null : over(outer.filter)];
  const filter = conjunction(parts.flatMap((part) => (part === null ? [] : conjuncts(part)))) ?? null;
  const label = [inner.label, outer.label].filter((text) => text !== '').join(' · ');
  return { ...outer, input: inner.input, filter, exprs: outer.exprs.map(over), label };
}

/** The aggregate reads the columns where they are, when the map computes nothing. */
function pickColumns(node: AggregateNode, map: MapNode): AggregateNode {
  const at: number[] = [];
  for (const expr of map.exprs) {
    if (expr.kind !== 'column') return node;
    at.push(expr.index);
  }
  return { ...aggregateOver(node, (column) => at[column]!), input: map.input };
}

/** Only what is read is repeated for each window. */
function pickExpanded(map: MapNode, expand: ExpandNode): PhysicalNode {
  const at = map.exprs.flatMap((expr) => (expr.kind === 'column' ? [expr.index] : []));
  if (map.filter !== null || at.length < map.exprs.length) return map;
  const { input, time, shape, label } = expand;
  const { id, schema, streamKey, appendOnly, watermarkColumns } = map;
  const gives = at.map((index) => expand.gives[index]!);
  return {
    kind: 'expand',
    id,
    input,
    time,
    shape,
    gives,
    schema,
    streamKey,
    appendOnly,
    watermarkColumns,
    label,
  };
}

function isIdentity(node: MapNode, input: PhysicalNode | undefined): boolean {
  return (
    node.filter === null &&
    input !== undefined &&
    input.schema.length === node.exprs.length &&
    node.exprs.every((expr, i) => expr.kind === 'column' && expr.index === i) &&
    node.schema.every((field, i) => field.nullable === input.schema[i]!.nullable)
  );
}

function countReaders(nodes: readonly PhysicalNode[]): Map<NodeId, number> {
  const readers = new Map<NodeId, number>();
  for (const node of nodes) {
    for (const id of inputIds(node)) readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  return readers;
}

export function inputIds(node: PhysicalNode): readonly NodeId[] {
  switch (node.kind) {
    case 'scan':
    case 'follow':
      return [];
    case 'union':
      return node.inputs;
    case 'join':
    case 'as of':
      return [node.left, node.right];
    default:
      return [node.input];
  }
}

export function withInputs(node: PhysicalNode, f: (id: NodeId) => NodeId): PhysicalNode {
  switch (node.kind) {
    case 'scan':
    case 'follow':
      return node;
    case 'union':
      return { ...node, inputs: node.inputs.map(f) };
    case 'join':
    case 'as of':
      return { ...node, left: f(node.left), right: f(node.right) };
    default:
      return { ...node, input: f(node.input) };
  }
}

/** Only what a view or sink reaches, numbered from 1 in topological order. */
function renumbered(nodes: readonly PhysicalNode[]): readonly PhysicalNode[] {
  const reached = new Set<NodeId>();
  for (const node of [...nodes].reverse()) {
    if (node.kind === 'materialize' || node.kind === 'sink') reached.add(node.id);
    if (reached.has(node.id)) inputIds(node).forEach((id) => reached.add(id));
  }
  const kept = nodes.filter((node) => reached.has(node.id));
  const numbers = new Map(kept.map((node, i) => [node.id, i + 1]));
  return kept.map((node) => ({ ...withInputs(node, (id) => numbers.get(id)!), id: numbers.get(node.id)! }));
}
