// Write plans for tests.

import type { WritePlan } from '../../src/epoch/write-plan.ts';

export function emptyPlan(pipelineId: number, epoch: number): WritePlan {
  return {
    pipelineId,
    epoch,
    ts: BigInt(epoch) * 1_000_000n,
    partitions: [],
    sources: [],
    tasks: 1,
    state: { segments: [], ahead: [], folds: [] },
    views: [],
    changelog: [],
    lateRows: [],
    deadLetters: [],
    viewErrors: [],
    statistics: { startedAt: 0n, rowsIn: 1, bytesIn: 2, rowsOut: 3, stateBytes: 4, nextClose: null },
    status: 'running',
  };
}
