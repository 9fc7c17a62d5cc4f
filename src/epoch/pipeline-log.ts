// The durable side of one pipeline, for the task that runs it: take over, recover, then commit epoch after epoch. The task
// may compute epoch n + 1 while n commits, but hands in n + 1 only when n is durable.

import { MillraceError } from '../errors.ts';
import { backoffMs } from '../postgres/backoff.ts';
import { checkPlan } from './check-plan.ts';
import type { CommitEvent, CommitState } from './commit-machine.ts';
import { next } from './commit-machine.ts';
import type { CommitPort, SegmentContent, TakenOver } from './commit-port.ts';
import { commitSteps, foldAhead } from './commit-steps.ts';
import type { Segment, StoredSegment, WritePlan } from './write-plan.ts';

/** State formats that this build reads. */
const STATE_VERSION = 1;

export class PipelineLog {
  /** Where the pipeline stood when it was taken over. */
  readonly start: TakenOver;
  readonly #port: CommitPort;
  readonly #writer: string;
  readonly #observe: (state: CommitState) => void;
  /** Written ahead and not yet published, with their folds, which must not be dropped. */
  readonly #ahead = new Map<StoredSegment, number>();
  #state: CommitState;

  private constructor(port: CommitPort, writer: string, start: TakenOver, options: LogOptions) {
    const { generation, epoch, ts, fold } = start;
    this.start = start;
    this.#port = port;
    this.#writer = writer;
    this.#observe = options.observe ?? (() => {});
    this.#state = { kind: 'idle', generation, epoch, ts, fold };
  }

  /**
   * Takes the pipeline over from whoever had it; an absent database is waited for. From here on every other writer is
   * fenced. `writer` is a UUID that nobody else uses.
   */
  static async takeOver(port: CommitPort, writer: string, options: LogOptions = {}): Promise<PipelineLog> {
    const start = await untilAnswered(port, () => port.takeOver(writer));
    if (start.stateVersion > STATE_VERSION)
      throw new MillraceError({
        code: 'STATE_NEWER',
        message: `the state of this pipeline has format ${start.stateVersion}; this build reads up to ${STATE_VERSION}`,
        domain: 'external',
        hint: 'run the newer Millrace, or drop the pipeline and create it again; nothing was touched',
      });
    return new PipelineLog(port, writer, start, options);
  }

  get state(): CommitState {
    return this.#state;
  }

  /** The state as of the epoch that was taken over, piece by piece: of each task the snapshot first, then deltas in order. */
  async *segments(): AsyncGenerator<SegmentContent, void, undefined> {
    const manifest = this.start.manifest;
    let delivered = 0;
    for (let attempt = 1; delivered < manifest.length; attempt++) {
      try {
        for await (const segment of this.#port.readSegments(manifest.slice(delivered))) {
          delivered++;
          attempt = 1;
          yield segment;
        }
        if (delivered < manifest.length) throw missingState(manifest.length - delivered);
      } catch (error) {
        if (!this.#port.isTransient(error)) throw await this.#unlessFenced(error);
        await this.#port.pause(backoffMs(attempt, this.#port.random()));
      }
    }
  }

  /** A new owner may have folded and dropped what this one was still reading. */
  async #unlessFenced(error: unknown): Promise<unknown> {
    const owns = await untilAnswered(this.#port, () => this.#port.stillOwns(this.#writer));
    return owns ? error : fenced();
  }

  /**
   * Resolves when the plan is durable. Rejects with FENCED (somebody else owns the pipeline: discard memory, write nothing
   * more), with what Postgres said when it would say it again, or with the reason why waiting for Postgres was given up.
   */
  async commit(plan: WritePlan): Promise<void> {
    if (this.#state.kind === 'idle') checkPlan(plan, this.#state.epoch, this.#state.ts);
    this.#step({ kind: 'submit', plan });
    while (this.#state.kind !== 'idle') this.#step(await this.#act(this.#state));
    for (const stored of plan.state.ahead) this.#ahead.delete(stored);
  }

  /**
   * Writes a large segment before the commit that publishes it (`state.ahead`), beside commits that may be under way.
   * `epoch`: the one to commit for a delta, the last contained one for a snapshot.
   */
  async writeAhead(segment: Segment, epoch: number): Promise<StoredSegment> {
    const { generation, fold } = this.#writing();
    const { task, kind, part, bytes } = segment;
    const stored = { task, epoch, kind, part, generation, fold: foldAhead(fold), size: bytes.length };
    this.#ahead.set(stored, stored.fold);
    await untilAnswered(this.#port, () => this.#port.writeAhead(stored, bytes));
    return stored;
  }

  /** Frees the space of segments that were superseded; at leisure, after a commit that published snapshots. */
  async dropOldFolds(): Promise<void> {
    const { fold } = this.#writing();
    try {
      await this.#port.dropFolds(Math.min(fold, ...this.#ahead.values()));
    } catch (error) {
      // It is done with the next.
      if (!this.#port.isTransient(error)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#port.close();
  }

  async #act(state: CommitState): Promise<CommitEvent> {
    switch (state.kind) {
      case 'committing':
        return this.#port.commit(commitSteps(state.plan, state));
      case 'in-doubt':
        await this.#port.pause(backoffMs(state.attempt, this.#port.random()));
        return this.#port.retake(this.#writer, state.target);
      case 'fenced':
        throw fenced();
      case 'failed':
        throw state.cause;
      case 'idle':
        throw new Error('an idle log has nothing to do');
    }
  }

  #writing(): { readonly generation: number; readonly fold: number } {
    if (this.#state.kind === 'fenced') throw fenced();
    if (this.#state.kind === 'failed') throw this.#state.cause;
    return this.#state;
  }

  #step(event: CommitEvent): void {
    this.#state = next(this.#state, event);
    this.#observe(this.#state);
  }
}

export interface LogOptions {
  /** Told of every state: for metrics, and to say since when Postgres is away. */
  readonly observe?: (state: CommitState) => void;
}

/** Postgres being away is no reason to give up; only its deterministic answers and the end of waiting are. */
async function untilAnswered<T>(port: CommitPort, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!port.isTransient(error)) throw error;
      await port.pause(backoffMs(attempt, port.random()));
    }
  }
}

function fenced(): MillraceError {
  return new MillraceError({
    code: 'FENCED',
    message: 'another writer has taken this pipeline over',
    domain: 'external',
    hint: 'nothing is lost: the other writer goes on from the last committed epoch',
  });
}

function missingState(segments: number): MillraceError {
  return new MillraceError({
    code: 'STATE_MISSING',
    message: `${segments} segments of the pipeline's state are named in the manifest but are not in the database`,
    domain: 'external',
    hint: 'restore the schema millrace_state together with millrace, or drop the pipeline and create it again',
  });
}
