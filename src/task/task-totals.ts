// What a pipeline has done since it was started: for metrics, the live line and millrace.tasks.

import type { WritePlan } from '../epoch/write-plan.ts';
import type { EpochShare, TaskFigures } from './messages.ts';

export class TaskTotals {
  rowsIn = 0;
  bytesIn = 0;
  rowsOut = 0;
  epochs = 0;
  lateRows = 0;
  deadLetters = 0;
  stateBytes = 0;
  /** State and buffers, as of the last that was heard of. */
  memoryBytes = 0;
  /** Records not yet taken, by task. */
  readonly lags: number[];
  /** Rows in by task. */
  readonly rowsByTask: number[];
  /** As of the last epoch, by task. */
  figures: readonly TaskFigures[] = [];

  constructor(tasks: number) {
    this.lags = Array.from({ length: tasks }, () => 0);
    this.rowsByTask = Array.from({ length: tasks }, () => 0);
  }

  add(plan: WritePlan, shares: readonly EpochShare[]): void {
    this.epochs++;
    this.rowsIn += plan.statistics.rowsIn;
    this.bytesIn += plan.statistics.bytesIn;
    this.rowsOut += plan.statistics.rowsOut;
    this.stateBytes = plan.statistics.stateBytes;
    this.lateRows += plan.lateRows.length;
    this.deadLetters += plan.deadLetters.length;
    this.figures = shares.map(({ figures }) => figures);
    this.figures.forEach(({ rowsIn }, task) => (this.rowsByTask[task]! += rowsIn));
  }

  get lag(): number {
    return this.lags.reduce((sum, lag) => sum + lag, 0);
  }

  /** Invalid records by source, over all tasks. */
  rejected(): ReadonlyMap<number, number> {
    const sums = new Map<number, number>();
    for (const { rejected } of this.figures)
      for (const [sourceId, records] of rejected) sums.set(sourceId, (sums.get(sourceId) ?? 0) + records);
    return sums;
  }

  /** Rows that exchanges have carried from one task to another. */
  get rowsExchanged(): number {
    return this.figures.reduce(
      (sum, { rowsSent }) => sum + rowsSent.reduce((rows, [, sent]) => rows + sent, 0),
      0,
    );
  }
}
