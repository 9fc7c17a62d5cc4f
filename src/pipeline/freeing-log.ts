// Commits of a pipeline, and the space that they leave behind: segments that a snapshot supersedes lie in tables of their own, which are
// dropped beside the pipeline, and before it publishes the next snapshot.

import type { PipelineLog } from '../epoch/pipeline-log.ts';
import type { WritePlan } from '../epoch/write-plan.ts';

export type FreedLog = Pick<PipelineLog, 'commit' | 'dropOldFolds'>;

export class FreeingLog {
  private readonly log: FreedLog;
  private freeing: Promise<void> | null = null;

  constructor(log: FreedLog) {
    this.log = log;
  }

  /** As PipelineLog.commit; also rejects with what kept the space of an earlier one from being freed. */
  async commit(plan: WritePlan): Promise<void> {
    const supersedes = plan.state.folds.length > 0;
    if (supersedes) await this.settled();
    await this.log.commit(plan);
    if (supersedes) this.freeing = this.log.dropOldFolds();
    // Heard when it is settled: the pipeline does not wait for it here.
    this.freeing?.catch(() => undefined);
  }

  /** Nothing is being freed any more. */
  async settled(): Promise<void> {
    await this.freeing;
    this.freeing = null;
  }
}
