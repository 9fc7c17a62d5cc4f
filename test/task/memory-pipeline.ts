// A whole pipeline without Kafka and Postgres: real coordinator and tasks, inputs in memory, and a commit that applies write plans to
// plain values, or fails as a test wants it. What is durable outlives the run, and the next one may have other tasks.

import type { Catalog } from '../../src/catalog/catalog.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { InputDef, KeptDef } from '../../src/catalog/definition.ts';
import { isInput, isKept } from '../../src/catalog/definition.ts';
import { checkPlan } from '../../src/epoch/check-plan.ts';
import type { SegmentContent } from '../../src/epoch/commit-port.ts';
import type { PartitionProgress, SourceProgress, WritePlan } from '../../src/epoch/write-plan.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import type { StoredPosition } from '../../src/pipeline/readers.ts';
import { followsOf } from '../../src/pipeline/readers.ts';
import type { TaskWorld } from '../../src/pipeline/open-task.ts';
import { newClock, runTask } from '../../src/pipeline/open-task.ts';
import { DEFAULT_TASK_SETTINGS } from '../../src/pipeline/task-setup.ts';
import type { TaskSettings, TaskSetup } from '../../src/pipeline/task-setup.ts';
import { layoutOfView } from '../../src/pipeline/view-layouts.ts';
import type { PlanOptions } from '../../src/plan.ts';
import type { PhysicalGraph } from '../../src/physical/graph.ts';
import { planSubmission } from '../../src/plan.ts';
import { Coordinator } from '../../src/task/coordinator.ts';
import { EpochPace } from '../../src/task/epoch-pace.ts';
import { hostInline } from '../../src/task/hosts/inline.ts';
import type { MemoryCap } from '../../src/task/memory-cap.ts';
import { Recovery } from '../../src/task/recovery.ts';
import { goneTasks, segmentReaders } from '../../src/task/rescale.ts';
import { SourceClock } from '../../src/task/lateness.ts';
import { SourceClocks } from '../../src/task/source-clocks.ts';
import type { TaskTotals } from '../../src/task/task-totals.ts';
import { decodeChanges } from '../../src/views/change-log-codec.ts';
import { rowChanges } from '../../src/views/row-change.ts';
import type { Logs } from './memory-input.ts';
import { MemoryReader } from './memory-input.ts';
import type { MemoryChanges } from './memory-log.ts';
import { MemoryLog } from './memory-log.ts';

const UNBOUNDED: MemoryCap = { maxBytes: Infinity, names: new Map() };

/** What a crash leaves: everything of the committed epochs, nothing else. */
export class Durable {
  epoch = 0;
  ts = 0n;
  tasks = 1;
  finished = false;
  readonly partitions = new Map<string, PartitionProgress>();
  readonly sources = new Map<number, SourceProgress>();
  segments: SegmentContent[] = [];
  /** By view, by key: the row as text. */
  readonly views = new Map<number, Map<string, string>>();
  readonly lateRows = new Set<string>();
  readonly viewErrors = new Map<string, number>();

  apply(plan: WritePlan, catalog: Catalog): void {
    checkPlan(plan, this.epoch, this.ts);
    this.epoch = plan.epoch;
    this.ts = plan.ts;
    this.tasks = plan.tasks;
    this.finished = plan.status === 'finished';
    for (const progress of plan.partitions)
      this.partitions.set(`${progress.sourceId} ${progress.partition}`, progress);
    for (const progress of plan.sources) this.sources.set(progress.sourceId, progress);
    for (const { task, through } of plan.state.folds)
      this.segments = this.segments.filter((segment) => segment.task !== task || segment.epoch > through);
    for (const segment of plan.state.segments)
      this.segments.push({
        ...segment,
        epoch: plan.epoch,
        generation: 1,
        fold: 0,
        size: segment.bytes.length,
      });
    const whole = plan.state.segments.find(({ kind, piece }) => kind === 'snapshot' && piece !== true);
    if (
      whole !== undefined &&
      this.segments.some(({ task, epoch }) => task === whole.task && epoch < plan.epoch)
    )
      throw new Error(`task ${whole.task} has segments from before its snapshot`);
    const foreign = this.segments.find(({ task }) => task >= this.tasks);
    if (foreign !== undefined) throw new Error(`a segment of task ${foreign.task} of ${this.tasks} is left`);
    this.applyViews(plan, catalog);
    for (const { sourceId, partition, offset } of plan.lateRows) {
      const row = `${sourceId} ${partition} ${offset}`;
      if (this.lateRows.has(row)) throw new Error(`late row ${row} twice`);
      this.lateRows.add(row);
    }
    for (const { viewId, message, row, weight } of plan.viewErrors) {
      const key = `${viewId} ${message} ${row}`;
      const after = (this.viewErrors.get(key) ?? 0) + weight;
      if (after === 0) this.viewErrors.delete(key);
      else this.viewErrors.set(key, after);
    }
  }

