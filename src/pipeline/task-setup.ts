// What a task is started with: plain values, so that it can be started in another thread or process.

import type { Definition } from '../catalog/definition.ts';
import type { ReplayRecord } from '../connectors/replay.ts';
import type { SinkPosition } from '../connectors/sink.ts';
import type { PartitionProgress, SourceProgress } from '../epoch/write-plan.ts';
import type { PhysicalGraph } from '../physical/graph.ts';
import type { MemoryCap } from '../task/memory-cap.ts';
import type { FoldLimits } from '../task/state-keeper.ts';
import type { StoredPosition } from './readers.ts';

export interface TaskSetup {
  readonly task: number;
  readonly tasks: number;
  readonly pipelineId: number;
  readonly graph: PhysicalGraph;
  /** What the graph reads and writes. */
  readonly definitions: readonly Definition[];
  /** Where the pipeline stands. */
  readonly epoch: number;
  /** By how many tasks the state was written. */
  readonly writtenBy: number;
  readonly partitions: readonly PartitionProgress[];
  readonly sources: readonly SourceProgress[];
  readonly sinkPositions: ReadonlyMap<number, SinkPosition>;
  readonly readerPositions: ReadonlyMap<number, StoredPosition>;
  /** Dead letters of its sources that are to be decoded again. */
  readonly replays: readonly ReplayRecord[];
  /** Fingerprints of tables whose views were dropped. */
  readonly retired: readonly string[];
  readonly settings: TaskSettings;
  readonly memory: MemoryCap;
}

export interface TaskSettings {
  readonly checkpointIntervalMs: number;
  readonly maxEpochBytes: number;
  readonly tickMs: number;
  /** Bytes that may be under way from one task to another. */
  readonly maxQueuedBytes: number;
  /** Bytes that one source of a task may read ahead. */
  readonly readAheadBytes: number;
  /** When deltas of state become a snapshot; by default as StateKeeper thinks right. */
  readonly fold?: FoldLimits;
}

export const DEFAULT_TASK_SETTINGS: TaskSettings = {
  checkpointIntervalMs: 1000,
  maxEpochBytes: 32 * 1024 * 1024,
  tickMs: 100,
  maxQueuedBytes: 4 * 1024 * 1024,
  readAheadBytes: 32 * 1024 * 1024,
};

const MIN_READ_AHEAD = 1024 * 1024;

/** Under a small cap less is read ahead and epochs are shorter, so that most of it is left to the state. */
export function settingsWithin(
  settings: TaskSettings,
  { maxBytes }: MemoryCap,
  readers: number,
): TaskSettings {
  const most = maxBytes / 8;
  const readAhead = Math.max(MIN_READ_AHEAD, Math.floor(most / Math.max(1, readers)));
  return {
    ...settings,
    maxEpochBytes: Math.min(settings.maxEpochBytes, most),
    readAheadBytes: Math.min(settings.readAheadBytes, readAhead),
  };
}
