// From a physical graph to a running dataflow: one operator per node, with its state tables listed for the task to keep.

import type { ExchangeNode, NodeId, PhysicalGraph, PhysicalNode } from '../physical/graph.ts';
import type { StateTable } from '../state/state-table.ts';
import { AggregateOperator } from './aggregate/aggregate.ts';
import type { End, ErrorSink, Station } from './dataflow.ts';
import { Dataflow } from './dataflow.ts';
import type { Exchange } from './exchange.ts';
import { ExpandOperator } from './expand/expand.ts';
import { JoinOperator } from './join/join.ts';
import { MapOperator } from './map.ts';

export interface Compiled {
  readonly dataflow: Dataflow;
  readonly tables: readonly StateTable[];
  /** Generated code by node, for EXPLAIN (CODE). */
  readonly code: ReadonlyMap<NodeId, string>;
}

/** `end` gives the collector of a materialize or sink node. */
export function compileGraph(
  graph: PhysicalGraph,
  end: (node: PhysicalNode) => End,
  errors: ErrorSink,
  exchange: (node: ExchangeNode) => Exchange,
): Compiled {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const tables: StateTable[] = [];
  const code = new Map<NodeId, string>();
  const stations = graph.nodes.map((node): Station => {
    switch (node.kind) {
      case 'scan':
      case 'union':
        return { node, operator: null, end: null };
      case 'exchange':
        return { node, operator: null, end: null, exchange: exchange(node) };
      case 'map': {
        const operator = new MapOperator(node, byId.get(node.input)!.schema);
        code.set(node.id, operator.kernel.source);
        return { node, operator, end: null };
      }
      case 'expand': {
        const operator = new ExpandOperator(node, byId.get(node.input)!.schema);
        code.set(node.id, operator.source);
        return { node, operator, end: null };
      }
      case 'aggregate': {
        const operator = new AggregateOperator(node, byId.get(node.input)!.schema);
        tables.push(operator.table);
        code.set(node.id, operator.kernel.source);
        return { node, operator, end: null };
      }
      case 'join': {
        const operator = new JoinOperator(node, byId.get(node.left)!.schema, byId.get(node.right)!.schema);
        tables.push(...operator.tables);
        return { node, operator, end: null };
      }
      case 'materialize':
      case 'sink':
        return { node, operator: null, end: end(node) };
    }
  });
  return { dataflow: new Dataflow(graph, stations, errors), tables, code };
}
