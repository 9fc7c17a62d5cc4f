// A task: takes chunks of its partitions and rows that other tasks send, pushes them through its operators, and ends epochs when
// the coordinator says so. It decides nothing about epochs and writes nothing: see messages.ts for what is said, and when.
//
//   collecting ── cut ──▶ cut ── end ──▶ ending, level by level ──▶ collecting, the next epoch

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch } from '../data/batch.ts';
import type { SegmentContent } from '../epoch/commit-port.ts';
import type { ViewErrorChange } from '../epoch/write-plan.ts';
import type { Dataflow } from '../operators/dataflow.ts';
import type { NodeId } from '../physical/graph.ts';
import type { Channel } from './channel.ts';
import type { EpochInput } from './epoch-input.ts';
import type { Exchanges } from './exchanges.ts';
import type {
  CutReport,
  EpochEnd,
  EpochShare,
  FromTask,
  InputReport,
  TaskFigures,
  ToTask,
} from './messages.ts';
import type { MemoryCap, MemoryUse } from './memory-cap.ts';
import { checkMemory, NO_MEMORY } from './memory-cap.ts';
import { SliceSize } from './slice-size.ts';
import type { StateKeeper } from './state-keeper.ts';
import { toErrorMessage } from './task-error.ts';
import type { EndOutput, TaskEnd } from './task-end.ts';
import type { Wakeup } from './wakeup.ts';

export interface TaskParts {
  readonly inputs: readonly EpochInput[];
  readonly dataflow: Dataflow;
  readonly state: StateKeeper;
  /** By the node that they end. */
  readonly ends: ReadonlyMap<NodeId, TaskEnd>;
  /** Filled by the operators during the epoch. */
  readonly errors: ViewErrorChange[];
  /** Null: there are no other tasks. */
  readonly exchanges: Exchanges | null;
  readonly wakeup: Wakeup;
  /** The last committed epoch. */
  readonly epoch: number;
  /** Bytes of an epoch, as they come in or as they go out, after which the task waits for its end. */
  readonly maxEpochBytes: number;
  /** Of the whole pipeline. */
  readonly memory: MemoryCap;
  /** How often, in milliseconds, time is looked at when no input comes. */
  readonly tickMs: number;
}

/** A turn of the event loop: fetching and messages get their turn in between. */
const TURN_MS = 8;
/** What goes out is there as rows, as parameters of statements and as change log when an epoch ends. */
const WRITTEN_COPIES = 3;
/** About what a row whose expression failed takes until the epoch is written. */
const ERROR_BYTES = 512;

export class Task {
  private readonly parts: TaskParts;
  private readonly channel: Channel<ToTask, FromTask>;
  private readonly wakeup: Wakeup;
  private readonly inbox: ToTask[] = [];
  /** By input. */
  private readonly slices: readonly SliceSize[];
  private epoch: number;
  private rowsIn = 0;
  private bytesIn = 0;
  private endTold = false;
  private reported: Omit<InputReport, 'kind'> = {
    rows: 0,
    bytes: 0,
    more: false,
    lag: 0,
    memory: NO_MEMORY,
  };
  /** By epoch: output that sinks have still to stage or to publish. */
  private readonly outputs = new Map<number, readonly EndOutput[]>();

  constructor(parts: TaskParts, channel: Channel<ToTask, FromTask>) {
    this.parts = parts;
    this.channel = channel;
    this.wakeup = parts.wakeup;
    this.epoch = parts.epoch + 1;
    this.slices = parts.inputs.map(() => new SliceSize());
    for (const input of parts.inputs) input.onReady(() => this.wakeup.wake());
    parts.dataflow.onGrowth = () => checkMemory(parts.memory, [this.memory()]);
    channel.listen((message) => this.receive(message));
  }

  /** Runs until it is told to close, or fails, which it says. */
  async run(): Promise<void> {
    try {
      await this.live();
    } catch (error) {
      this.channel.post({ kind: 'failed', error: toErrorMessage(error) });
    }
    await this.close();
    this.channel.post({ kind: 'closed' });
  }

  private receive(message: ToTask): void {
    if (message.kind === 'stage') this.besides(this.stage(message.epoch));
    else if (message.kind === 'publish') this.besides(this.publish(message.epoch));
    else {
      this.inbox.push(message);
      this.wakeup.wake();
    }
  }

