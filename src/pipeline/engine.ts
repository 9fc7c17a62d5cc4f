// The one place where the catalog changes: plans a submission, checks it against the world, writes it in one transaction,
// and starts, stops and replaces the pipelines that it concerns. Submissions run one after the other.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalog } from '../catalog/catalog.ts';
import type { KafkaSource } from '../catalog/connector.ts';
import type { Definition } from '../catalog/definition.ts';
import { isKept } from '../catalog/definition.ts';
import type { TaskOptions } from '../catalog/task-options.ts';
import type { ReaderSchema } from '../catalog/format.ts';
import { MillraceError } from '../errors.ts';
import type { PhysicalGraph } from '../physical/graph.ts';
import type { Submission } from '../plan.ts';
import { planPipeline, understand } from '../plan.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { checkNotBusy, withShortLocks } from '../views/view-tables.ts';
import type { Answer } from './answer.ts';
import type { Assembly } from './assemble.ts';
import { assembleTask } from './assemble.ts';
import { Bootstraps } from './bootstraps.ts';
import type { PipelineRow } from './catalog-store.ts';
import { loadCatalog, numberOf, readPipelines, setTaskOptions } from './catalog-store.ts';
import { callsScripts, placementOf } from './placement.ts';
import { followsOf } from './readers.ts';
import { RecoveryRecord } from './recovery-record.ts';
import { reloadWhenLost } from './reload.ts';
import { requestReplay } from './dead-letters.ts';
import { checkRights } from './rights.ts';
import { PipelineRunner } from './runner.ts';
import { answersOf, withUnderstood } from './statement-answers.ts';
import type { PipelineInfo } from './pipeline-info.ts';
import { recordState, setPaused } from './pipeline-status.ts';
import type { DeployedFile } from './replacing/deployed-objects.ts';
import type { History } from './replacing/history.ts';
import { historyOf } from './replacing/history.ts';
import { pairsOf } from './replacing/pairs.ts';
import type { Prepared } from './replacing/prepare.ts';
import { ending, prepare } from './replacing/prepare.ts';
import { beingReplaced } from './replacing/refusals.ts';
import { Replacements } from './replacing/replacements.ts';
import { restingAfter } from './replacing/swap.ts';
import { startUndo } from './replacing/undo.ts';
import type { TopicStart } from './topic-start.ts';
import { goneViews, losingMembers, writeSubmission } from './write-submission.ts';

export interface EngineWorld {
  readonly pool: Pool;
  /** What a task needs beside its plan. */
  readonly assembly: (
    pipelineId: number,
  ) => Omit<Assembly, 'pipelineId' | 'catalog' | 'graph' | 'retired' | 'placement'>;
  /** For pipelines that do not say it themselves. */
  readonly tasks: TaskOptions;
  /** What the schema registry says of sources, by the offset of their statements. */
  readonly readerSchemas?: (text: string) => Promise<ReadonlyMap<number, ReaderSchema>>;
  /** Refuses sources whose input does not exist or cannot be reached; the error points into the text. */
  readonly checkInputs: (submission: Submission) => Promise<void>;
  /** Deliveries of a Kafka sink are paused and resumed by themselves: its pipeline goes on. */
  readonly alterRelay?: (sinkId: number, action: 'pause' | 'resume') => Promise<void>;
  /** Who follows the view in this process must begin again. */
  readonly viewEmptied: (viewId: number) => void;
  /** Who follows the view in this process goes on with the one that its name means now. */
  readonly viewReplaced: (viewId: number) => void;
  readonly topicStart: (connector: KafkaSource) => Promise<TopicStart>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
}

export interface SubmitOptions {
  /** Who asks: a Postgres role, or how the request came in. */
  readonly requester: string;
  /** Requester is a Postgres role, whose rights are checked. */
  readonly isRole?: boolean;
  /** The dialect of the text; PostgreSQL, or what its first line says, when absent. */
  readonly dialect?: string | null | undefined;
  /** Name of the new pipeline; by default that of its first member. */
  readonly name?: string;
  /** Ids of what the submission takes the place of. */
  readonly replacing?: readonly string[];
  /** The file that says it. */
  readonly file?: DeployedFile;
}

const MAX_RESTARTS = 20;
/** How long a submission waits for sessions that have its views open. */
const LOCK_PATIENCE_MS = 15_000;

