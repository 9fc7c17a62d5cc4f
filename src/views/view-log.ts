// A view of another pipeline as an input: its rows, loaded in chunks while its changes go on, then its changes.
//
// The load is that of DBLog (Andreakis and Papapanagiotou, 2020), with versions in place of the watermarks that it writes into
// the log. At any time the rows with keys up to a place P are loaded, as of a version v. A step reads the chunk after P, which
// is of a version w ≥ v; the changes after v and up to w follow for keys up to P alone, then the chunk's rows enter, and P is
// its end. So after every step the input is the view as of one version, cut at P, and the position (version, place) resumes it.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import { gatherBatch } from '../data/gather.ts';
import { MillraceError } from '../errors.ts';
import { backoffMs, pause } from '../postgres/backoff.ts';
import type { Pool } from '../postgres/pool.ts';
import { isTransient } from '../postgres/sql-errors.ts';
import type { LogPage } from './change-log.ts';
import { readLog } from './change-log.ts';
import { decodeChanges } from './change-log-codec.ts';
import type { KeyPlace } from './key-place.ts';
import { rowsUpTo } from './key-place.ts';
import { changeBatches } from './log-batches.ts';
import { readChunk } from './view-chunk.ts';
import type { ViewLayout } from './view-layout.ts';

export interface LogPosition {
  /** The version of what was taken. */
  readonly epoch: number;
  readonly loaded: Loaded;
}

/** Which of the view's rows were taken: all, or those with keys up to a place; null: none. */
export type Loaded =
  | { readonly kind: 'all' }
  /** `rows`: how many those were. */
  | { readonly kind: 'up to'; readonly place: KeyPlace | null; readonly rows: number };

export interface LogStep {
  /** Decoded when asked. */
  readonly batches: () => readonly Batch[];
  readonly bytes: number;
  /** Where the reader stands when the step was taken. */
  readonly position: LogPosition;
  /** Of the view as of that position; null: not known there. */
  readonly watermark: bigint | null;
  readonly finished: boolean;
}

export interface ViewLogOptions {
  readonly pool: Pool;
  readonly layout: ViewLayout;
  readonly position: LogPosition;
  /** Calls the listener with the epoch after each commit of the view's pipeline; returns how to stop that. */
  readonly onCommit: (listener: (epoch: number) => void) => () => void;
  readonly chunkRows?: number;
}

const CHUNK_ROWS = 8192;
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** Commits in other processes are noticed so. */
const POLL_MS = 1000;

export class ViewLog {
  /** The last committed epoch of the view's pipeline, as far as known. */
  committed: number;
  private readonly options: ViewLogOptions;
  private readonly queue: LogStep[] = [];
  private queuedBytes = 0;
  /** Behind the last step of the queue. */
  private position: LogPosition;
  private told: bigint | null = null;
  private over = false;
  private failure: Error | null = null;
  private readonly closing = new AbortController();
  private readonly stopListening: () => void;
  private readonly pumping: Promise<void>;
  private listener: () => void = () => {};
  private wake: () => void = () => {};
  private rung = false;

  constructor(options: ViewLogOptions) {
    this.options = options;
    this.position = options.position;
    this.committed = options.position.epoch;
    this.stopListening = options.onCommit((epoch) => {
      this.committed = Math.max(this.committed, epoch);
      this.ring();
    });
    this.pumping = this.pump();
  }

  /** Read ahead. */
  get bytes(): number {
    return this.queuedBytes;
  }

  onReady(listener: () => void): void {
    this.listener = listener;
    if (this.queue.length > 0 || this.failure !== null) listener();
  }

  /** Throws READER_LOST, or what else ended it, after what was read before. */
  take(): LogStep | undefined {
    const step = this.queue.shift();
    if (step === undefined && this.failure !== null) throw this.failure;
    if (step === undefined) return undefined;
    const wasFull = this.queuedBytes >= MAX_QUEUED_BYTES;
    this.queuedBytes -= step.bytes;
    if (wasFull) this.ring();
    return step;
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.stopListening();
    this.ring();
    await this.pumping;
  }