  private async live(): Promise<void> {
    await this.parts.state.recover(this.segments());
    const identities = this.parts.inputs.map(({ sourceId, identity }) => ({ sourceId, identity }));
    this.channel.post({ kind: 'ready', identities });
    for (;;) {
      if ((await this.collect()) === 'close') return;
      this.channel.post(this.cut());
      const end = await this.nextMessage();
      if (end.kind !== 'end') return;
      const share = await this.endEpoch(end);
      this.channel.post({ kind: 'share', share });
    }
  }

  private async *segments(): AsyncGenerator<SegmentContent> {
    for (;;) {
      const message = await this.nextMessage();
      if (message.kind === 'close') throw new Error('closed while it read its state');
      if (message.kind !== 'segment') return;
      yield message.content;
      const { length: bytes } = message.content.bytes;
      this.channel.post({ kind: 'recovered', bytes, memory: this.memory() });
    }
  }

  private async nextMessage(): Promise<ToTask> {
    while (this.inbox.length === 0) await this.wakeup.wait(this.parts.tickMs);
    return this.inbox.shift()!;
  }

  /** Takes input and exchanged rows until the epoch is cut. */
  private async collect(): Promise<'cut' | 'close'> {
    let turn = performance.now();
    for (;;) {
      const message = this.inbox.shift();
      if (message !== undefined) return message.kind === 'cut' ? 'cut' : 'close';
      const took = this.takeExchanged() || this.takeInput();
      if (took && performance.now() - turn < TURN_MS) continue;
      this.parts.exchanges?.flush();
      this.report(took, took || this.isFull() || !this.hasRoom());
      if (took) await nextTurn();
      else {
        if (this.timeMoved()) this.channel.post({ kind: 'moved' });
        await this.wakeup.wait(this.rowsIn + this.bytesIn === 0 ? this.parts.tickMs : 20);
      }
      turn = performance.now();
    }
  }

  private takeExchanged(): boolean {
    const { exchanges, dataflow } = this.parts;
    return exchanges?.takeOne((exchange, batch) => dataflow.push(exchange, batch)) ?? false;
  }

  private isFull(): boolean {
    return this.epochBytes() >= this.parts.maxEpochBytes;
  }

  /** Whichever is more of what came in and what goes out. */
  private epochBytes(): number {
    let out = 0;
    for (const end of this.parts.ends.values()) out += end.epochBytes();
    return Math.max(this.bytesIn, WRITTEN_COPIES * out);
  }

  private hasRoom(): boolean {
    return this.parts.exchanges?.hasRoom(0) ?? true;
  }

  /** One step of each input that has one. */
  private takeInput(): boolean {
    if (this.isFull() || !this.hasRoom()) return false;
    let took = false;
    for (const [i, input] of this.parts.inputs.entries()) {
      const { dataflow } = this.parts;
      const begun = performance.now();
      const held = this.epochBytes();
      const most = this.slices[i]!.next(dataflow.fanOut());
      const push = (batch: Batch): void => dataflow.push(input.node, batch);
      const taken = dataflow.timed(input.node, () => input.take(push, most));
      if (taken === undefined) continue;
      took = true;
      this.rowsIn += taken.rows;
      this.bytesIn += taken.bytes;
      const share = (this.epochBytes() - held) / this.parts.maxEpochBytes;
      this.slices[i]!.took(taken.rows, performance.now() - begun, share);
    }
    return took;
  }

  /** Under a backlog, having nothing to take is the pause between two fetches: there is more. */
  private report(took: boolean, busy: boolean): void {
    const { rowsIn: rows, reported } = this;
    const bytes = this.epochBytes();
    const lag = this.lag();
    const more = busy || lag > 0;
    const same = rows === reported.rows && bytes === reported.bytes && more === reported.more;
    if (!took && same && lag === reported.lag) return;
    this.reported = { rows, bytes, more, lag, memory: took ? this.memory() : reported.memory };
    this.channel.post({ kind: 'input', ...this.reported });
  }

  private memory(): MemoryUse {
    const { state, ends, inputs, exchanges, errors } = this.parts;
    let buffers = (exchanges?.bytes() ?? 0) + errors.length * ERROR_BYTES;
    for (const end of ends.values()) buffers += end.bytes();
    for (const input of inputs) buffers += input.bytes();
    return { tables: state.bytesByTable(), buffers };
  }

  private lag(): number {
    return this.parts.inputs.reduce((sum, input) => sum + input.lag(), 0);
  }

  /** Idleness or the end of bounded input changed what the watermark is. */
  private timeMoved(): boolean {
    let moved = false;
    for (const input of this.parts.inputs) if (input.observe()) moved = true;
    const ended = this.finished() && !this.endTold;
    if (ended) this.endTold = true;
    return moved || ended;
  }

