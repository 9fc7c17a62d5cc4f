// The loop that runs a pipeline: when an epoch ends, how far event time is, and one commit for all its tasks. While an epoch commits,
// the next one computes. What the tasks do is in task.ts, what is said in messages.ts.
//
//   opening ──▶ running ── stop() ──▶ draining ──▶ stopped
//                  │ bounded input ends: last epoch, status finished ──▶ finished
//                  └ an error, or the death of a task: thrown by run(); memory is void, the last committed epoch is the truth

import { setTimeout as sleep } from 'node:timers/promises';
import type { SegmentContent } from '../epoch/commit-port.ts';
import type { PipelineStatus, WritePlan } from '../epoch/write-plan.ts';
import { nextEpochTs } from '../epoch/write-plan.ts';
import { earliest } from '../operators/dataflow.ts';
import type { EpochPace } from './epoch-pace.ts';
import type { HostedTask } from './hosts/host.ts';
import type { MemoryCap, MemoryUse } from './memory-cap.ts';
import { checkMemory, memoryBytes, NO_MEMORY } from './memory-cap.ts';
import { mergeShares, planBytes } from './merge-shares.ts';
import type { EpochShare, FromTask, InputReport, ToTask } from './messages.ts';
import type { Recovery } from './recovery.ts';
import { Replies } from './replies.ts';
import type { SourceClocks } from './source-clocks.ts';
import { fromErrorMessage } from './task-error.ts';
import { TaskTotals } from './task-totals.ts';
import { Wakeup } from './wakeup.ts';

export interface CoordinatorParts {
  readonly pipelineId: number;
  readonly tasks: readonly HostedTask[];
  readonly sources: SourceClocks;
  readonly pace: EpochPace;
  /** Durable, or rejected: see PipelineLog.commit. */
  readonly commit: (plan: WritePlan) => Promise<void>;
  readonly clock: () => bigint;
  readonly observer: TaskObserver;
  /** The last committed epoch, where this run starts. */
  readonly epoch: number;
  readonly ts: bigint;
  /** Tasks that there were, and are no more: the first epoch of this run writes their state anew. */
  readonly goneTasks: readonly number[];
  /** How often, in milliseconds, the pace is looked at while input comes. */
  readonly tickMs: number;
  /** Fails the pipeline when a source has had too many bad records. */
  readonly checkRejected: (sourceId: number, records: number) => void;
  readonly memory: MemoryCap;
  readonly recovery: Recovery;
}

export interface TaskObserver {
  epochCommitted(plan: WritePlan, commitMs: number): void;
}

/** A task that does not close within this is ended. */
const CLOSE_WITHIN_MS = 10_000;

const NO_INPUT = { kind: 'input', rows: 0, bytes: 0, more: false, lag: 0, memory: NO_MEMORY } as const;

export class Coordinator {
  private readonly parts: CoordinatorParts;
  private readonly wakeup = new Wakeup();
  private readonly replies: Replies;
  private epoch: number;
  private ts: bigint;
  private stopping = false;
  private inFlight: Promise<void> | null = null;
  private failure: { readonly cause: unknown } | null = null;
  private readonly input: InputReport[];
  private readonly memory: MemoryUse[];
  /** Bytes of the epoch whose commit is in flight. */
  private committing = 0;
  private moved = false;
  private readonly gone: number[];
  private deadline: bigint | null = null;
  private startedAt: bigint;
  /** When the first input of the epoch came. */
  private started: number | null = null;
  /** Live figures. */
  readonly totals: TaskTotals;

  constructor(parts: CoordinatorParts) {
    this.parts = parts;
    this.epoch = parts.epoch;
    this.ts = parts.ts;
    this.startedAt = parts.clock();
    this.gone = [...parts.goneTasks];
    this.input = parts.tasks.map(() => NO_INPUT);
    this.memory = parts.tasks.map(() => NO_MEMORY);
    this.replies = new Replies(parts.tasks.length);
    this.totals = new TaskTotals(parts.tasks.length);
    parts.tasks.forEach((task, i) => {
      task.channel.listen((message) => this.receive(i, message));
      task.onDeath((cause) => this.fail(cause));
    });
  }

