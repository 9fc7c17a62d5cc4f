// A view of another pipeline as an input of a task. Its position commits with the epoch, in the row of the registered reader.

import type { Batch } from '../data/batch.ts';
import type { NodeId } from '../physical/graph.ts';
import type { SqlStep } from '../postgres/write-step.ts';
import type { Loaded, LogPosition, ViewLog } from '../views/view-log.ts';
import type { EpochInput, InputProgress, Taken } from './epoch-input.ts';
import type { SourceReport, SourceTime } from './messages.ts';

/** A position that moved over commits without news for this input is written after this time, for retention. */
const WRITE_EVERY_MS = 1000;

/** The log of a view that is followed. */
export type FollowedLog = Pick<ViewLog, 'onReady' | 'take' | 'committed' | 'bytes' | 'close'>;

export interface LogInputParts {
  readonly node: NodeId;
  readonly viewId: number;
  readonly reader: string;
  /** Null: another task reads it. */
  readonly log: FollowedLog | null;
  readonly position: LogPosition;
  /** As committed last. */
  readonly watermark: bigint | null;
}

export class LogInput implements EpochInput {
  readonly sourceId: number;
  readonly node: NodeId;
  readonly identity = null;
  readonly rejected = 0;
  finished: boolean;
  private readonly parts: LogInputParts;
  private position: LogPosition;
  private watermark: bigint | null;
  private written: LogPosition | null = null;
  private writtenAt = 0;
  /** What a report has told last. */
  private told: { watermark: bigint | null; finished: boolean };

  constructor(parts: LogInputParts) {
    this.parts = parts;
    this.sourceId = parts.viewId;
    this.node = parts.node;
    this.position = parts.position;
    this.watermark = parts.watermark;
    this.finished = parts.log === null;
    this.told = { watermark: parts.watermark, finished: this.finished };
  }

  onReady(listener: () => void): void {
    this.parts.log?.onReady(listener);
  }

  take(push: (batch: Batch) => void): Taken | undefined {
    const step = this.parts.log?.take();
    if (step === undefined) return undefined;
    let rows = 0;
    for (const batch of step.batches()) {
      rows += batch.rows;
      if (batch.rows > 0) push(batch);
    }
    this.position = step.position;
    if (step.watermark !== null) this.watermark = step.watermark;
    this.finished = step.finished;
    return { rows, bytes: rows === 0 ? 0 : step.bytes };
  }

  observe(): boolean {
    if (this.watermark !== this.told.watermark || this.finished !== this.told.finished) return true;
    const moved = this.parts.log !== null && this.position !== this.written;
    return moved && performance.now() - this.writtenAt >= WRITE_EVERY_MS;
  }

  report(): SourceReport {
    const { watermark: max, finished, sourceId } = this;
    this.told = { watermark: max, finished };
    const partitions = this.parts.log === null ? [] : [{ partition: 0, max, idle: false, finished }];
    return { sourceId, partitions };
  }

  advance({ watermark }: SourceTime): bigint | null {
    return watermark;
  }

  progress(): InputProgress {
    const { log, viewId } = this.parts;
    const nothing = { partitions: [], lateRows: [], deadLetters: [], position: null };
    if (log === null || this.position === this.written) return nothing;
    this.written = this.position;
    this.writtenAt = performance.now();
    const { epoch } = this.position;
    const partition = {
      sourceId: viewId,
      partition: 0,
      nextOffset: epoch + 1,
      maxEventTime: this.watermark,
      idle: false,
      logEndOffset: Math.max(log.committed, epoch) + 1,
      endOffset: null,
    };
    return { ...nothing, partitions: [partition], position: { viewId, steps: [this.positionStep()] } };
  }

  private positionStep(): SqlStep {
    const { loaded, epoch } = this.position;
    const loading = loaded.kind === 'all' ? null : JSON.stringify(storedPlace(loaded));
    return {
      kind: 'sql',
      name: 'millrace_reader_position',
      text: `UPDATE millrace.changelog_readers SET epoch = $3::bigint, loading = $4::jsonb, updated_at = now(),
               lost = $3::bigint < coalesce((SELECT t.epoch FROM millrace.changelog_trimmed t WHERE t.view_id = $2::bigint), 0)
              WHERE reader = $1::text AND view_id = $2::bigint`,
      values: [this.parts.reader, this.parts.viewId, epoch, loading],
      expectRows: 1,
    };
  }

  lag(): number {
    const { log } = this.parts;
    if (log === null) return 0;
    const loading = this.position.loaded.kind === 'all' ? 0 : 1;
    return Math.max(loading, log.committed - this.position.epoch);
  }

  bytes(): number {
    return this.parts.log?.bytes ?? 0;
  }

  close(): Promise<void> {
    return this.parts.log?.close() ?? Promise.resolve();
  }
}

/** Where nothing is loaded yet, it reads as it was registered. */
function storedPlace({ place, rows }: Extract<Loaded, { kind: 'up to' }>): object {
  return place === null ? { upTo: null } : { upTo: place.texts, rows };
}
