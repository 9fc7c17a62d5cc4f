// The loop that runs a pipeline: input → operators → epoch → commit, over and over. One epoch computes while the one before it
// commits. Everything the loop decides is in the files beside it (lateness, pace, state keeping); here is only the order.
//
//   running ── stop() ──▶ draining ──▶ stopped
//      │ bounded input ends: last epoch, status finished ──▶ finished
//      └ an error: thrown by run(); memory is void, the last committed epoch is the truth

import { setImmediate as nextTurn } from 'node:timers/promises';
import { nextEpochTs } from '../epoch/write-plan.ts';
import type { PipelineStatus, ViewErrorChange, WritePlan } from '../epoch/write-plan.ts';
import type { Dataflow } from '../operators/dataflow.ts';
import type { NodeId } from '../physical/graph.ts';
import type { EpochPace } from './epoch-pace.ts';
import type { StateKeeper } from './state-keeper.ts';
import type { EndOutput, TaskEnd } from './task-end.ts';
import type { TaskInput } from './task-input.ts';
import { Wakeup } from './wakeup.ts';

export interface PipelineTaskParts {
  readonly pipelineId: number;
  readonly inputs: readonly TaskInput[];
  readonly dataflow: Dataflow;
  readonly state: StateKeeper;
  /** By the node that they end. */
  readonly ends: ReadonlyMap<NodeId, TaskEnd>;
  /** Filled by the operators during the epoch. */
  readonly errors: ViewErrorChange[];
  readonly pace: EpochPace;
  /** Durable, or rejected: see PipelineLog.commit. */
  readonly commit: (plan: WritePlan) => Promise<void>;
  readonly clock: () => bigint;
  readonly observer: TaskObserver;
  /** The last committed epoch, where this run starts. */
  readonly epoch: number;
  readonly ts: bigint;
  /** How often, in milliseconds, time is looked at when no input comes. */
  readonly tickMs: number;
  /** Fails the task when an input has had too many bad records. */
  readonly checkInput: (input: TaskInput) => void;
}

export interface TaskObserver {
  epochCommitted(plan: WritePlan, commitMs: number): void;
}

interface Collected {
  startedAt: bigint;
  rowsIn: number;
  bytesIn: number;
}

/** Rows in a turn of the event loop: fetching, commits and readers of views get their turn in between. */
const TURN_MS = 8;

export class PipelineTask {
  private readonly parts: PipelineTaskParts;
  private readonly wakeup = new Wakeup();
  private epoch: number;
  private ts: bigint;
  private stopping = false;
  private inFlight: Promise<void> | null = null;
  private failure: { readonly cause: unknown } | null = null;
  /** Live figures. */
  readonly totals = { rowsIn: 0, bytesIn: 0, rowsOut: 0, epochs: 0, lateRows: 0, deadLetters: 0 };

  constructor(parts: PipelineTaskParts) {
    this.parts = parts;
    this.epoch = parts.epoch;
    this.ts = parts.ts;
    for (const input of parts.inputs) input.reader.onReady(() => this.wakeup.wake());
  }

  /** Ends the epoch at hand, commits it, and lets run() return. */
  stop(): void {
    this.stopping = true;
    this.wakeup.wake();
  }

  /** Runs until stopped or finished. Rejects with what failed; what was not committed is then void. */
  async run(): Promise<'stopped' | 'finished'> {
    // The first epoch commits the positions that "latest" or a timestamp resolved to, before anything is read.
    let first = true;
    for (;;) {
      const collected = await this.collect(first);
      first = false;
      const finished = this.inputsFinished();
      await this.settle();
      const plan = this.endEpoch(collected, finished ? 'finished' : 'running');
      this.startCommit(plan.plan, plan.outputs);
      await this.checkInputs();
      if (finished || this.stopping) {
        await this.settle();
        return finished ? 'finished' : 'stopped';
      }
    }
  }

  /** What an input had too much of is committed before the task fails for it, so that going on later does not meet it again. */
  private async checkInputs(): Promise<void> {
    try {
      for (const input of this.parts.inputs) this.parts.checkInput(input);
    } catch (error) {
      await this.settle();
      throw error;
    }
  }

  /** Takes input until the epoch is over. */
  private async collect(immediately: boolean): Promise<Collected> {
    const collected: Collected = { startedAt: this.parts.clock(), rowsIn: 0, bytesIn: 0 };
    if (immediately) return collected;
    let started = performance.now();
    let turn = started;
    for (;;) {
      if (this.failure !== null) throw this.failure.cause;
      if (this.stopping) return collected;
      const took = this.takeOne(collected);
      const now = performance.now();
      if (took) {
        const { bytesIn } = collected;
        if (this.parts.pace.isOver(now - started, bytesIn, true, this.inFlight !== null)) return collected;
        if (now - turn >= TURN_MS) {
          await nextTurn();
          turn = performance.now();
        }
        continue;
      }
      const empty = collected.rowsIn === 0 && collected.bytesIn === 0;
      if (!empty && this.parts.pace.isOver(now - started, collected.bytesIn, false, this.inFlight !== null))
        return collected;
      if (empty && (this.timeMoved() || this.untilDeadline() === 0)) return collected;
      await this.wakeup.wait(empty ? this.untilDeadline() : Math.min(this.parts.tickMs, 20));
      if (empty) {
        started = performance.now();
        turn = started;
        collected.startedAt = this.parts.clock();
      }
    }
  }