export class Engine {
  private readonly world: EngineWorld;
  private readonly runners = new Map<string, PipelineRunner>();
  private readonly names = new Map<string, string>();
  private readonly retired = new Map<string, string[]>();
  private readonly taskOptions = new Map<string, TaskOptions>();
  private readonly listeners: ((catalog: Catalog) => void)[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private current: Catalog;
  private readonly bootstraps: Bootstraps;
  private replacements: Replacements | null = null;
  private stopping = false;

  private constructor(world: EngineWorld, catalog: Catalog) {
    this.world = world;
    this.current = catalog;
    this.bootstraps = new Bootstraps(world.pool);
  }

  /** Loads the catalog and starts every pipeline that is not paused. */
  static async open(world: EngineWorld): Promise<Engine> {
    const engine = new Engine(world, await loadCatalog(world.pool));
    for (const row of await readPipelines(world.pool)) engine.adopt(row);
    engine.replacements = await Replacements.open({
      pool: world.pool,
      log: world.log,
      catalog: () => engine.current,
      exclusively: (run) => engine.exclusively(run),
      swapped: (replacement) => engine.swapped(replacement),
    });
    return engine;
  }

  get catalog(): Catalog {
    return this.current;
  }

  onCatalog(listener: (catalog: Catalog) => void): void {
    this.listeners.push(listener);
  }

  pipelines(): readonly PipelineInfo[] {
    return [...this.runners].map(([id, runner]) => {
      const percent = runner.state === 'running' ? this.bootstraps.percentOf(id) : null;
      return {
        id,
        name: this.shownName(id),
        state: percent === null ? runner.state : 'bootstrapping',
        percent,
        cause: runner.cause,
        members: this.current.pipeline(id),
        runner,
      };
    });
  }

  /** Two versions have one name. */
  private shownName(id: string): string {
    const name = this.names.get(id) ?? id;
    const members = this.current.pipeline(id);
    const isHidden = members.every((member) => this.current.version(member.id)?.hidden === true);
    return isHidden && members.length > 0 ? `${name} (other version)` : name;
  }

  /** One answer per statement; all of the submission takes effect, or nothing. */
  async submit(text: string, options: SubmitOptions): Promise<readonly Answer[]> {
    // One that waits for sessions that have its views open lets others go before it.
    for (const deadline = performance.now() + LOCK_PATIENCE_MS; ;) {
      try {
        return await this.exclusively(() => this.carryOut(text, options));
      } catch (error) {
        const isBusy = error instanceof MillraceError && error.code === 'VIEW_BUSY';
        if (!isBusy || performance.now() > deadline || this.stopping) throw error;
      }
      await sleep(200 + Math.random() * 400);
    }
  }

  /** Drains every pipeline; what they had done is committed. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.replacements?.close();
    await this.bootstraps.close();
    await this.queue.catch(() => {});
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
  }

  private exclusively<T>(run: () => Promise<T>): Promise<T> {
    const result = this.queue.then(run, run);
    this.queue = result.catch(() => {});
    return result;
  }

  private async carryOut(written: string, options: SubmitOptions): Promise<readonly Answer[]> {
    if (this.stopping) throw shuttingDown();
    const { sql: text, dialect } = understand(written, options.dialect);
    const schemas = await this.world.readerSchemas?.(text);
    const prepared = prepare(
      { text, name: options.name, replacing: options.replacing, schemas, dialect },
      {
        catalog: this.current,
        nameOf: (id) => this.names.get(id) ?? id,
        tasksOf: (id) => this.taskOptions.get(id)!,
        isOpen: (replacement) => this.open.isOpen(replacement),
      },
    );
    const { submission } = prepared;
    // A file may hold comments alone; whoever asks in person is told.
    if (submission.statements.length === 0 && options.replacing === undefined) throw nothingToSubmit();
    if (options.isRole === true) await checkRights(this.world.pool, submission, options.requester, text);
    const history = await this.checkWorld(prepared).catch((error: unknown) => {
      throw error instanceof MillraceError ? error.withSql(text) : error;
    });
    await this.change(prepared, history, options);
    await this.alter(submission);
    const notices = await this.replay(submission);
    const answers = answersOf(submission, this, notices, history.lost);
    return dialect === undefined ? answers : withUnderstood(answers, submission, text);
  }

  /** Refuses what names things that are not there; where the new version of what is replaced begins. */
  private async checkWorld({ submission, pipelines, replacement }: Prepared): Promise<History> {
    await this.world.checkInputs(submission);
    if (replacement === null) return { beginnings: [], lost: [] };
    const { catalog, statements } = submission;
    const force = statements.some(({ syntax }) => 'force' in syntax && syntax.force);
    const graphs = new Map(pipelines.map(({ plan }) => [plan.id, plan.graph]));
    return historyOf(graphs, pairsOf(replacement, catalog), catalog, force, this.world);
  }

  private async change(
    prepared: Prepared,
    { beginnings }: History,
    { requester, file }: Pick<SubmitOptions, 'requester' | 'file'>,
  ): Promise<void> {
    const { submission, pipelines, replacement, ended } = prepared;
    const writing = { prepared, before: this.current, requester, beginnings, file };
    const losing = losingMembers(submission, this.current);
    // Before anything is stopped for it.
    await checkNotBusy(this.world.pool, goneViews(submission));
    for (const id of losing) await this.runners.get(id)?.stop();
    try {
      const write = (connection: Connection) => writeSubmission(connection, writing);
      const retired = await withShortLocks(this.world.pool, write, 0);
      for (const [id, gone] of retired) this.retired.set(id, [...(this.retired.get(id) ?? []), ...gone]);
    } catch (error) {
      for (const id of losing) this.restart(id);
      throw error;
    }
    this.become(submission.catalog);
    this.open.forget(ended);
    for (const id of losing) this.afterDrop(id);
    for (const { plan, name, tasks } of pipelines) this.begin(plan.id, name, tasks);
    if (replacement !== null) this.open.set(replacement, 'building');
  }

  private get open(): Replacements {
    if (this.replacements === null) throw new Error('the engine is not open yet');
    return this.replacements;
  }

  /** In the database the names mean the other version already. */
  private async swapped(replacement: number): Promise<void> {
    const before = this.current;
    const shown = before.versions(replacement).filter(({ id }) => !before.version(id)!.hidden);
    this.become(before.flipped(replacement));
    for (const view of shown.filter(isKept)) this.world.viewReplaced(numberOf(view.id));
    for (const { pipelineId } of pairsOf(replacement, before)) this.bootstraps.over(pipelineId);
    const names = shown.map(({ name }) => name);
    this.world.log('info', 'a replacement has been swapped', { replacement, names });
    const resting = restingAfter(replacement, before).flatMap((id) => this.runners.get(id) ?? []);
    await Promise.all(resting.map((runner) => runner.pause()));
  }

  /** Back to the version before: what is not built yet is dropped, what was replaced catches up. */
  private async rollBack(replacement: number): Promise<void> {
    if (this.open.state(replacement) === 'building') return this.end(replacement);
    if (this.open.isOpen(replacement)) return;
    const resumed = await startUndo(replacement, this.current, this.world);
    this.open.set(replacement, 'undoing');
    for (const id of resumed) this.runners.get(id)?.start();
  }

  private async dropPrevious(replacement: number, definition: Definition): Promise<void> {
    if (this.open.state(replacement) === 'building') throw beingReplaced(definition);
    await this.end(replacement);
  }

  private async end(replacement: number): Promise<void> {
    const over = ending(replacement, this.current);
    await this.change(over, { beginnings: [], lost: [] }, { requester: '' });
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
        if (this.maybeBootstrapping(id, graph)) this.bootstraps.expect(id);
        const recovery = new RecoveryRecord(this.world, pipelineId, this.names.get(id) ?? id);
        return assembleTask({
          ...this.world.assembly(pipelineId),
          pipelineId,
          catalog: this.current,
          graph,
          retired: this.retired.get(id) ?? [],
          placement: placementOf(this.taskOptions.get(id)!, this.world.tasks, callsScripts(id, this.current)),
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

  private maybeBootstrapping(id: string, graph: PhysicalGraph): boolean {
    const isHidden = this.current.pipeline(id).some((member) => this.current.version(member.id)?.hidden);
    return isHidden || followsOf(graph).length > 0;
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
      if (bound.kind === 'rollback') await this.rollBack(bound.replacement);
      if (bound.kind === 'drop previous') await this.dropPrevious(bound.replacement, bound.definition);
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