  private async pump(): Promise<void> {
    for (let failures = 0; !this.closing.signal.aborted && !this.over;) {
      try {
        const moved = this.queuedBytes < MAX_QUEUED_BYTES && (await this.advance());
        failures = 0;
        if (!moved && !this.over) await this.rest();
      } catch (error) {
        if (this.closing.signal.aborted) return;
        if (!isTransient(error)) {
          this.failure = lost(error, this.options.layout);
          this.listener();
          return;
        }
        await pause(backoffMs(++failures, Math.random()), this.closing.signal).catch(() => {});
      }
    }
  }

  private async advance(): Promise<boolean> {
    const { loaded } = this.position;
    return loaded.kind === 'all' ? this.follow() : this.load(loaded);
  }

  private async load({ place, rows }: Extract<Loaded, { kind: 'up to' }>): Promise<boolean> {
    const { pool, layout, chunkRows } = this.options;
    const chunk = await readChunk(pool, layout, place, chunkRows ?? CHUNK_ROWS);
    this.committed = Math.max(this.committed, chunk.epoch);
    if (place !== null) await this.catchUp(chunk.epoch, place);
    const loaded: Loaded =
      chunk.end === null ? { kind: 'all' } : { kind: 'up to', place: chunk.end, rows: rows + chunk.rows };
    this.add({ epoch: chunk.epoch, loaded }, chunk.bytes, () => chunk.batches);
    return true;
  }

  /** Changes up to a version, of the rows that are loaded. */
  private async catchUp(upTo: number, place: KeyPlace): Promise<void> {
    while (this.position.epoch < upTo) {
      const page = await this.page(upTo);
      for (const { epoch, parts } of page.changes) this.addChanges(epoch, parts, place);
      this.position = { ...this.position, epoch: page.through };
    }
  }

  private async follow(): Promise<boolean> {
    const before = this.position.epoch;
    const page = await this.page();
    this.committed = Math.max(this.committed, page.committed);
    for (const { epoch, parts } of page.changes) this.addChanges(epoch, parts, null);
    if (!page.last) return true;
    const news = page.through > before || page.watermark !== this.told || page.finished;
    if (!news) return false;
    this.told = page.watermark;
    this.over = page.finished;
    const position = { epoch: page.through, loaded: this.position.loaded };
    this.add(position, 0, () => [], page.watermark, page.finished);
    return page.through > before;
  }

  private page(upTo?: number): Promise<LogPage> {
    const { pool, layout } = this.options;
    const { pipelineId, viewId } = layout;
    const after = this.position.epoch;
    return readLog(pool, { pipelineId, viewId, after, ...(upTo === undefined ? {} : { upTo }) });
  }

  private addChanges(epoch: number, parts: readonly Buffer[], place: KeyPlace | null): void {
    const { layout } = this.options;
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    this.add({ ...this.position, epoch }, bytes, () => {
      const all = parts.flatMap((part) => changeBatches(layout.schema, decodeChanges(part, layout.schema)));
      return place === null ? all : all.map((batch) => upTo(layout, batch, place));
    });
  }

  private add(
    position: LogPosition,
    bytes: number,
    batches: () => readonly Batch[],
    watermark: bigint | null = null,
    finished = false,
  ): void {
    this.position = position;
    this.queue.push({ batches, bytes, position, watermark, finished });
    this.queuedBytes += bytes;
    this.listener();
  }

  private ring(): void {
    this.rung = true;
    this.wake();
  }

  private async rest(): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rung = false;
  }
}

function upTo(layout: ViewLayout, batch: Batch, place: KeyPlace): Batch {
  const kept = rowsUpTo(layout, batch, place);
  if (kept.length === batch.rows) return batch;
  const part = newBatch(batch.schema, kept.length);
  gatherBatch(batch, kept, kept.length, part);
  return part;
}

function lost(error: unknown, layout: ViewLayout): Error {
  if (!(error instanceof MillraceError) || error.code !== 'CURSOR_EXPIRED')
    return error instanceof Error ? error : new Error(String(error));
  return readerLost(layout.name, error);
}

export function readerLost(view: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'READER_LOST',
    domain: 'external',
    message: `the change log of "${view}" no longer reaches back to where this pipeline stands`,
    hint: 'it had been stopped for longer than the change log is kept: its view is loaded again',
    retryable: true,
    cause,
  });
}