  /** Has the tasks open their inputs and read their state. `sendTo` says which tasks need a segment. */
  async open(
    segments: AsyncIterable<SegmentContent>,
    sendTo: (segment: SegmentContent) => readonly number[],
  ): Promise<void> {
    const { recovery, tasks } = this.parts;
    const ready = this.replies.expect('ready');
    for await (const content of segments) {
      for (const task of sendTo(content)) {
        recovery.send(content.bytes.length);
        tasks[task]!.channel.post({ kind: 'segment', content });
      }
      while (!recovery.hasRoom && this.failure === null) await this.wakeup.wait(this.parts.tickMs);
      if (this.failure !== null) throw this.failure.cause;
    }
    this.tell({ kind: 'start' });
    for (const { identities } of await ready) this.parts.sources.identify(identities);
  }

  /** Watermarks of its sources, as of the last epoch. */
  watermarks(): readonly bigint[] {
    return this.parts.sources.times().flatMap(({ watermark }) => watermark ?? []);
  }

  /** Ends the epoch at hand, commits it, and lets run() return. */
  stop(): void {
    this.stopping = true;
    this.wakeup.wake();
  }

  /** Runs until stopped or finished. Rejects with what failed; what was not committed is then void. */
  async run(): Promise<'stopped' | 'finished'> {
    // The first epoch commits the positions that "latest" or a timestamp resolved to, before anything is read.
    for (;;) {
      await this.settle();
      const status = await this.runEpoch();
      if (status === 'finished' || this.stopping) {
        await this.settle();
        return status === 'finished' ? 'finished' : 'stopped';
      }
      await this.untilDue();
    }
  }

  /** Ends an epoch and starts its commit. */
  private async runEpoch(): Promise<PipelineStatus> {
    const cutting = this.replies.expect('cut');
    this.moved = false;
    this.tell({ kind: 'cut' });
    const cuts = await cutting;
    cuts.forEach(({ lag }, task) => (this.totals.lags[task] = lag));
    const ended = this.parts.sources.any && cuts.every((cut) => cut.finished);
    this.parts.sources.advance(cuts.flatMap((cut) => cut.sources));
    const epoch = this.epoch + 1;
    const ts = nextEpochTs(this.ts, this.parts.clock());
    const { startedAt } = this;
    this.started = null;
    const sharing = this.replies.expect('share');
    this.tell({ kind: 'end', epoch, ts, sources: this.parts.sources.times() });
    const shares = (await sharing).map(({ share }) => share);
    this.deadline = earliest(shares.map((share) => share.deadline));
    // Rows that still enter or leave by the clock keep a pipeline running when its input has ended.
    const status = ended && this.deadline === null ? 'finished' : 'running';
    const sources = this.parts.sources.progress();
    const { pipelineId } = this.parts;
    const gone = this.gone.splice(0);
    const plan = mergeShares({ pipelineId, epoch, ts, startedAt, sources, status, gone }, shares);
    this.epoch = epoch;
    this.ts = ts;
    this.totals.add(plan, shares);
    this.startCommit(plan, shares);
    await this.checkRejected();
    return status;
  }

  /** What a source had too much of is committed before the pipeline fails for it, so that going on later does not meet it again. */
  private async checkRejected(): Promise<void> {
    try {
      for (const [sourceId, records] of this.totals.rejected()) this.parts.checkRejected(sourceId, records);
    } catch (error) {
      await this.settle();
      throw error;
    }
  }

  /** Waits until the epoch that the tasks collect is to be ended, and no commit is in the way. */
  private async untilDue(): Promise<void> {
    for (;;) {
      if (this.failure !== null) throw this.failure.cause;
      if (this.stopping) return;
      const bytes = this.input.reduce((sum, report) => sum + report.bytes, 0);
      const empty = bytes === 0 && this.input.every((report) => report.rows === 0);
      const committing = this.inFlight !== null;
      if (empty && (this.moved || this.untilDeadline() === 0) && !committing) return;
      const more = this.input.some((report) => report.more);
      const elapsed = performance.now() - (this.started ?? performance.now());
      if (!empty && this.parts.pace.isOver(elapsed, bytes, more, committing)) return;
      await this.wakeup.wait(empty ? this.untilDeadline() : Math.min(this.parts.tickMs, 8));
    }
  }

