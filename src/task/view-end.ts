// A view as the end of a task: its writer collects the epoch and encodes its net changes.

import type { Batch } from '../data/batch.ts';
import type { ViewWriter } from '../views/view-writer.ts';
import type { EndOutput, TaskEnd } from './task-end.ts';

export class ViewEnd implements TaskEnd {
  private readonly writer: ViewWriter;

  constructor(writer: ViewWriter) {
    this.writer = writer;
  }

  push(batch: Batch): void {
    this.writer.push(batch);
  }

  endEpoch(): EndOutput {
    const encoded = this.writer.encode();
    this.writer.clear();
    if (encoded === null) return { changes: null, changelog: [], rows: 0, stage: null, afterCommit: null };
    const { viewId, steps, changeLogParts, counts } = encoded;
    const rows = counts.inserted + counts.updated + counts.deleted;
    return { changes: { viewId, steps }, changelog: changeLogParts, rows, stage: null, afterCommit: null };
  }

  bytes(): number {
    return this.writer.bytes();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
