// The last step of planning: exchanges before the nodes that need rows elsewhere, and fragments between exchanges. Also a pipeline
// that runs as one task is planned so; its exchanges pass rows on.

import { aggregateOver, columnsOfAggregate } from './aggregate-columns.ts';
import type { Requirement } from './distribution.ts';
import { distributionOf, requirementOf, satisfies } from './distribution.ts';
import { fragmentsOf, levelsOf } from './fragments.ts';
import { inputIds, withInputs } from './fuse.ts';
import type { Distribution, ExchangeNode, NodeId, PhysicalGraph, PhysicalNode } from './graph.ts';

export interface DistributeOptions {
  /** Exchanges also where rows are already where they must be: the reference for tests. */
  readonly everywhere: boolean;
}

export function distribute(nodes: readonly PhysicalNode[], options: DistributeOptions): PhysicalGraph {
  const placing = new Placing(nodes, options);
  for (const node of nodes) placing.add(node);
  return ordered(placing.placed);
}

class Placing {
  readonly placed: PhysicalNode[] = [];
  private readonly options: DistributeOptions;
  private readonly byId = new Map<NodeId, PhysicalNode>();
  private readonly distributions = new Map<NodeId, Distribution>();
  private readonly exchanges = new Map<string, ExchangeNode>();
  private nextId: number;

  constructor(nodes: readonly PhysicalNode[], options: DistributeOptions) {
    this.options = options;
    this.nextId = 1 + Math.max(0, ...nodes.map((node) => node.id));
  }

  add(node: PhysicalNode): void {
    const inputs = inputIds(node);
    const needs = inputs.map((_, i) => requirementOf(node, i));
    const alone = inputs.every((id) => this.distributions.get(id)!.kind === 'single');
    if (inputs.every((id, i) => this.isServed(id, needs[i]!, alone))) return this.place(node);
    let columns: readonly number[] = [];
    let i = 0;
    const moved = withInputs(node, (id) => {
      const need = needs[i++]!;
      if (this.isServed(id, need, alone)) return id;
      columns = columnsRead(node, this.byId.get(id)!.schema.length);
      const by = need.kind === 'single' || need.kind === 'any' ? null : at(columns, need.columns);
      return this.exchange(id, columns, by).id;
    });
    this.place(readingFrom(moved, columns));
  }

  private isServed(input: NodeId, need: Requirement, alone: boolean): boolean {
    const have = this.distributions.get(input)!;
    if (need.kind === 'any') return true;
    if (this.options.everywhere) return this.byId.get(input)!.kind === 'exchange';
    return satisfies(have, need, alone);
  }

  private exchange(input: NodeId, columns: readonly number[], by: readonly number[] | null): ExchangeNode {
    const text = JSON.stringify([input, columns, by]);
    const known = this.exchanges.get(text);
    if (known !== undefined && !this.options.everywhere) return known;
    const from = this.byId.get(input)!;
    const kept = (list: readonly number[]): number[] => at(columns, list).filter((column) => column >= 0);
    const whole = from.streamKey.every((column) => columns.includes(column));
    const node: ExchangeNode = {
      kind: 'exchange',
      id: this.nextId++,
      input,
      columns,
      by,
      schema: columns.map((column) => from.schema[column]!),
      streamKey: whole ? at(columns, from.streamKey) : [],
      appendOnly: from.appendOnly,
      watermarkColumns: kept(from.watermarkColumns),
      label: '',
    };
    this.exchanges.set(text, node);
    this.place(node);
    return node;
  }

  private place(node: PhysicalNode): void {
    const inputs = inputIds(node).map((id) => this.distributions.get(id)!);
    this.placed.push(node);
    this.byId.set(node.id, node);
    this.distributions.set(node.id, distributionOf(node, inputs));
  }
}

function at(columns: readonly number[], wanted: readonly number[]): number[] {
  return wanted.map((column) => columns.indexOf(column));
}

/** The columns of its input that a node looks at: only these are exchanged. */
function columnsRead(node: PhysicalNode, width: number): readonly number[] {
  const all = Array.from({ length: width }, (_, column) => column);
  if (node.kind !== 'aggregate') return all;
  const read = new Set(columnsOfAggregate(node));
  return all.filter((column) => read.has(column));
}

/** The node over an input that gives `columns` of the former one. */
function readingFrom(node: PhysicalNode, columns: readonly number[]): PhysicalNode {
  if (node.kind !== 'aggregate') return node;
  return aggregateOver(node, (column) => columns.indexOf(column));
}

/** Fragment after fragment, numbered from 1. */
function ordered(nodes: readonly PhysicalNode[]): PhysicalGraph {
  const levels = levelsOf(nodes);
  const fragments = fragmentsOf(nodes, levels);
  const sorted = fragments.flatMap((fragment) => nodes.filter((node) => fragment.nodes.includes(node.id)));
  const numbers = new Map(sorted.map((node, i) => [node.id, i + 1]));
  const number = (id: NodeId): NodeId => numbers.get(id)!;
  const renumbered = sorted.map((node) => ({ ...withInputs(node, number), id: number(node.id) }));
  const distributions: Distribution[] = [];
  for (const node of renumbered)
    distributions.push(
      distributionOf(
        node,
        inputIds(node).map((id) => distributions[id - 1]!),
      ),
    );
  return {
    nodes: renumbered,
    distributions,
    fragments: fragments.map(({ level, nodes: ids }) => ({ level, nodes: ids.map(number) })),
  };
}
