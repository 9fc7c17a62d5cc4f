// A view as the end of a task: its writer collects the epoch and encodes its net changes. Where its columns have event times, its
// watermark is kept beside it, so that time goes on in other pipelines that read it.

import type { Batch } from '../data/batch.ts';
import type { SqlStep } from '../postgres/write-step.ts';
import { timestampText } from '../postgres/values.ts';
import type { ViewWriter } from '../views/view-writer.ts';
import type { EndOutput, TaskEnd } from './task-end.ts';

export class ViewEnd implements TaskEnd {
  private readonly viewId: number;
  private readonly writer: ViewWriter;
  private readonly timed: boolean;
  private mark: bigint | null = null;
  private written: bigint | null = null;

  /** `timed`: some of its columns are bounded by the watermark. */
  constructor(viewId: number, writer: ViewWriter, timed: boolean) {
    this.viewId = viewId;
    this.writer = writer;
    this.timed = timed;
  }

  push(batch: Batch): void {
    this.writer.push(batch);
  }

  watermark(micros: bigint): void {
    this.mark = micros;
  }

  endEpoch(): EndOutput {
    const encoded = this.writer.encode();
    this.writer.clear();
    const steps = [...(encoded?.steps ?? []), ...this.watermarkSteps()];
    const { inserted, updated, deleted } = encoded?.counts ?? { inserted: 0, updated: 0, deleted: 0 };
    return {
      changes: steps.length === 0 ? null : { viewId: this.viewId, steps },
      changelog: encoded?.changeLogParts ?? [],
      rows: inserted + updated + deleted,
      stage: null,
      afterCommit: null,
    };
  }

  private watermarkSteps(): readonly SqlStep[] {
    if (!this.timed || this.mark === null || this.mark === this.written) return [];
    this.written = this.mark;
    return [
      {
        kind: 'sql',
        name: 'millrace_view_watermark',
        text: `INSERT INTO millrace.view_watermarks (view_id, watermark) VALUES ($1::bigint, $2::timestamptz)
               ON CONFLICT (view_id) DO UPDATE SET watermark = excluded.watermark`,
        values: [this.viewId, timestampText(this.mark)],
        expectRows: 1,
      },
    ];
  }

  bytes(): number {
    return this.writer.bytes();
  }

  epochBytes(): number {
    return this.writer.epochBytes();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
