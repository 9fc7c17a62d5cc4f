// What others may know of a pipeline in this process.

import type { Definition } from '../catalog/definition.ts';
import type { PipelineRunner, RunnerState } from './runner.ts';

export interface PipelineInfo {
  readonly id: string;
  readonly name: string;
  /** bootstrapping: it runs, and does not have all of its input yet. */
  readonly state: RunnerState | 'bootstrapping';
  /** Of what it has to load or read while it is bootstrapping; null otherwise. */
  readonly percent: number | null;
  readonly cause: unknown;
  readonly members: readonly Definition[];
  readonly runner: PipelineRunner;
}
