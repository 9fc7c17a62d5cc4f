// Builds a task from its setup and runs it: compiles the graph, opens its share of the inputs where the last committed epoch left
// them, and its ends. The same in every host.

import type { InputDef } from '../catalog/definition.ts';
import { isInput } from '../catalog/definition.ts';
import { withReplay } from '../connectors/replay.ts';
import { openDecoder } from '../connectors/formats/open-decoder.ts';
import { openTableDecoder } from '../connectors/formats/open-table-decoder.ts';
import type { SourceReader } from '../connectors/source.ts';
import type { RegisteredSchema } from '../connectors/registry/registry-client.ts';
import type { ViewErrorChange } from '../epoch/write-plan.ts';
import type { Compiled } from '../operators/compile.ts';
import { MillraceError } from '../errors.ts';
import { compileGraph } from '../operators/compile.ts';
import type { ErrorSink } from '../operators/dataflow.ts';
import { PassingExchange } from '../operators/exchange.ts';
import type { NodeId, PhysicalGraph, ScanNode } from '../physical/graph.ts';
import type { Channel } from '../task/channel.ts';
import type { EpochInput } from '../task/epoch-input.ts';
import { Exchanges } from '../task/exchanges.ts';
import { readerOf } from '../task/partition-share.ts';
import { SourceClock } from '../task/lateness.ts';
import type { FromTask, Peers, ToTask } from '../task/messages.ts';
import { ownGroups, rescaledTo } from '../task/rescale.ts';
import { SourceStage } from '../task/source-stage.ts';
import type { KeeperOptions } from '../task/state-keeper.ts';
import { StateKeeper } from '../task/state-keeper.ts';
import { Task } from '../task/task.ts';
import type { TaskEnd } from '../task/task-end.ts';
import { toErrorMessage } from '../task/task-error.ts';
import { TaskInput } from '../task/task-input.ts';
import { Wakeup } from '../task/wakeup.ts';
import { numberOf } from './catalog-store.ts';
import { openEnd } from './open-end.ts';
import type { LogWorld } from './open-log.ts';
import { openLogInput } from './open-log.ts';
import type { SourceWorld } from './open-source.ts';
import { behindGate, openSource, resumeOf } from './open-source.ts';
import type { TaskSetup } from './task-setup.ts';

export interface TaskWorld {
  readonly sources: SourceWorld;
  readonly fileRoot: string | null;
  readonly logs: LogWorld;
}

/** Runs to the end of the task. Never rejects: what fails it is said on the channel. */
export async function runTask(
  setup: TaskSetup,
  world: TaskWorld,
  channel: Channel<ToTask, FromTask>,
  peers: Peers,
): Promise<void> {
  const opened = new Opened();
  try {
    const task = await open(setup, world, channel, peers, opened);
    return await task.run();
  } catch (error) {
    channel.post({ kind: 'failed', error: toErrorMessage(error) });
    await opened.close();
    channel.post({ kind: 'closed' });
  }
}

/** What is to be closed when opening fails half-way. */
class Opened {
  readonly inputs: EpochInput[] = [];
  readonly ends = new Map<NodeId, TaskEnd>();

  async close(): Promise<void> {
    await Promise.all(this.inputs.map((input) => input.close()));
    await Promise.all([...this.ends.values()].map((end) => end.close()));
  }
}

async function open(
  setup: TaskSetup,
  world: TaskWorld,
  channel: Channel<ToTask, FromTask>,
  peers: Peers,
  opened: Opened,
): Promise<Task> {
  const { graph, task, tasks, settings, epoch } = setup;
  const wakeup = new Wakeup();
  const { maxQueuedBytes, tickMs } = settings;
  const arrived = (): void => wakeup.wake();
  const exchanges =
    tasks === 1
      ? null
      : new Exchanges(graph, { task, tasks, peers, maxQueuedBytes, epoch: epoch + 1, arrived });
  await openEnds(setup, world, opened);
  const errors: ViewErrorChange[] = [];
  const compiled = compileGraph(graph, {
    end: (node) => opened.ends.get(node.id)!,
    errors: errorSink(graph, errors),
    exchange: (node) => exchanges?.exchange(node) ?? new PassingExchange(node),
    isFirst: task === 0,
  });
  const state = new StateKeeper(task, compiled.tables, keeperOptions(setup, compiled));
  const leaves = graph.nodes.filter((node) => node.kind === 'scan' || node.kind === 'follow');
  for (const [place, node] of leaves.entries())
    opened.inputs.push(
      node.kind === 'scan'
        ? await openInput(setup, world, node, place)
        : openLogInput(node, setup, readerOf(place, 0, tasks) === task, world.logs),
    );
  return new Task(
    {
      inputs: opened.inputs,
      dataflow: compiled.dataflow,
      state,
      ends: opened.ends,
      errors,
      exchanges,
      wakeup,
      epoch,
      maxEpochBytes: settings.maxEpochBytes / tasks,
      memory: setup.memory,
      tickMs,
    },
    channel,
  );
}

