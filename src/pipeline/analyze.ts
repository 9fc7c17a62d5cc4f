// EXPLAIN ANALYZE: what the nodes that a view, table or sink is made by have done since their pipeline runs, over all its tasks.

import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../catalog/definition.ts';
import { displayName } from '../catalog/definition.ts';
import { MillraceError } from '../errors.ts';
import type { NodeFigures } from '../operators/meter.ts';
import { inputIds } from '../physical/fuse.ts';
import type { NodeId, PhysicalGraph, PhysicalNode } from '../physical/graph.ts';
import { titleOf } from '../physical/print.ts';
import { tablesOf } from '../physical/state-tables.ts';
import { planPipeline } from '../plan.ts';
import type { TaskFigures } from '../task/messages.ts';
import type { Answer, AnswerTable } from './answer.ts';
import { answer } from './answer.ts';
import type { PipelineInfo } from './pipeline-info.ts';

export function analyzed(
  definition: Definition,
  pipelineId: string,
  catalog: Catalog,
  pipelines: readonly PipelineInfo[],
): Answer {
  const pipeline = pipelines.find(({ id }) => id === pipelineId);
  const totals = pipeline?.runner.totals ?? null;
  if (pipeline === undefined || totals === null || totals.epochs === 0)
    throw notRunning(definition, pipeline);
  const { graph } = planPipeline(catalog, pipelineId);
  const notice =
    `pipeline ${pipeline.name} (${pipeline.state}) since it was started: ${totals.epochs} epochs, ` +
    `${totals.rowsIn} rows in, by ${totals.figures.length === 1 ? 'one task' : `${totals.figures.length} tasks`}`;
  return answer('EXPLAIN ANALYZE', {
    notices: [notice],
    table: figuresTable(graph, nodesOf(definition.id, graph), totals.figures),
  });
}

function notRunning(definition: Definition, pipeline: PipelineInfo | undefined): MillraceError {
  return new MillraceError({
    code: 'NOTHING_MEASURED',
    message: `${definition.kind} ${displayName(definition)} has committed nothing since its pipeline was started${
      pipeline === undefined ? '' : ` (${pipeline.state})`
    }`,
    hint: 'EXPLAIN ANALYZE shows what a pipeline has done in this run; a paused one goes on with RESUME',
  });
}

/** The nodes that lead to a view or sink, in the order of the graph. */
function nodesOf(id: string, graph: PhysicalGraph): readonly PhysicalNode[] {
  const wanted = new Set<NodeId>();
  for (const node of [...graph.nodes].reverse()) {
    const isEnd =
      (node.kind === 'materialize' && node.viewId === id) || (node.kind === 'sink' && node.sinkId === id);
    if (!isEnd && !wanted.has(node.id)) continue;
    wanted.add(node.id);
    for (const input of inputIds(node)) wanted.add(input);
  }
  return graph.nodes.filter((node) => wanted.has(node.id));
}

function figuresTable(
  graph: PhysicalGraph,
  nodes: readonly PhysicalNode[],
  tasks: readonly TaskFigures[],
): AnswerTable {
  const held = new Map<string, number>();
  for (const { memory } of tasks)
    for (const [fingerprint, bytes] of memory.tables)
      held.set(fingerprint, (held.get(fingerprint) ?? 0) + bytes);
  return {
    columns: ['node', 'operator', 'reads', 'rows in', 'rows out', 'batches', 'busy ms', 'state bytes'],
    rows: nodes.map((node) => {
      const figures = tasks.flatMap((task) => task.nodes.filter((one) => one.node === node.id));
      const sum = (of: (one: NodeFigures) => number): number =>
        figures.reduce((all, one) => all + of(one), 0);
      const tables = tablesOf(node);
      return [
        String(node.id),
        labelled(node),
        inputIds(node).join(', '),
        String(sum(({ rowsIn }) => rowsIn)),
        String(sum(({ rowsOut }) => rowsOut)),
        String(sum(({ batches }) => batches)),
        sum(({ busyMs }) => busyMs).toFixed(1),
        tables.length === 0 ? '' : String(tables.reduce((all, table) => all + (held.get(table) ?? 0), 0)),
      ];
    }),
  };
}

function labelled(node: PhysicalNode): string {
  const title = titleOf(node);
  return title === node.kind && node.label !== '' ? `${title}: ${node.label}` : title;
}
