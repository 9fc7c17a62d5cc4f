// One pipeline's life in this process: assembles its task, runs it, and decides what to do when it ends.
//
//   starting ──▶ running ──▶ finished                  (bounded input was read to its end)
//      │  ▲         │  ├─ pause() ──▶ paused ── resume() ──▶ starting
//      │  └─ backoff ◀─┤ an error that may pass
//      │               ├─ another writer came in ──▶ fenced ── unless stopped within FENCED_REST_MS ──▶ starting
//      │               ├─ more dead letters than the source allows, more memory than it may take ──▶ paused
//      │               ├─ an error that stays, or too many ──▶ failed ── resume() ──▶ starting
//      └───────────────┴─ stop() ──▶ stopped
//
// A failing pipeline touches no other. Restarting is recovery: memory is dropped, the last committed epoch is the truth.

import { MillraceError } from '../errors.ts';
import type { RecoveryProgress } from '../task/recovery.ts';
import type { TaskTotals } from '../task/task-totals.ts';
import type { AssembledTask } from './assemble.ts';

export type RunnerState =
  'starting' | 'running' | 'backoff' | 'paused' | 'failed' | 'finished' | 'stopped' | 'fenced';

export interface RunnerOptions {
  readonly assemble: () => Promise<AssembledTask>;
  /** Told of every change, to be shown in the catalog; must not throw. */
  readonly onState: (state: RunnerState, cause: unknown) => void;
  /** Restarts in a row, without a commit in between, after which the pipeline rests as failed. */
  readonly maxRestarts: number;
  readonly backoffMs: (failures: number) => number;
}

/** Errors that no restart mends. */
const STAYING: ReadonlySet<string> = new Set([
  'DATA_LOST',
  'TOPIC_RECREATED',
  'TOPIC_NOT_FOUND',
  'BAD_FORMAT',
  'STATE_INCOMPATIBLE',
  'STATE_MISSING',
  'STATE_NEWER',
  'VIEW_DEFECT',
  'INVALID_WRITE_PLAN',
  'CORRUPT_BATCH',
  'INPUT_LOST',
  'TRUNCATE_UNORDERED',
  'RECORD_TOO_LARGE',
  'UNSUPPORTED_RECORD_FORMAT',
  'UNSUPPORTED_COMPRESSION',
  'TOPIC_ACCESS_DENIED',
  'BROKER_AUTHENTICATION_FAILED',
]);

/** By then a service that leads no more knows it, and stops what it runs. */
const FENCED_REST_MS = 10_000;

/** Going on is for the user to decide. */
const PAUSING: ReadonlySet<string> = new Set(['TOO_MANY_DEAD_LETTERS', 'MEMORY_LIMIT']);

/** What ends in these states stays in them, whatever else is stopped or restarted. */
const RESTING: ReadonlySet<RunnerState> = new Set(['finished', 'failed', 'paused']);

export class PipelineRunner {
  private readonly options: RunnerOptions;
  private current: AssembledTask | null = null;
  private lastTotals: TaskTotals | null = null;
  private loop: Promise<void> | null = null;
  private wanted: 'running' | 'paused' | 'stopped' = 'stopped';
  private wakeBackoff: (() => void) | null = null;
  private failures = 0;
  /** While it reads its state back. */
  recovery: RecoveryProgress | null = null;
  state: RunnerState = 'stopped';
  cause: unknown = null;

  constructor(options: RunnerOptions) {
    this.options = options;
  }

  /** The running task; null while there is none. */
  get task(): AssembledTask | null {
    return this.current;
  }

  /** Of the running task, or of the last one. */
  get totals(): TaskTotals | null {
    return this.current?.task.totals ?? this.lastTotals;
  }

  start(): void {
    if (this.wanted === 'running' && this.loop !== null) return;
    this.wanted = 'running';
    this.failures = 0;
    this.loop ??= this.live().finally(() => {
      this.loop = null;
      if (this.wanted === 'running' && this.state === 'paused') this.start();
    });
  }

  /** Drains: the epoch at hand is committed. Resolves when nothing runs any more. */
  async pause(): Promise<void> {
    await this.end('paused');
    this.become('paused', null);
  }

  async stop(): Promise<void> {
    await this.end('stopped');
    if (!RESTING.has(this.state)) this.become('stopped', null);
  }

  private async end(wanted: 'paused' | 'stopped'): Promise<void> {
    this.wanted = wanted;
    this.current?.task.stop();
    this.wakeBackoff?.();
    await this.loop;
  }

  private become(state: RunnerState, cause: unknown): void {
    this.recovery = null;
    this.state = state;
    this.cause = cause;
    this.options.onState(state, cause);
  }

  private async live(): Promise<void> {
    while (this.wanted === 'running') {
      this.become('starting', null);
      try {
        const ended = await this.runOnce();
        if (ended === 'finished') return this.become('finished', null);
      } catch (cause) {
        const next = this.judge(cause);
        if (next === 'paused') this.wanted = 'paused';
        this.become(next, cause);
        if (next !== 'backoff' && next !== 'fenced') return;
        await this.rest(next === 'fenced' ? FENCED_REST_MS : this.options.backoffMs(this.failures));
      }
    }
  }

  private async runOnce(): Promise<'stopped' | 'finished'> {
    const assembled = await this.options.assemble();
    this.current = assembled;
    try {
      if (assembled.finished) return 'finished';
      if (this.wanted !== 'running') assembled.task.stop();
      this.become('running', null);
      const ended = await assembled.task.run();
      return ended;
    } finally {
      if (assembled.task.totals.epochs > 1) this.failures = 0;
      this.lastTotals = assembled.task.totals;
      this.current = null;
      await assembled.close();
    }
  }

  private judge(cause: unknown): 'backoff' | 'failed' | 'fenced' | 'paused' {
    this.failures++;
    if (cause instanceof MillraceError) {
      if (cause.code === 'FENCED') return 'fenced';
      if (PAUSING.has(cause.code)) return 'paused';
      if (STAYING.has(cause.code)) return 'failed';
      if (cause.retryable) return 'backoff';
    }
    return this.failures > this.options.maxRestarts ? 'failed' : 'backoff';
  }

  private async rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeBackoff = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeBackoff = null;
  }
}
