// Builds the running task of a pipeline: takes it over, compiles its graph, reads its state back, opens its inputs where the last
// committed epoch left them.

import { randomUUID } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.ts';
import type { SourceDef } from '../catalog/definition.ts';
import { compileJsonDecoder } from '../connectors/formats/json-decoder.ts';
import type { CommitPort, TakenOver } from '../epoch/commit-port.ts';
import { PipelineLog } from '../epoch/pipeline-log.ts';
import type { ViewErrorChange } from '../epoch/write-plan.ts';
import { MillraceError } from '../errors.ts';
import { compileGraph } from '../operators/compile.ts';
import type { ErrorSink } from '../operators/dataflow.ts';
import { PassingExchange } from '../operators/exchange.ts';
import type { NodeId, PhysicalGraph, PhysicalNode, ScanNode } from '../physical/graph.ts';
import { EpochPace } from '../task/epoch-pace.ts';
import { SourceClock } from '../task/lateness.ts';
import type { TaskObserver } from '../task/pipeline-task.ts';
import { PipelineTask } from '../task/pipeline-task.ts';
import { SourceStage } from '../task/source-stage.ts';
import { StateKeeper } from '../task/state-keeper.ts';
import type { TaskEnd } from '../task/task-end.ts';
import { TaskInput } from '../task/task-input.ts';
import { numberOf } from './catalog-store.ts';
import type { SourceWorld } from './open-source.ts';
import { openSource, resumeOf } from './open-source.ts';

export interface TaskSettings {
  readonly checkpointIntervalMs: number;
  readonly maxEpochBytes: number;
  readonly tickMs: number;
}

export const DEFAULT_TASK_SETTINGS: TaskSettings = {
  checkpointIntervalMs: 1000,
  maxEpochBytes: 32 * 1024 * 1024,
  tickMs: 100,
};

export interface Assembly {
  readonly pipelineId: number;
  readonly catalog: Catalog;
  readonly graph: PhysicalGraph;
  readonly retired: readonly string[];
  readonly port: CommitPort;
  readonly world: SourceWorld;
  /** Opens a view or sink at the last committed epoch. */
  readonly openEnd: (node: EndNode) => Promise<TaskEnd>;
  readonly observer: TaskObserver;
  readonly settings: TaskSettings;
  readonly clock?: () => bigint;
}

export type EndNode = Extract<PhysicalNode, { kind: 'materialize' | 'sink' }>;

export interface AssembledTask {
  readonly task: PipelineTask;
  readonly inputs: readonly TaskInput[];
  readonly state: StateKeeper;
  readonly log: PipelineLog;
  /** The bounded input was read to its end in an earlier run. */
  readonly finished: boolean;
  close(): Promise<void>;
}

export async function assembleTask(assembly: Assembly): Promise<AssembledTask> {
  const log = await PipelineLog.takeOver(assembly.port, randomUUID());
  const inputs: TaskInput[] = [];
  const ends = new Map<NodeId, TaskEnd>();
  const close = async (): Promise<void> => {
    await Promise.all(inputs.map((input) => input.reader.close()));
    await Promise.all([...ends.values()].map((end) => end.close()));
    await log.close();
  };
  try {
    return { ...(await build(assembly, log, inputs, ends)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  assembly: Assembly,
  log: PipelineLog,
  inputs: TaskInput[],
  ends: Map<NodeId, TaskEnd>,
): Promise<Omit<AssembledTask, 'close'>> {
  const { graph, settings, pipelineId } = assembly;
  const taken = log.start;
  for (const node of graph.nodes)
    if (node.kind === 'materialize' || node.kind === 'sink') ends.set(node.id, await assembly.openEnd(node));
  const errors: ViewErrorChange[] = [];
  const compiled = compileGraph(
    graph,
    (node) => ends.get(node.id)!,
    errorSink(graph, errors),
    (node) => new PassingExchange(node),
  );
  const state = new StateKeeper(0, compiled.tables, new Set(assembly.retired));
  await state.recover(log.segments());
  for (const node of graph.nodes)
    if (node.kind === 'scan') inputs.push(await openInput(assembly, node, taken));
  const task = new PipelineTask({
    pipelineId,
    inputs,
    dataflow: compiled.dataflow,
    state,
    ends,
    errors,
    pace: new EpochPace(settings),
    commit: (plan) => log.commit(plan),
    clock: assembly.clock ?? clockMicros,
    observer: assembly.observer,
    epoch: taken.epoch,
    ts: taken.ts,
    tickMs: settings.tickMs,
    checkInput: deadLetterLimit(assembly.catalog),
  });
  return { task, inputs, state, log, finished: taken.status === 'finished' };
}

/** Microseconds since 1970. */
export function clockMicros(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
}

async function openInput(assembly: Assembly, node: ScanNode, taken: TakenOver): Promise<TaskInput> {
  const source = sourceOf(assembly.catalog, node.sourceId);
  const sourceId = numberOf(source.id);
  const reader = await openSource(source, resumeOf(taken, sourceId), assembly.world);
  const decoder = compileJsonDecoder({
    columns: source.columns.map(({ name, type, nullable }) => ({ name, type, notNull: !nullable })),
    projected: node.columns,
    validate: source.reading.validate,
  });
  const progress = taken.sources.find((s) => s.sourceId === sourceId);
  const { allowedLateness, maxFuture, idleTimeout, maxDrift } = source.reading;
  const clock = new SourceClock(
    {
      allowedLateness: BigInt(allowedLateness) * 1000n,
      maxFuture: maxFuture === null ? null : BigInt(maxFuture) * 1000n,
    },
    progress?.watermark ?? null,
  );
  for (const p of taken.partitions)
    if (p.sourceId === sourceId) clock.restore(p.partition, p.maxEventTime, p.idle);
  const stage = new SourceStage(node, sourceId, decoder, clock);
  return new TaskInput(sourceId, reader, stage, { idleTimeout, maxDrift });
}

function sourceOf(catalog: Catalog, id: string): SourceDef {
  const source = catalog.get(id);
  if (source?.kind !== 'source') throw new Error(`no source ${id} in the catalog`);
  return source;
}

function errorSink(graph: PhysicalGraph, errors: ViewErrorChange[]): ErrorSink {
  const views = new Map<NodeId, number>();
  for (const node of graph.nodes) {
    if (node.kind === 'materialize') views.set(node.id, numberOf(node.viewId));
    if (node.kind === 'sink') views.set(node.id, numberOf(node.sinkId));
  }
  return {
    error(end, error, diff) {
      errors.push({ viewId: views.get(end) ?? 0, ...error, weight: diff });
    },
  };
}

/** Bad records are kept and passed over; too many of them stop the pipeline, which is what `max_dead_letters` asks for. */
function deadLetterLimit(catalog: Catalog): (input: TaskInput) => void {
  return (input) => {
    const source = sourceOf(catalog, input.stage.node.sourceId);
    const limit = source.reading.maxDeadLetters;
    if (limit === null || input.stage.rejected <= limit) return;
    throw new MillraceError({
      code: 'TOO_MANY_DEAD_LETTERS',
      message: `source "${source.name}" has had ${input.stage.rejected} invalid records, more than max_dead_letters = ${limit}`,
      hint: 'look at millrace.dead_letters, mend the producer or the declaration, then ALTER … RESUME',
    });
  };
}