function keeperOptions(setup: TaskSetup, { tables, onFirst }: Compiled): KeeperOptions {
  const { task, retired, settings } = setup;
  const names = tables.map(({ fingerprint }) => fingerprint);
  return {
    owns: ownGroups(setup, onFirst),
    ...(settings.fold === undefined ? {} : { limits: settings.fold }),
    passOver: new Set(task === 0 ? retired : [...retired, ...onFirst]),
    rescaled: rescaledTo(
      setup,
      names.filter((name) => !onFirst.includes(name)),
    ),
  };
}

/** Views everywhere; what has its rows on the first task only there. */
async function openEnds(setup: TaskSetup, world: TaskWorld, { ends }: Opened): Promise<void> {
  for (const [i, node] of setup.graph.nodes.entries()) {
    if (node.kind !== 'materialize' && node.kind !== 'sink') continue;
    if (setup.task > 0 && setup.graph.distributions[i]!.kind === 'single') continue;
    ends.set(node.id, await openEnd(node, setup, world.fileRoot));
  }
}

async function openInput(
  setup: TaskSetup,
  world: TaskWorld,
  node: ScanNode,
  place: number,
): Promise<TaskInput> {
  const source = sourceOf(setup, node.sourceId);
  const sourceId = numberOf(source.id);
  const owns = (partition: number): boolean => readerOf(place, partition, setup.tasks) === setup.task;
  const share = { owns, of: setup.tasks, readAheadBytes: setup.settings.readAheadBytes };
  const opened = await openSource(source, resumeOf(setup, sourceId), share, world.sources);
  const replays = setup.replays.filter((record) => record.sourceId === sourceId && owns(record.partition));
  const reader = behindGate(source, withReplay(opened, replays), world.sources);
  const schemas = schemasOf(source, world.sources);
  const decoder =
    source.kind === 'source'
      ? openDecoder(source, node.columns, node.system, schemas)
      : openTableDecoder(source, () => checkTruncation(source.name, sourceId, setup, reader), schemas);
  const progress = setup.sources.find((s) => s.sourceId === sourceId);
  const clock = newClock(source, progress?.watermark ?? null);
  for (const p of setup.partitions)
    if (p.sourceId === sourceId && owns(p.partition)) clock.restore(p.partition, p.maxEventTime, p.idle);
  const stage = new SourceStage(node, sourceId, decoder, clock);
  const { idleTimeout, maxDrift } = source.reading;
  return new TaskInput(sourceId, reader, stage, { idleTimeout, maxDrift });
}

/** Schemas that the source's records name are known before they are decoded; see SchemaGate. */
function schemasOf(
  { format }: Pick<InputDef, 'format'>,
  world: SourceWorld,
): (id: number) => RegisteredSchema | undefined {
  if (!('subject' in format)) return () => undefined;
  const cache = world.schemas(format);
  return (id) => cache.get(id);
}

export function newClock({ reading }: InputDef, watermark: bigint | null): SourceClock {
  const { allowedLateness, maxFuture } = reading;
  return new SourceClock(
    {
      allowedLateness: BigInt(allowedLateness) * 1000n,
      maxFuture: maxFuture === null ? null : BigInt(maxFuture) * 1000n,
    },
    watermark,
  );
}

/** Where it stands among the events of other partitions nobody knows. */
function checkTruncation(name: string, sourceId: number, setup: TaskSetup, reader: SourceReader): void {
  const known = setup.partitions.filter((p) => p.sourceId === sourceId).map((p) => p.partition);
  const several = [...known, ...reader.partitions()].some((partition) => partition > 0);
  const unknown = setup.tasks > 1 && setup.epoch === 0;
  if (!several && !unknown) return;
  const [why, hint] = several
    ? ['its topic has several partitions', 'let the connector write this table into a topic of one partition']
    : ['several tasks began to read it', 'let it begin with one task (parallelism = 1)'];
  throw new MillraceError({
    code: 'TRUNCATE_UNORDERED',
    domain: 'external',
    message: `the rows of table "${name}" were truncated at its database, and ${why}: which rows came before is not known`,
    hint: `${hint}, and create the table again`,
  });
}

function sourceOf(setup: TaskSetup, id: string): InputDef {
  const source = setup.definitions.find((definition) => definition.id === id);
  if (source === undefined || !isInput(source))
    throw new Error(`no source ${id} among the definitions of the task`);
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
