// The one place where the catalog changes: plans a submission, checks it against the world, writes it in one transaction,
// and starts, stops and replaces the pipelines that it concerns. Submissions run one after the other.

import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogChange } from '../catalog/change.ts';
import { apply, withDependents } from '../catalog/change.ts';
import type { Definition, KeptDef } from '../catalog/definition.ts';
import { isKept } from '../catalog/definition.ts';
import type { TaskOptions } from '../catalog/task-options.ts';
import type { RowSchema } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import type { PhysicalGraph } from '../physical/graph.ts';
import { tablesOf } from '../physical/state-tables.ts';
import type { PipelinePlan, PlanOptions, Submission } from '../plan.ts';
import { planPipeline, planSubmission } from '../plan.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { createViewTable, dropView, publishView, withShortLocks } from '../views/view-tables.ts';
import type { Answer } from './answer.ts';
import type { Assembly } from './assemble.ts';
import { assembleTask } from './assemble.ts';
import type { PipelineRow } from './catalog-store.ts';
import {
  createPipeline,
  dropPipeline,
  loadCatalog,
  numberOf,
  readPipelines,
  retireTables,
  setTaskOptions,
  storeChanges,
} from './catalog-store.ts';
import { placementOf } from './placement.ts';
import { followsOf, registerReaders } from './readers.ts';
import { RecoveryRecord } from './recovery-record.ts';
import { reloadWhenLost } from './reload.ts';
import { requestReplay } from './dead-letters.ts';
import { checkRights } from './rights.ts';
import { forgetRelay, registerRelay } from './relay-store.ts';
import { PipelineRunner } from './runner.ts';
import { answersOf } from './statement-answers.ts';
import type { PipelineInfo } from './pipeline-info.ts';
import { recordState, setPaused } from './pipeline-status.ts';
import { layoutOfView } from './view-layouts.ts';

export interface EngineWorld {
  readonly pool: Pool;
  /** What a task needs beside its plan. */
  readonly assembly: (
    pipelineId: number,
  ) => Omit<Assembly, 'pipelineId' | 'catalog' | 'graph' | 'retired' | 'placement'>;
  /** For pipelines that do not say it themselves. */
  readonly tasks: TaskOptions;
  /** Columns of sources that declare none, by the offset of their statements. */
  readonly derivedColumns?: (text: string) => Promise<ReadonlyMap<number, RowSchema>>;
  /** Refuses sources whose input does not exist or cannot be reached; the error points into the text. */
  readonly checkInputs: (submission: Submission) => Promise<void>;
  /** Deliveries of a Kafka sink are paused and resumed by themselves: its pipeline goes on. */
  readonly alterRelay?: (sinkId: number, action: 'pause' | 'resume') => Promise<void>;
  /** Who follows the view in this process must begin again. */
  readonly viewEmptied: (viewId: number) => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
}

export interface SubmitOptions {
  /** Who asks: a Postgres role, or how the request came in. */
  readonly requester: string;
  /** Requester is a Postgres role, whose rights are checked. */
  readonly isRole?: boolean;
  /** Name of the new pipeline; by default that of its first member. */
  readonly name?: string;
  /** Ids of what the submission takes the place of, dropped in the same transaction. */
  readonly replacing?: readonly string[];
}

const MAX_RESTARTS = 20;