  /** Milliseconds until an operator has something to do by the clock, at most a tick. */
  private untilDeadline(): number {
    if (this.deadline === null) return this.parts.tickMs;
    const left = Number(this.deadline - this.parts.clock());
    return left <= 0 ? 0 : Math.min(this.parts.tickMs, Math.ceil(left / 1000));
  }

  private startCommit(plan: WritePlan, shares: readonly EpochShare[]): void {
    this.committing = planBytes(plan);
    this.inFlight = this.commit(plan, shares)
      .catch((cause: unknown) => this.fail(cause))
      .finally(() => {
        this.inFlight = null;
        this.committing = 0;
        this.wakeup.wake();
      });
  }

  private async commit(plan: WritePlan, shares: readonly EpochShare[]): Promise<void> {
    const begun = performance.now();
    const { epoch } = plan;
    const staging = tasksWhere(shares, ({ stages }) => stages);
    const staged = this.replies.expect('staged', staging);
    this.tell({ kind: 'stage', epoch }, staging);
    const views = (await staged).flatMap((message) => message.views);
    const whole = views.length === 0 ? plan : { ...plan, views: [...plan.views, ...views] };
    await this.parts.commit(whole);
    const ms = performance.now() - begun;
    this.parts.pace.committed(ms);
    const publishing = tasksWhere(shares, ({ publishes }) => publishes);
    const published = this.replies.expect('published', publishing);
    this.tell({ kind: 'publish', epoch }, publishing);
    await published;
    this.parts.observer.epochCommitted(whole, ms);
  }

  /** Waits until no commit is in flight. */
  private async settle(): Promise<void> {
    await this.inFlight;
    if (this.failure !== null) throw this.failure.cause;
  }

  private tell(message: ToTask, tasks?: readonly number[]): void {
    this.parts.tasks.forEach((task, i) => {
      if (tasks === undefined || tasks.includes(i)) task.channel.post(message);
    });
  }

  private receive(task: number, message: FromTask): void {
    switch (message.kind) {
      case 'input':
        this.input[task] = message;
        this.totals.lags[task] = message.lag;
        this.holds(task, message.memory);
        if (this.started === null && message.rows + message.bytes > 0) {
          this.started = performance.now();
          this.startedAt = this.parts.clock();
        }
        return this.wakeup.wake();
      case 'share':
        // What it says after this is of the next epoch, also when others are still in this one.
        this.input[task] = NO_INPUT;
        this.holds(task, message.share.figures.memory);
        return this.replies.take(task, message);
      case 'recovered':
        this.holds(task, message.memory);
        this.parts.recovery.take(message.bytes);
        return this.wakeup.wake();
      case 'moved':
        this.moved = true;
        return this.wakeup.wake();
      case 'failed':
        return this.fail(fromErrorMessage(message.error));
      default:
        this.replies.take(task, message);
    }
  }

  /** Beyond the cap the pipeline fails before what it holds is committed. */
  private holds(task: number, use: MemoryUse): void {
    this.memory[task] = use;
    this.totals.memoryBytes = this.memory.reduce((sum, held) => sum + memoryBytes(held), this.committing);
    try {
      checkMemory(this.parts.memory, this.memory, this.committing);
    } catch (cause) {
      this.fail(cause);
    }
  }

  private fail(cause: unknown): void {
    this.failure ??= { cause };
    this.replies.fail(cause);
    this.wakeup.wake();
  }

  /** Has the tasks close what they opened; those that do not answer in time are ended. */
  async close(): Promise<void> {
    // A commit that is on its way would otherwise say "running" after the cause of the end was recorded.
    const soon = sleep(CLOSE_WITHIN_MS, undefined, { ref: false });
    await Promise.race([this.inFlight, soon]);
    if (this.failure === null) {
      const closed = this.replies.expect('closed');
      this.tell({ kind: 'close' });
      await Promise.race([closed.catch(() => undefined), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    }
    await Promise.all(this.parts.tasks.map((task) => task.end()));
  }
}

function tasksWhere(shares: readonly EpochShare[], holds: (share: EpochShare) => boolean): number[] {
  return shares.flatMap((share, task) => (holds(share) ? [task] : []));
}
