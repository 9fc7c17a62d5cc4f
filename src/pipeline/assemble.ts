// Puts a pipeline together: takes it over, hosts its tasks, has them read their state and open their inputs where the last committed
// epoch left them.

import { randomUUID } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition, InputDef } from '../catalog/definition.ts';
import { isInput } from '../catalog/definition.ts';
import type { Isolation } from '../catalog/task-options.ts';
import type { ReplayRecord } from '../connectors/replay.ts';
import type { SinkPosition } from '../connectors/sink.ts';
import type { CommitPort, TakenOver } from '../epoch/commit-port.ts';
import { PipelineLog } from '../epoch/pipeline-log.ts';
import { MillraceError } from '../errors.ts';
import type { PhysicalGraph } from '../physical/graph.ts';
import { tableNames } from '../physical/state-tables.ts';
import type { TaskObserver } from '../task/coordinator.ts';
import { Coordinator } from '../task/coordinator.ts';
import { EpochPace } from '../task/epoch-pace.ts';
import type { HostedTask } from '../task/hosts/host.ts';
import { SourceClock } from '../task/lateness.ts';
import type { MemoryCap } from '../task/memory-cap.ts';
import type { RecoveryProgress } from '../task/recovery.ts';
import { Recovery } from '../task/recovery.ts';
import { goneTasks, segmentReaders } from '../task/rescale.ts';
import { SourceClocks } from '../task/source-clocks.ts';
import { numberOf } from './catalog-store.ts';
import { FreeingLog } from './freeing-log.ts';
import { newClock } from './open-task.ts';
import type { Placement } from './placement.ts';
import type { StoredPosition } from './readers.ts';
import { followsOf } from './readers.ts';
import type { TaskSettings, TaskSetup } from './task-setup.ts';
import { settingsWithin } from './task-setup.ts';

export interface Assembly {
  readonly pipelineId: number;
  readonly catalog: Catalog;
  readonly graph: PhysicalGraph;
  readonly retired: readonly string[];
  readonly port: CommitPort;
  readonly placement: Placement;
  /** Starts the tasks; they live until they are ended. */
  readonly host: (setups: readonly TaskSetup[], isolation: Isolation) => readonly HostedTask[];
  /** Where each sink stood at the last committed epoch. */
  readonly sinkPositions: (sinkIds: readonly number[]) => Promise<ReadonlyMap<number, SinkPosition>>;
  /** Where the pipeline stood in the views that it follows. */
  readonly readerPositions: () => Promise<ReadonlyMap<number, StoredPosition>>;
  /** Dead letters that the pipeline has been asked to decode again. */
  readonly replays: (pipelineId: number) => Promise<readonly ReplayRecord[]>;
  readonly observer: TaskObserver;
  readonly settings: TaskSettings;
  readonly clock?: () => bigint;
  /** Told while the tasks read their state back. */
  readonly onRecovery?: (progress: RecoveryProgress) => void;
}

export interface AssembledTask {
  readonly task: Coordinator;
  /** The bounded input was read to its end in an earlier run. */
  readonly finished: boolean;
  close(): Promise<void>;
}