export class Engine {
  private readonly world: EngineWorld;
  private readonly runners = new Map<string, PipelineRunner>();
  private readonly names = new Map<string, string>();
  private readonly retired = new Map<string, string[]>();
  private readonly taskOptions = new Map<string, TaskOptions>();
  private readonly listeners: ((catalog: Catalog) => void)[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private current: Catalog;
  private stopping = false;

  private constructor(world: EngineWorld, catalog: Catalog) {
    this.world = world;
    this.current = catalog;
  }

  /** Loads the catalog and starts every pipeline that is not paused. */
  static async open(world: EngineWorld): Promise<Engine> {
    const engine = new Engine(world, await loadCatalog(world.pool));
    for (const row of await readPipelines(world.pool)) engine.adopt(row);
    return engine;
  }

  get catalog(): Catalog {
    return this.current;
  }

  onCatalog(listener: (catalog: Catalog) => void): void {
    this.listeners.push(listener);
  }

  pipelines(): readonly PipelineInfo[] {
    return [...this.runners].map(([id, runner]) => ({
      id,
      name: this.names.get(id) ?? id,
      state: runner.state,
      cause: runner.cause,
      members: this.current.pipeline(id),
      runner,
    }));
  }

  /** One answer per statement; all of the submission takes effect, or nothing. */
  submit(text: string, options: SubmitOptions): Promise<readonly Answer[]> {
    return this.exclusively(() => this.carryOut(text, options));
  }

  /** Drains every pipeline; what they had done is committed. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.queue.catch(() => {});
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
  }

  private exclusively<T>(run: () => Promise<T>): Promise<T> {
    const result = this.queue.then(run, run);
    this.queue = result.catch(() => {});
    return result;
  }

  private async carryOut(text: string, options: SubmitOptions): Promise<readonly Answer[]> {
    if (this.stopping) throw shuttingDown();
    const derived = await this.world.derivedColumns?.(text);
    const submission = this.plan(text, options.replacing ?? [], derived === undefined ? {} : { derived });
    // A file may hold comments alone; whoever asks in person is told.
    if (submission.statements.length === 0 && options.replacing === undefined) throw nothingToSubmit();
    if (options.isRole === true) await checkRights(this.world.pool, submission, options.requester, text);
    await this.world.checkInputs(submission).catch((error: unknown) => {
      throw error instanceof MillraceError ? error.withSql(text) : error;
    });
    const affected = this.affectedBy(submission);
    for (const id of affected) await this.runners.get(id)?.stop();
    try {
      await withShortLocks(this.world.pool, (connection) => this.write(connection, submission, options));
    } catch (error) {
      for (const id of affected) this.restart(id);
      throw error;
    }
    this.become(submission.catalog);
    for (const id of affected) this.afterDrop(id);
    for (const { id } of pipelinesOf(submission))
      this.begin(id, nameOf(id, submission, options), submission.tasks);
    await this.alter(submission);
    const notices = await this.replay(submission);
    return answersOf(submission, this, notices);
  }

  /** Plans the text as if what it replaces were gone; the drops are part of the submission. */
  private plan(text: string, replacing: readonly string[], options: PlanOptions): Submission {
    if (replacing.length === 0) return planSubmission(text, this.current, options);
    const gone = withDependents(this.current, replacing);
    const others = gone.filter((definition) => !replacing.includes(definition.id));
    if (others.length > 0) throw stillRead(others);
    const drops = gone.map(({ id }): CatalogChange => ({ kind: 'drop', id }));
    const submission = planSubmission(text, apply(this.current, drops), options);
    return { ...submission, changes: [...drops, ...submission.changes] };
  }

  /** Running pipelines that lose members. */
  private affectedBy(submission: Submission): string[] {
    const ids = new Set<string>();
    for (const change of submission.changes) {
      if (change.kind !== 'drop') continue;
      const gone = this.current.get(change.id);
      // A sink that follows a view is no part of what the pipeline runs.
      if (gone?.kind === 'sink' && typeof gone.follows === 'string') continue;
      if (gone !== undefined && 'pipelineId' in gone) ids.add(gone.pipelineId);
    }
    return [...ids];
  }

  private async write(connection: Connection, submission: Submission, options: SubmitOptions): Promise<void> {
    for (const change of submission.changes) {
      const gone = change.kind === 'drop' ? this.current.get(change.id) : undefined;
      if (gone !== undefined && isKept(gone)) await dropView(connection, numberOf(gone.id));
      if (gone?.kind === 'sink') await forgetSink(connection, numberOf(gone.id));
    }
    await storeChanges(connection, submission.changes, submission.catalog.nextId, options.requester);
    for (const id of this.affectedBy(submission)) await this.writeRemains(connection, id, submission);
    // Tables first: what is read must be there to be read.
    for (const { id, graph } of pipelinesOf(submission)) {
      const members = submission.catalog.pipeline(id);
      const name = nameOf(id, submission, options);
      await createPipeline(connection, numberOf(id), name, submission.tasks);
      await registerReaders(connection, numberOf(id), followsOf(graph));
      for (const member of members) if (isKept(member)) await createView(connection, member);
    }
    for (const change of submission.changes) {
      if (change.kind !== 'add' || change.definition.kind !== 'sink') continue;
      if (change.definition.connector.connector === 'kafka')
        await registerRelay(connection, change.definition);
    }
  }

  /** What is left in the database of a pipeline that loses members. */
  private async writeRemains(connection: Connection, id: string, submission: Submission): Promise<void> {
    if (submission.catalog.pipeline(id).length === 0) return dropPipeline(connection, numberOf(id));
    const before = planPipeline(this.current, id).graph.nodes.flatMap(tablesOf);
    const { graph } = planPipeline(submission.catalog, id);
    const after = new Set(graph.nodes.flatMap(tablesOf));
    await registerReaders(connection, numberOf(id), followsOf(graph));
    const gone = before.filter((fingerprint) => !after.has(fingerprint));
    await retireTables(connection, numberOf(id), gone);
    this.retired.set(id, [...(this.retired.get(id) ?? []), ...gone]);
  }

  private become(catalog: Catalog): void {
    this.current = catalog;
    for (const listener of this.listeners) listener(catalog);
  }

  private afterDrop(id: string): void {
    if (this.current.pipeline(id).length > 0) return this.restart(id);
    this.runners.delete(id);
    this.names.delete(id);
    this.retired.delete(id);
    this.taskOptions.delete(id);
  }

  private restart(id: string): void {
    const runner = this.runners.get(id);
    if (runner !== undefined && runner.state === 'stopped') runner.start();
  }

  private adopt(row: PipelineRow): void {
    const id = `p${row.id}`;
    this.names.set(id, row.name);
    this.retired.set(id, [...row.retired]);
    this.taskOptions.set(id, row.tasks);
    const runner = this.newRunner(id);
    if (row.paused) void runner.pause();
    else runner.start();
  }

  private begin(id: string, name: string, tasks: TaskOptions): void {
    this.taskOptions.set(id, tasks);
    this.names.set(id, name);
    this.newRunner(id).start();
  }

  private newRunner(id: string): PipelineRunner {
    const pipelineId = numberOf(id);
    let recorded = Promise.resolve();
    const runner = new PipelineRunner({
      assemble: async () => {
        const { graph } = planPipeline(this.current, id);
        await this.reload(id, graph);
        const recovery = new RecoveryRecord(this.world, pipelineId, this.names.get(id) ?? id);
        return assembleTask({
          ...this.world.assembly(pipelineId),
          pipelineId,
          catalog: this.current,
          graph,
          retired: this.retired.get(id) ?? [],
          placement: placementOf(this.taskOptions.get(id)!, this.world.tasks),
          onRecovery: (progress) => {
            runner.recovery = progress;
            recovery.tell(progress);
          },
        }).finally(() => recovery.end());
      },
      onState: (state, cause) => {
        recorded = recordState(this.world, pipelineId, this.names.get(id) ?? id, state, cause, recorded);
      },
      maxRestarts: MAX_RESTARTS,
      backoffMs: (failures) => Math.min(30_000, 100 * 2 ** Math.min(failures, 9)) * (0.5 + Math.random() / 2),
    });
    this.runners.set(id, runner);
    return runner;
  }

  /** The pipeline ends its epoch and goes on from it with its tasks placed anew. */
  private async alterTasks(id: string, said: Partial<TaskOptions>): Promise<void> {
    const tasks = { ...this.taskOptions.get(id)!, ...said };
    await setTaskOptions(this.world.pool, numberOf(id), tasks);
    this.taskOptions.set(id, tasks);
    const runner = this.runners.get(id);
    if (runner === undefined || runner.state === 'paused') return;
    await runner.stop();
    this.restart(id);
  }

  /** A pipeline that was left behind by the change logs that it reads begins again. */
  private async reload(id: string, graph: PhysicalGraph): Promise<void> {
    const views = this.current.pipeline(id).filter(isKept);
    const lost = await reloadWhenLost(this.world.pool, numberOf(id), graph, views);
    if (lost.length === 0) return;
    for (const view of views) this.world.viewEmptied(numberOf(view.id));
    this.world.log('warn', `pipeline ${this.names.get(id) ?? id} loads its input again`, { lost });
  }

  private async alter(submission: Submission): Promise<void> {
    for (const { bound } of submission.statements) {
      if (bound.kind === 'alter tasks') await this.alterTasks(bound.pipelineId, bound.tasks);
      if (bound.kind !== 'alter') continue;
      const { definition, action } = bound;
      if (definition.kind === 'sink' && definition.connector.connector === 'kafka') {
        await this.world.alterRelay?.(numberOf(definition.id), action);
        continue;
      }
      const runner = this.runners.get(bound.pipelineId);
      if (runner === undefined) continue;
      await setPaused(this.world.pool, numberOf(bound.pipelineId), bound.action === 'pause');
      if (bound.action === 'pause') await runner.pause();
      else runner.start();
    }
  }

  /** Pipelines that run start again, which is how they take up what is to be replayed. What was done, by source. */
  private async replay(submission: Submission): Promise<ReadonlyMap<string, string>> {
    const notices = new Map<string, string>();
    for (const { bound } of submission.statements) {
      if (bound.kind !== 'replay') continue;
      const { pipelineIds, requested, remaining } = await requestReplay(this.world.pool, bound.source);
      for (const pipelineId of pipelineIds) {
        const runner = this.runners.get(`p${pipelineId}`);
        if (runner === undefined || runner.state === 'paused' || runner.state === 'failed') continue;
        await runner.stop();
        runner.start();
      }
      const more = remaining === 0 ? '' : `, ${remaining} more are left for another time`;
      notices.set(bound.source.id, `${requested} dead letters are decoded again${more}`);
    }
    return notices;
  }
}

async function forgetSink(connection: Connection, sinkId: number): Promise<void> {
  await connection.query('DELETE FROM millrace.sink_positions WHERE sink_id = $1', [sinkId]);
  await forgetRelay(connection, sinkId);
}

function pipelinesOf({ tables, pipeline }: Submission): readonly PipelinePlan[] {
  return pipeline === null ? tables : [...tables, pipeline];
}

/** A table's own, or what was asked for, or that of the first member. */
function nameOf(id: string, submission: Submission, options: SubmitOptions): string {
  const first = submission.catalog.pipeline(id)[0]!;
  return first.kind === 'table' ? first.name : (options.name ?? first.name);
}

async function createView(connection: Connection, view: KeptDef): Promise<void> {
  const layout = layoutOfView(view);
  await createViewTable(connection, layout);
  await publishView(connection, layout, { comment: view.text, replaces: null });
}

function stillRead(others: readonly Definition[]): MillraceError {
  const names = others.map((other) => `${other.kind} ${other.name}`).join(', ');
  return new MillraceError({
    code: 'DEPENDENT_OBJECTS',
    message: `what is to be replaced is still read by ${names}`,
    hint: 'drop those first, or put them in the same file',
  });
}

function nothingToSubmit(): MillraceError {
  return new MillraceError({
    code: 'SQL_SYNTAX',
    message: 'there is no statement to submit',
    hint: 'write one, such as CREATE MATERIALIZED VIEW …; white space and comments alone do nothing',
  });
}

function shuttingDown(): MillraceError {
  return new MillraceError({
    code: 'SHUTTING_DOWN',
    message: 'the service is stopping and takes no more statements',
    domain: 'external',
    hint: 'submit again when it has started',
    retryable: true,
  });
}
