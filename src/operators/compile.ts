// From a physical graph to a running dataflow: one operator per node, with its state tables listed for the task to keep.

import { tablesOf } from '../physical/state-tables.ts';
import type { ExchangeNode, NodeId, PhysicalGraph, PhysicalNode } from '../physical/graph.ts';
import { requirementOf } from '../physical/distribution.ts';
import type { StateTable } from '../state/state-table.ts';
import { AggregateOperator } from './aggregate/aggregate.ts';
import { AsOfOperator } from './as-of/as-of.ts';
import type { End, ErrorSink, Station } from './dataflow.ts';
import { Dataflow } from './dataflow.ts';
import type { Exchange } from './exchange.ts';
import { ExpandOperator } from './expand/expand.ts';
import { JoinOperator } from './join/join.ts';
import { MapOperator } from './map.ts';
import { NormalizeOperator } from './normalize/normalize.ts';
import { OverOperator } from './over/over.ts';
import { RepeatOperator } from './repeat.ts';
import { SessionOperator } from './session/session.ts';
import { TemporalOperator } from './temporal/temporal.ts';
import { TopNOperator } from './top-n/top-n.ts';

export interface Compiled {
  readonly dataflow: Dataflow;
  readonly tables: readonly StateTable[];
  /** Fingerprints of the tables that only the first task has: in the others their nodes rest. */
  readonly onFirst: readonly string[];
  /** Generated code by node, for EXPLAIN (CODE). */
  readonly code: ReadonlyMap<NodeId, string>;
}

export interface CompileOptions {
  /** The collector of a materialize or sink node that this task has rows of. */
  readonly end: (node: PhysicalNode) => End;
  readonly errors: ErrorSink;
  readonly exchange: (node: ExchangeNode) => Exchange;
  /** The first task also runs what has all its rows there; in the others those nodes rest. */
  readonly isFirst: boolean;
}

export function compileGraph(graph: PhysicalGraph, options: CompileOptions): Compiled {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const tables: StateTable[] = [];
  const code = new Map<NodeId, string>();
  const onFirst: string[] = [];
  const stations = graph.nodes.map((node, i): Station => {
    if (graph.distributions[i]!.kind === 'single' && node.kind !== 'exchange') {
      onFirst.push(...tablesOf(node));
      if (!options.isFirst) return { node, operator: null, end: null };
    }
    switch (node.kind) {
      case 'scan':
      case 'follow':
      case 'union':
        return { node, operator: null, end: null };
      case 'exchange':
        return { node, operator: null, end: null, exchange: options.exchange(node) };
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
      case 'repeat':
        return { node, operator: new RepeatOperator(node, byId.get(node.input)!.schema), end: null };
      case 'session': {
        const operator = new SessionOperator(node, byId.get(node.input)!.schema);
        tables.push(operator.table);
        return { node, operator, end: null };
      }
      case 'normalize': {
        const operator = new NormalizeOperator(node);
        tables.push(operator.table);
        return { node, operator, end: null };
      }
      case 'temporal': {
        const need = requirementOf(node, 0);
        const operator = new TemporalOperator(node, need.kind === 'by hash' ? need.columns : []);
        tables.push(operator.table);
        return { node, operator, end: null };
      }
      case 'aggregate': {
        const operator = new AggregateOperator(node, byId.get(node.input)!.schema);
        tables.push(...operator.tables);
        code.set(node.id, operator.kernel.source);
        return { node, operator, end: null };
      }
      case 'over': {
        const operator = new OverOperator(node, byId.get(node.input)!.schema);
        tables.push(operator.table);
        return { node, operator, end: null };
      }
      case 'top n': {
        const operator = new TopNOperator(node, byId.get(node.input)!.schema);
        tables.push(operator.table);
        return { node, operator, end: null };
      }
      case 'join': {
        const operator = new JoinOperator(node, byId.get(node.left)!.schema, byId.get(node.right)!.schema);
        tables.push(...operator.tables);
        return { node, operator, end: null };
      }
      case 'as of': {
        const operator = new AsOfOperator(node, byId.get(node.left)!.schema, byId.get(node.right)!.schema);
        tables.push(...operator.tables);
        return { node, operator, end: null };
      }
      case 'materialize':
      case 'sink':
        return { node, operator: null, end: options.end(node) };
    }
  });
  return { dataflow: new Dataflow(graph, stations, options.errors), tables, onFirst, code };
}
