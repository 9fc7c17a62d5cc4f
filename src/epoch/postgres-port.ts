// The commit port on a real Postgres: one connection for the commits of one pipeline, and short-lived ones for the rest.

import { MillraceError } from '../errors.ts';
import { pause } from '../postgres/backoff.ts';
import type { CommandTag } from '../postgres/burst.ts';
import { BurstError } from '../postgres/burst.ts';
import type { Connection } from '../postgres/connection.ts';
import { connect } from '../postgres/connection.ts';
import { isTransient, sqlState } from '../postgres/sql-errors.ts';
import type { CommitOutcome, CommitPort, RetakeOutcome, SegmentContent, TakenOver } from './commit-port.ts';
import type { CommitStep } from './commit-steps.ts';
import { statementsOf } from './step-sql.ts';
import { dropUnnamedFolds, readStored, writeStored } from './stored-state.ts';
import { evictWriter, isWriter, retakePipeline, takePipelineOver, writerName } from './takeover.ts';
import type { StoredSegment } from './write-plan.ts';

export interface PostgresPortOptions {
  readonly url: string;
  readonly pipelineId: number;
  /** Ends waiting for an absent Postgres. */
  readonly signal: AbortSignal;
  /** A connection that leaves a commit, or anything else, unanswered for this long is taken for lost. */
  readonly commitTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  /** How long a takeover waits for a commit in flight before it ends that connection. */
  readonly evictAfterMs?: number;
  readonly connectTimeoutMs?: number;
  readonly random?: () => number;
  /** How a step is spelled in SQL; the tests put mistakes here. */
  readonly spell?: typeof statementsOf;
}

export class PostgresPort implements CommitPort {
  readonly #options: Required<PostgresPortOptions>;
  #committing: Connection | undefined;

