// Which state of a view grows with its input for ever: told when the view is submitted, so that nobody finds out by running out of memory.
// What is kept as long as rows of a changing input are there is bounded by that input, which tells for itself.

import { inputIds } from './fuse.ts';
import type { TopNNode, AsOfNode, JoinNode, NodeId, PhysicalGraph, PhysicalNode } from './graph.ts';

/** One line for a view or sink of the graph; null: all its state is bounded. */
export function unboundedNote(graph: PhysicalGraph, id: string): string | null {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const root = graph.nodes.find((node) => idOf(node) === id);
  if (root === undefined) return null;
  const kept = new Set<string>();
  const visit = (at: NodeId): void => {
    const node = byId.get(at)!;
    const inputs = inputIds(node).map((input) => byId.get(input)!);
    const state = keptForEver(node, inputs);
    if (state !== null) kept.add(state);
    for (const input of inputs) visit(input.id);
  };
  visit(root.id);
  if (kept.size === 0) return null;
  return (
    `state that grows with the input, for ever: ${[...kept].join('; ')} ` +
    '(EXPLAIN shows it; windows over a time with a watermark, joins that bound the time between rows, and temporal filters free theirs)'
  );
}

function idOf(node: PhysicalNode): string | undefined {
  if (node.kind === 'materialize') return node.viewId;
  return node.kind === 'sink' ? node.sinkId : undefined;
}

function keptForEver(node: PhysicalNode, inputs: readonly PhysicalNode[]): string | null {
  switch (node.kind) {
    case 'aggregate': {
      if (node.window !== null || node.keys.length === 0 || !inputs[0]!.appendOnly) return null;
      const keys = node.schema.slice(0, node.keys.length).map((field) => field.name);
      return `one row per (${keys.join(', ')})`;
    }
    case 'session':
      return node.frees ? null : 'all rows of sessions';
    case 'top n':
      return inputs[0]!.appendOnly ? topNKeeps(node) : null;
    case 'over':
      return inputs[0]!.appendOnly ? 'all rows below window functions' : null;
    case 'as of':
      return asOfKeeps(node);
    case 'join':
      return joinKeeps(node, inputs);
    default:
      return null;
  }
}

/** A side that changes is bounded by what its input keeps. */
function joinKeeps(node: JoinNode, inputs: readonly PhysicalNode[]): string | null {
  const sides = (['left', 'right'] as const).filter((side, i) => {
    return node.frees[side] === null && inputs[i]!.appendOnly;
  });
  if (sides.length === 0) return null;
  if (sides.length === 2) return 'all rows of the inputs of a join';
  return `all rows of the ${sides[0]!} input of a join`;
}

function asOfKeeps({ frees }: AsOfNode): string | null {
  const sides = (['left', 'right'] as const).filter((side) => frees[side] === null);
  const all = `all rows of the ${sides.join(' and ')} input of an as-of join`;
  return sides.length === 0 ? 'the latest row of each key of the right input of an as-of join' : all;
}

function topNKeeps({ forgets, partition, offset, limit, counts, schema }: TopNNode): string | null {
  if (!forgets) return 'all rows that are put in order';
  if (counts !== undefined) return 'the first rows with all that tie with them';
  if (partition.length === 0) return null;
  const rows = offset + limit!;
  return `${rows === 1 ? 'one row' : `${rows} rows`} per (${partition.map((column) => schema[column]!.name).join(', ')})`;
}