  private applyViews(plan: WritePlan, catalog: Catalog): void {
    const numbers = new Map<number, number>();
    for (const { viewId, part, bytes } of plan.changelog) {
      const expected = numbers.get(viewId) ?? 0;
      if (part !== expected) throw new Error(`part ${part} of view ${viewId}, not ${expected}`);
      numbers.set(viewId, expected + 1);
      const definition = keptDefinition(catalog, viewId);
      const layout = layoutOfView(definition);
      const rows = this.views.get(viewId) ?? new Map<string, string>();
      this.views.set(viewId, rows);
      for (const { key, before, after } of rowChanges(layout, decodeChanges(bytes, layout.schema))) {
        if ((before === null ? undefined : text(before)) !== rows.get(key))
          throw new Error(`view ${viewId}: ${key} was ${rows.get(key)}, not ${text(before)}`);
        if (after === null) rows.delete(key);
        else rows.set(key, text(after));
      }
    }
  }

  /** Everything that does not depend on how it came about. */
  result(): unknown {
    const views = [...this.views].map(([view, rows]) => [view, [...rows.values()].sort()]);
    return {
      views: Object.fromEntries(views) as unknown,
      lateRows: [...this.lateRows].sort(),
      viewErrors: [...this.viewErrors].sort(),
      finished: this.finished,
    };
  }
}

function text(row: unknown): string {
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}

export interface RunOptions {
  readonly tasks: number;
  readonly random: () => number;
  readonly maxChunk: number;
  readonly settings?: Partial<TaskSettings>;
  readonly memory?: MemoryCap;
  /** Microseconds since 1970. */
  readonly clock?: () => bigint;
  /** Called before each commit: what it throws is the crash; `lost`: the commit happens, and its answer is lost. */
  readonly crash?: (plan: WritePlan) => 'commit' | 'crash' | 'lost';
}

/** Logs by number: the seed of a source with connector = 'nexmark', the topic of a table with connector = 'kafka'. */
export interface MemoryInputs {
  readonly logs: readonly Logs[];
  /** Change logs of the tables and views that are followed, by their numbers. */
  readonly tables: ReadonlyMap<number, MemoryChanges>;
}

export class MemoryPipeline {
  readonly catalog: Catalog;
  readonly graph: PhysicalGraph;
  private readonly inputs: MemoryInputs;

  constructor(catalog: Catalog, graph: PhysicalGraph, inputs: MemoryInputs) {
    this.catalog = catalog;
    this.graph = graph;
    this.inputs = inputs;
  }

  /** The pipeline of a submission without tables. */
  static planned(sql: string, logs: readonly Logs[], options: PlanOptions = {}): MemoryPipeline {
    const { pipeline, catalog } = planSubmission(sql, EMPTY_CATALOG, options);
    return new MemoryPipeline(catalog, pipeline!.graph, { logs, tables: new Map() });
  }

  /** Runs to the end of the input, or to a crash. */
  async run(durable: Durable, options: RunOptions): Promise<TaskTotals> {
    const settings = { ...DEFAULT_TASK_SETTINGS, ...options.settings };
    const setups = this.setups(durable, options.tasks, settings);
    const hosts = hostInline(options.tasks, (channel, peers, task) =>
      runTask(setups[task]!, this.world(options), channel, peers),
    );
    const { writtenBy } = setups[0]!;
    const coordinator = new Coordinator({
      pipelineId: 1,
      tasks: hosts,
      sources: this.clocks(durable),
      pace: new EpochPace(settings),
      commit: (plan) => this.commit(durable, plan, options),
      clock: options.clock ?? (() => BigInt(Date.now()) * 1000n),
      observer: { epochCommitted: () => undefined },
      epoch: durable.epoch,
      ts: durable.ts,
      goneTasks: goneTasks(writtenBy, options.tasks),
      tickMs: 20,
      checkRejected: () => undefined,
      memory: options.memory ?? UNBOUNDED,
      recovery: new Recovery(0, () => undefined),
    });
    try {
      const readers = segmentReaders(writtenBy, options.tasks);
      await coordinator.open(inOrder(durable.segments), ({ task }) => readers(task));
      await coordinator.run();
    } finally {
      await coordinator.close();
    }
    return coordinator.totals;
  }