  constructor(options: PostgresPortOptions) {
    this.#options = {
      commitTimeoutMs: 120_000,
      statementTimeoutMs: 60_000,
      evictAfterMs: 3_000,
      connectTimeoutMs: 10_000,
      random: Math.random,
      spell: statementsOf,
      ...options,
    };
  }

  async takeOver(writer: string): Promise<TakenOver> {
    return this.#evicting((connection) => takePipelineOver(connection, this.#options.pipelineId, writer));
  }

  async retake(writer: string, target: number): Promise<RetakeOutcome> {
    try {
      const { pipelineId } = this.#options;
      return await this.#evicting((connection) => retakePipeline(connection, pipelineId, writer, target));
    } catch (cause) {
      return isTransient(cause) ? { kind: 'away', cause } : { kind: 'rejected', cause };
    }
  }

  async commit(steps: readonly CommitStep[]): Promise<CommitOutcome> {
    try {
      this.#committing ??= await this.#connect(writerName(this.#options.pipelineId));
      return await this.#burst(this.#committing, steps);
    } catch (cause) {
      this.#committing?.destroy();
      this.#committing = undefined;
      return isTransient(cause) ? { kind: 'broken', cause } : { kind: 'rejected', cause };
    }
  }

  stillOwns(writer: string): Promise<boolean> {
    return this.#briefly((connection) => isWriter(connection, this.#options.pipelineId, writer));
  }

  async *readSegments(manifest: readonly StoredSegment[]): AsyncGenerator<SegmentContent, void, undefined> {
    const connection = await this.#connect('millrace recovery', 0);
    const segments = readStored(connection, this.#options.pipelineId, manifest);
    try {
      for (;;) {
        const { value, done } = await this.#answered(connection, segments.next());
        if (done === true) return;
        yield value;
      }
    } finally {
      await connection.close();
    }
  }

  writeAhead(stored: StoredSegment, bytes: Buffer): Promise<void> {
    return this.#briefly((connection) => writeStored(connection, this.#options.pipelineId, stored, bytes));
  }

  dropFolds(fold: number): Promise<void> {
    return this.#briefly((connection) => dropUnnamedFolds(connection, this.#options.pipelineId, fold));
  }

  isTransient(error: unknown): boolean {
    return isTransient(error);
  }

  pause(ms: number): Promise<void> {
    return pause(ms, this.#options.signal);
  }

  random(): number {
    return this.#options.random();
  }

  async close(): Promise<void> {
    await this.#committing?.close();
    this.#committing = undefined;
  }

  async #burst(connection: Connection, steps: readonly CommitStep[]): Promise<CommitOutcome> {
    const spelled = steps.map((step) => this.#options.spell(step, this.#options.pipelineId));
    try {
      const tags = await connection.burst(spelled.flat(), this.#options.commitTimeoutMs);
      return committed(tags);
    } catch (error) {
      const sizes = spelled.map((statements) => statements.length);
      const failed = error instanceof BurstError ? stepAt(steps, sizes, error.index) : undefined;
      if (failed?.kind === 'fence' && sqlState(error) === '22012') {
        this.#committing = undefined;
        return { kind: 'fence-raised' };
      }
      throw isTransient(error) ? error : refused(error, failed);
    }
  }

  #connect(applicationName: string, statementTimeoutMs?: number): Promise<Connection> {
    const { url, connectTimeoutMs, evictAfterMs } = this.#options;
    // Whoever takes over or tidies up waits for locks only so long, and does not hold the fence when it hangs itself.
    const impatient = applicationName === TAKEOVER || applicationName === TIDYING;
    return connect(url, {
      applicationName,
      connectTimeoutMs,
      byIndex: applicationName === writerName(this.#options.pipelineId),
      ...(impatient ? { lockTimeoutMs: evictAfterMs, idleInTransactionTimeoutMs: evictAfterMs } : {}),
      statementTimeoutMs: statementTimeoutMs ?? this.#options.statementTimeoutMs,
    });
  }

  async #briefly<T>(run: (connection: Connection) => Promise<T>, name = TIDYING): Promise<T> {
    const connection = await this.#connect(name);
    try {
      return await this.#answered(connection, run(connection));
    } finally {
      await connection.close();
    }
  }

  /** A server that accepts and never answers is cut off, here as in a commit. */
  async #answered<T>(connection: Connection, answer: Promise<T>): Promise<T> {
    const timer = setTimeout(() => connection.destroy(), this.#options.commitTimeoutMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A writer that hangs in the middle of its commit holds the fence: after a while its connection is ended. */
  #evicting<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#briefly(async (connection) => {
      try {
        return await run(connection);
      } catch (error) {
        if (sqlState(error) !== '55P03') throw error;
        await evictWriter(connection, this.#options.pipelineId);
        return run(connection);
      }
    }, TAKEOVER);
  }
}

const TAKEOVER = 'millrace takeover';
const TIDYING = 'millrace state';

/** COMMIT of a transaction that had failed is answered with ROLLBACK, without an error. */
function committed(tags: readonly CommandTag[]): CommitOutcome {
  const { command } = tags[tags.length - 1]!;
  if (command === 'COMMIT') return { kind: 'committed' };
  return { kind: 'broken', cause: new Error(`COMMIT was answered with ${command}`) };
}

/** The step that the failed statement belongs to. */
function stepAt(
  steps: readonly CommitStep[],
  sizes: readonly number[],
  statement: number,
): CommitStep | undefined {
  let passed = 0;
  return steps.find((_, index) => (passed += sizes[index]!) > statement);
}

function refused(error: unknown, failed: CommitStep | undefined): MillraceError {
  const state = sqlState(error);
  const message = error instanceof Error ? error.message : String(error);
  const counted =
    failed?.kind === 'view' && failed.step.kind === 'sql' && failed.step.expectRows !== undefined;
  if (counted && state === '22012')
    return new MillraceError({
      code: 'VIEW_DIVERGED',
      message: `view ${failed.viewId} does not hold the rows that its pipeline last wrote`,
      domain: 'internal',
      hint: 'somebody else may have written to the table of the view: drop the pipeline and create it again',
      cause: error,
    });
  const where = failed === undefined ? '' : ` at step "${failed.kind}"`;
  return new MillraceError({
    code: 'EPOCH_REJECTED',
    message: `Postgres refused an epoch${where}: ${message}${state === undefined ? '' : ` (${state})`}`,
    domain: 'external',
    hint: 'nothing of the epoch was kept; mend what Postgres names, then ALTER … RESUME',
    cause: error,
  });
}