  /** One chunk of each input that has one. */
  private takeOne(collected: Collected): boolean {
    let took = false;
    for (const input of this.parts.inputs) {
      const chunk = input.reader.take();
      if (chunk === undefined) continue;
      took = true;
      collected.rowsIn += chunk.columns.count;
      collected.bytesIn += chunkBytes(chunk.columns.valueStart, chunk.columns.valueEnd, chunk.columns.count);
      const batch = input.stage.take(chunk);
      if (batch.rows > 0) this.parts.dataflow.push(input.stage.node.id, batch);
      input.processed(chunk);
    }
    return took;
  }

  /** Idleness or the end of bounded input changed what the watermark is. */
  private timeMoved(): boolean {
    let moved = false;
    for (const input of this.parts.inputs) if (input.observe()) moved = true;
    return moved || this.inputsFinished();
  }

  /** Milliseconds until an operator has something to do by the clock, at most a tick. */
  private untilDeadline(): number {
    const deadline = this.parts.dataflow.nextDeadline();
    if (deadline === null) return this.parts.tickMs;
    const left = Number(deadline - this.parts.clock());
    return left <= 0 ? 0 : Math.min(this.parts.tickMs, Math.ceil(left / 1000));
  }

  private inputsFinished(): boolean {
    return this.parts.inputs.length > 0 && this.parts.inputs.every((input) => input.finished);
  }

  private endEpoch(
    collected: Collected,
    status: PipelineStatus,
  ): { plan: WritePlan; outputs: readonly EndOutput[] } {
    const { parts } = this;
    for (const input of parts.inputs) {
      input.observe();
      input.stage.clock.advance();
      input.holdDrift();
    }
    const ts = nextEpochTs(this.ts, parts.clock());
    const clocks = new Map(parts.inputs.map((input) => [input.stage.node.id, input.stage.clock]));
    for (let level = 0; level < parts.dataflow.levelCount; level++)
      parts.dataflow.endLevel(level, (scan) => clocks.get(scan)?.closedThrough() ?? null, ts);
    const epoch = this.epoch + 1;
    const outputs = [...parts.ends.values()].map((end) => end.endEpoch(epoch));
    const progress = parts.inputs.map((input) => input.progress());
    const rowsOut = outputs.reduce((sum, output) => sum + output.rows, 0);
    const plan: WritePlan = {
      pipelineId: parts.pipelineId,
      epoch,
      ts,
      partitions: progress.flatMap((p) => p.partitions),
      sources: progress.flatMap((p) => (p.source === null ? [] : [p.source])),
      state: parts.state.endEpoch(epoch),
      views: outputs.flatMap((output) => output.changes ?? []),
      changelog: outputs.flatMap((output) => output.changelog),
      lateRows: parts.inputs.flatMap((input) => input.stage.lateRows.splice(0)),
      deadLetters: parts.inputs.flatMap((input) => input.stage.deadLetters.splice(0)),
      viewErrors: parts.errors.splice(0),
      statistics: { ...collected, rowsOut, stateBytes: parts.state.bytes() },
      status,
    };
    this.epoch = epoch;
    this.ts = plan.ts;
    this.count(plan);
    return { plan, outputs };
  }

  private count(plan: WritePlan): void {
    const { totals } = this;
    totals.epochs++;
    totals.rowsIn += plan.statistics.rowsIn;
    totals.bytesIn += plan.statistics.bytesIn;
    totals.rowsOut += plan.statistics.rowsOut;
    totals.lateRows += plan.lateRows.length;
    totals.deadLetters += plan.deadLetters.length;
  }

  private startCommit(plan: WritePlan, outputs: readonly EndOutput[]): void {
    this.inFlight = this.commit(plan, outputs)
      .catch((cause: unknown) => {
        this.failure = { cause };
      })
      .finally(() => {
        this.inFlight = null;
        this.wakeup.wake();
      });
  }

  private async commit(plan: WritePlan, outputs: readonly EndOutput[]): Promise<void> {
    const begun = performance.now();
    const staged = await Promise.all(outputs.flatMap((output) => output.stage?.() ?? []));
    const whole = staged.length === 0 ? plan : { ...plan, views: [...plan.views, ...staged] };
    await this.parts.commit(whole);
    const ms = performance.now() - begun;
    this.parts.pace.committed(ms);
    for (const output of outputs) await output.afterCommit?.();
    this.parts.observer.epochCommitted(whole, ms);
  }

  /** Waits until no commit is in flight. */
  private async settle(): Promise<void> {
    await this.inFlight;
    if (this.failure !== null) throw this.failure.cause;
  }
}

function chunkBytes(starts: Int32Array, ends: Int32Array, count: number): number {
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += ends[i]! - starts[i]!;
  return bytes;
}