  private async commit(durable: Durable, plan: WritePlan, { crash, random }: RunOptions): Promise<void> {
    for (let turns = Math.floor(random() * 3); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
    const fate = crash?.(plan) ?? 'commit';
    if (fate !== 'crash') durable.apply(plan, this.catalog);
    if (fate !== 'commit') throw new Crash();
  }

  private setups(durable: Durable, tasks: number, settings: TaskSettings): TaskSetup[] {
    return Array.from({ length: tasks }, (_, task) => ({
      task,
      tasks,
      pipelineId: 1,
      graph: this.graph,
      definitions: this.catalog.list(),
      epoch: durable.epoch,
      writtenBy: durable.epoch === 0 ? tasks : durable.tasks,
      partitions: [...durable.partitions.values()],
      sources: [...durable.sources.values()],
      sinkPositions: new Map(),
      replays: [],
      readerPositions: this.positions(durable),
      retired: [],
      settings,
      memory: UNBOUNDED,
    }));
  }

  private scanned(): InputDef[] {
    const read = new Set(this.graph.nodes.flatMap((node) => (node.kind === 'scan' ? [node.sourceId] : [])));
    return this.catalog
      .list()
      .filter((definition) => isInput(definition) && read.has(definition.id)) as InputDef[];
  }

  private clocks(durable: Durable): SourceClocks {
    const watermark = (id: number): bigint | null => durable.sources.get(id)?.watermark ?? null;
    const sources = this.scanned().map((source) => {
      const id = numberOf(source.id);
      return [id, newClock(source, watermark(id))] as const;
    });
    const tables = followsOf(this.graph).map((node) => {
      const id = numberOf(node.viewId);
      return [id, new SourceClock({ allowedLateness: 0n, maxFuture: null }, watermark(id))] as const;
    });
    return new SourceClocks(new Map([...sources, ...tables]));
  }

  /** In the change logs that are followed. */
  private positions(durable: Durable): ReadonlyMap<number, StoredPosition> {
    return new Map(
      followsOf(this.graph).map((node) => {
        const id = numberOf(node.viewId);
        const epoch = (durable.partitions.get(`${id} 0`)?.nextOffset ?? 1) - 1;
        return [id, { epoch, loading: null }];
      }),
    );
  }

  private world({ random, maxChunk }: RunOptions): TaskWorld {
    const { logs, tables } = this.inputs;
    const reader = (number: number, owns: (partition: number) => boolean, start: Offsets) =>
      new MemoryReader({ logs: logs[number]!, owns, start, random, maxChunk });
    return {
      fileRoot: null,
      logs: {
        open: (layout, position) => new MemoryLog(layout, tables.get(layout.viewId)!, position, random),
      },
      sources: {
        cluster: elsewhere,
        openFile: elsewhere,
        schemas: elsewhere,
        openNexmark: (source, { offsets }, { owns }) => reader(source.seed, owns, offsets),
        openKafka: ({ topic }, { start, owns }) =>
          Promise.resolve(reader(Number(topic), owns!, start.kind === 'offsets' ? start.offsets : null)),
      },
    };
  }
}

type Offsets = ReadonlyMap<number, number> | null;

function elsewhere(): never {
  throw new Error('inputs are in memory');
}

function keptDefinition(catalog: Catalog, number: number): KeptDef {
  const found = catalog.list().find((definition) => isKept(definition) && numberOf(definition.id) === number);
  if (found === undefined || !isKept(found)) throw new Error(`no view ${number}`);
  return found;
}

export class Crash extends Error {}

/** As recovery reads it: (task, epoch, snapshot before delta, part). */
async function* inOrder(segments: readonly SegmentContent[]): AsyncGenerator<SegmentContent> {
  await Promise.resolve();
  yield* segments.toSorted(
    (a, b) =>
      a.task - b.task ||
      a.epoch - b.epoch ||
      Number(a.kind === 'delta') - Number(b.kind === 'delta') ||
      a.part - b.part,
  );
}
