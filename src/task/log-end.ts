// A sink that keeps a change log and no table: what a relay reads. Its net changes are committed with the epoch, so that nothing
// outside the database is written before the epoch is durable, and a slow broker delays no commit.

import type { Batch } from '../data/batch.ts';
import { encodeParts } from '../views/change-log-parts.ts';
import type { KeyedRows } from '../views/net-changes.ts';
import { ChangeCollector } from '../views/net-changes.ts';
import type { EndOutput, TaskEnd } from './task-end.ts';

export class LogEnd implements TaskEnd {
  private readonly sinkId: number;
  private readonly rows: KeyedRows;
  private readonly collector: ChangeCollector;

  constructor(sinkId: number, rows: KeyedRows) {
    this.sinkId = sinkId;
    this.rows = rows;
    this.collector = new ChangeCollector(rows);
  }

  push(batch: Batch): void {
    this.collector.push(batch);
  }

  endEpoch(): EndOutput {
    const { collector } = this;
    const changelog =
      collector.rows === 0 ? [] : encodeParts(this.sinkId, this.rows.schema, collector.finish());
    collector.clear();
    const rows = changelog.reduce((sum, part) => sum + part.rows, 0);
    return { changes: null, changelog, rows, stage: null, afterCommit: null };
  }

  bytes(): number {
    return this.collector.bytes();
  }

  epochBytes(): number {
    return this.collector.epochBytes();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
