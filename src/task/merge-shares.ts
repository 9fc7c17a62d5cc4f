// The shares of all tasks become the one write plan of an epoch. Keys of a view, segments and partitions are each in one share, so
// merging is putting side by side; only the parts of a change log are counted anew.

import { earliest } from '../operators/dataflow.ts';
import type { Fold, PipelineStatus, SourceProgress, StateChanges, WritePlan } from '../epoch/write-plan.ts';
import type { ChangelogPart } from '../postgres/write-step.ts';
import type { EpochShare } from './messages.ts';

export interface EpochFrame {
  readonly pipelineId: number;
  readonly epoch: number;
  readonly ts: bigint;
  readonly startedAt: bigint;
  readonly sources: readonly SourceProgress[];
  readonly status: PipelineStatus;
  /** Tasks whose segments leave the manifest: they are no more, and the state was written anew. */
  readonly gone: readonly number[];
}

export function mergeShares(frame: EpochFrame, shares: readonly EpochShare[]): WritePlan {
  const { startedAt, gone, ...rest } = frame;
  const sum = (of: (share: EpochShare) => number): number =>
    shares.reduce((total, share) => total + of(share), 0);
  return {
    ...rest,
    partitions: shares.flatMap((share) => share.partitions),
    tasks: shares.length,
    state: mergeState(
      shares.map((share) => share.state),
      gone.map((task) => ({ task, through: frame.epoch })),
    ),
    views: shares.flatMap((share) => share.views),
    changelog: numbered(shares.flatMap((share) => share.changelog)),
    lateRows: shares.flatMap((share) => share.lateRows),
    deadLetters: shares.flatMap((share) => share.deadLetters),
    replayed: shares.flatMap((share) => share.replayed),
    viewErrors: shares.flatMap((share) => share.viewErrors),
    statistics: {
      startedAt,
      rowsIn: sum(({ figures }) => figures.rowsIn),
      bytesIn: sum(({ figures }) => figures.bytesIn),
      rowsOut: sum(({ figures }) => figures.rowsOut),
      stateBytes: sum(({ figures }) => figures.stateBytes),
      nextClose: earliest(shares.map(({ figures }) => figures.nextClose)),
    },
  };
}

function mergeState(changes: readonly StateChanges[], gone: readonly Fold[]): StateChanges {
  return {
    segments: changes.flatMap(({ segments }) => segments),
    ahead: changes.flatMap(({ ahead }) => ahead),
    folds: [...changes.flatMap(({ folds }) => folds), ...gone],
  };
}

function numbered(parts: readonly ChangelogPart[]): readonly ChangelogPart[] {
  const next = new Map<number, number>();
  return parts.map((part) => {
    const number = next.get(part.viewId) ?? 0;
    next.set(part.viewId, number + 1);
    return { ...part, part: number };
  });
}

/** About what a plan keeps in memory until it is durable: segments and change log; the statements of views hold the same rows. */
export function planBytes({ state, changelog }: WritePlan): number {
  const segments = state.segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return segments + 2 * changelog.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