  private finished(): boolean {
    return this.parts.inputs.every((input) => input.finished);
  }

  private cut(): CutReport {
    this.parts.exchanges?.flush();
    for (const input of this.parts.inputs) input.observe();
    return {
      kind: 'cut',
      sources: this.parts.inputs.map((input) => input.report()),
      finished: this.finished(),
      lag: this.lag(),
    };
  }

  private async endEpoch(end: EpochEnd): Promise<EpochShare> {
    const { parts } = this;
    const closed = new Map<NodeId, bigint | null>();
    for (const input of parts.inputs) {
      const time = end.sources.find(({ sourceId }) => sourceId === input.sourceId)!;
      closed.set(input.node, input.advance(time));
    }
    for (let level = 0; level < parts.dataflow.levelCount; level++) {
      if (level > 0) await this.takeLevel(level - 1);
      parts.dataflow.endLevel(level, (node) => closed.get(node) ?? null, end.ts);
      parts.exchanges?.endLevel(level);
    }
    const share = await this.share(end.epoch);
    this.epoch = end.epoch + 1;
    parts.exchanges?.beginEpoch(this.epoch);
    return share;
  }

  /** Waits for all that the other tasks send to exchanges of a level. */
  private async takeLevel(level: number): Promise<void> {
    const { exchanges, dataflow } = this.parts;
    if (exchanges === null) return;
    while (!exchanges.takeLevel(level, (exchange, batch) => dataflow.push(exchange, batch))) {
      if (this.inbox.some((message) => message.kind === 'close')) throw new Error('closed within an epoch');
      await this.wakeup.wait(this.parts.tickMs);
    }
  }

  private async share(epoch: number): Promise<EpochShare> {
    const { parts } = this;
    const outputs = [...parts.ends].map(([node, end]) =>
      parts.dataflow.timed(node, () => end.endEpoch(epoch)),
    );
    const stages = outputs.some(({ stage }) => stage !== null);
    const publishes = outputs.some(({ afterCommit }) => afterCommit !== null);
    if (stages || publishes) this.outputs.set(epoch, outputs);
    const state = await parts.state.endEpochInTurns(epoch, nextTurn);
    const progress = parts.inputs.map((input) => input.progress());
    const share: EpochShare = {
      epoch,
      partitions: progress.flatMap((p) => p.partitions),
      state,
      views: [
        ...outputs.flatMap((output) => output.changes ?? []),
        ...progress.flatMap((p) => p.position ?? []),
      ],
      changelog: outputs.flatMap((output) => output.changelog),
      lateRows: progress.flatMap((p) => p.lateRows),
      deadLetters: progress.flatMap((p) => p.deadLetters),
      replayed: progress.flatMap((p) => p.replayed ?? []),
      viewErrors: parts.errors.splice(0),
      deadline: parts.dataflow.nextDeadline(),
      stages,
      publishes,
      figures: this.figures(outputs.reduce((sum, output) => sum + output.rows, 0)),
    };
    this.rowsIn = 0;
    this.bytesIn = 0;
    this.reported = { ...this.reported, rows: 0, bytes: 0, more: false };
    return share;
  }

  private figures(rowsOut: number): TaskFigures {
    const { inputs, state, dataflow, exchanges } = this.parts;
    return {
      rowsIn: this.rowsIn,
      bytesIn: this.bytesIn,
      rowsOut,
      stateBytes: state.bytes(),
      memory: this.memory(),
      nextClose: dataflow.nextClose(),
      rejected: inputs.map(({ sourceId, rejected }) => [sourceId, rejected]),
      nodes: dataflow.figures(),
      rowsSent: exchanges?.rowsSent() ?? [],
    };
  }

  private async stage(epoch: number): Promise<void> {
    const outputs = this.outputs.get(epoch) ?? [];
    const views = await Promise.all(outputs.flatMap((output) => output.stage?.() ?? []));
    this.channel.post({ kind: 'staged', epoch, views });
  }

  private async publish(epoch: number): Promise<void> {
    for (const output of this.outputs.get(epoch) ?? []) await output.afterCommit?.();
    this.outputs.delete(epoch);
    this.channel.post({ kind: 'published', epoch });
  }

  /** What runs beside the epochs fails the task as well. */
  private besides(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.channel.post({ kind: 'failed', error: toErrorMessage(error) });
    });
  }

  private async close(): Promise<void> {
    await Promise.all(this.parts.inputs.map((input) => input.close()));
    await Promise.all([...this.parts.ends.values()].map((end) => end.close()));
  }
}
