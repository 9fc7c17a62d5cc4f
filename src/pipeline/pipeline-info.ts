// What others may know of a pipeline in this process.

import type { Definition } from '../catalog/definition.ts';
import type { PipelineRunner, RunnerState } from './runner.ts';

export interface PipelineInfo {
  readonly id: string;
  readonly name: string;
  readonly state: RunnerState;
  readonly cause: unknown;
  readonly members: readonly Definition[];
  readonly runner: PipelineRunner;
}