export async function assembleTask(assembly: Assembly): Promise<AssembledTask> {
  const log = await PipelineLog.takeOver(assembly.port, randomUUID());
  const freeing = new FreeingLog(log);
  let task: Coordinator | null = null;
  const close = async (): Promise<void> => {
    await task?.close();
    await freeing.settled().catch(() => undefined);
    await log.close();
  };
  try {
    task = await coordinate(assembly, log.start, freeing);
    const readers = readersOf(assembly, log.start);
    await task.open(log.segments(), (segment) => readers(segment.task));
    return { task, finished: log.start.status === 'finished', close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Which tasks read a segment of a task back. */
function readersOf({ placement }: Assembly, taken: TakenOver): (task: number) => readonly number[] {
  const { parallelism } = placement;
  return segmentReaders(writtenBy(taken, parallelism), parallelism);
}

function recoveryOf(assembly: Assembly, taken: TakenOver): Recovery {
  const readers = readersOf(assembly, taken);
  const bytes = taken.manifest.reduce((sum, { task, size }) => sum + size * readers(task).length, 0);
  return new Recovery(bytes, assembly.onRecovery ?? (() => undefined));
}

function memoryOf({ placement, graph }: Assembly): MemoryCap {
  return { maxBytes: placement.maxMemory, names: tableNames(graph) };
}

async function coordinate(assembly: Assembly, taken: TakenOver, log: FreeingLog): Promise<Coordinator> {
  const { settings, pipelineId, placement } = assembly;
  return new Coordinator({
    pipelineId,
    tasks: assembly.host(await setupsOf(assembly, taken), placement.isolation),
    sources: sourceClocks(assembly, taken),
    pace: new EpochPace(settingsWithin(settings, memoryOf(assembly), 1)),
    commit: (plan) => log.commit(plan),
    clock: assembly.clock ?? clockMicros,
    observer: assembly.observer,
    epoch: taken.epoch,
    ts: taken.ts,
    goneTasks: goneTasks(writtenBy(taken, placement.parallelism), placement.parallelism),
    tickMs: settings.tickMs,
    checkRejected: deadLetterLimit(assembly),
    memory: memoryOf(assembly),
    recovery: recoveryOf(assembly, taken),
  });
}

async function setupsOf(assembly: Assembly, taken: TakenOver): Promise<readonly TaskSetup[]> {
  const { pipelineId, graph, retired } = assembly;
  const memory = memoryOf(assembly);
  const tasks = assembly.placement.parallelism;
  const definitions = definitionsOf(assembly);
  const sinks = definitions.filter(({ kind }) => kind === 'sink').map(({ id }) => numberOf(id));
  const sinkPositions = await assembly.sinkPositions(sinks);
  const readerPositions = await assembly.readerPositions();
  const replays = await assembly.replays(pipelineId);
  const { epoch, partitions, sources } = taken;
  const scans = graph.nodes.filter(({ kind }) => kind === 'scan').length;
  const settings = settingsWithin(assembly.settings, memory, scans * tasks);
  return Array.from({ length: tasks }, (_, task) => ({
    task,
    tasks,
    pipelineId,
    graph,
    definitions,
    epoch,
    writtenBy: writtenBy(taken, tasks),
    partitions,
    sources,
    sinkPositions,
    readerPositions,
    replays,
    retired,
    settings,
    memory,
  }));
}

/** What has no state yet was written by any number of tasks. */
function writtenBy({ epoch, tasks }: TakenOver, now: number): number {
  return epoch === 0 ? now : tasks;
}

/** What the graph names. */
function definitionsOf({ graph, catalog }: Assembly): readonly Definition[] {
  const ids = graph.nodes.flatMap((node) => {
    if (node.kind === 'scan') return [node.sourceId];
    if (node.kind === 'materialize' || node.kind === 'follow') return [node.viewId];
    return node.kind === 'sink' ? [node.sinkId] : [];
  });
  return [...new Set(ids)].map((id) => {
    const definition = catalog.get(id);
    if (definition === undefined) throw new Error(`nothing in the catalog with id ${id}`);
    return definition;
  });
}

function sourcesOf(assembly: Assembly): readonly InputDef[] {
  const read = new Set(assembly.graph.nodes.flatMap((node) => (node.kind === 'scan' ? [node.sourceId] : [])));
  return definitionsOf(assembly)
    .filter(isInput)
    .filter(({ id }) => read.has(id));
}

function sourceClocks(assembly: Assembly, taken: TakenOver): SourceClocks {
  const clocks = sourcesOf(assembly).map((source) => {
    const sourceId = numberOf(source.id);
    const progress = taken.sources.find((s) => s.sourceId === sourceId);
    return [sourceId, newClock(source, progress?.watermark ?? null)] as const;
  });
  return new SourceClocks(new Map([...clocks, ...followClocks(assembly, taken)]));
}

/** The watermark of a view that is followed comes with its change log. */
function followClocks({ graph }: Assembly, taken: TakenOver): (readonly [number, SourceClock])[] {
  return followsOf(graph).map((node) => {
    const viewId = numberOf(node.viewId);
    const watermark = taken.sources.find(({ sourceId }) => sourceId === viewId)?.watermark ?? null;
    return [viewId, new SourceClock({ allowedLateness: 0n, maxFuture: null }, watermark)] as const;
  });
}

/** Microseconds since 1970. */
export function clockMicros(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
}

/** Bad records are kept and passed over; too many of them stop the pipeline, which is what `max_dead_letters` asks for. */
function deadLetterLimit(assembly: Assembly): (sourceId: number, records: number) => void {
  const sources = new Map(sourcesOf(assembly).map((source) => [numberOf(source.id), source]));
  return (sourceId, records) => {
    const source = sources.get(sourceId);
    if (source === undefined) return;
    const { reading, name } = source;
    if (reading.maxDeadLetters === null || records <= reading.maxDeadLetters) return;
    throw new MillraceError({
      code: 'TOO_MANY_DEAD_LETTERS',
      message: `source "${name}" has had ${records} invalid records, more than max_dead_letters = ${reading.maxDeadLetters}`,
      hint: 'look at millrace.dead_letters, mend the producer or the declaration, then ALTER … RESUME',
    });
  };
}
