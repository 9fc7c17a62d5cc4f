// Starts the tasks of a pipeline where they are to live.

import { flushCompileCache } from 'node:module';
import type { Isolation } from '../catalog/task-options.ts';
import type { HostedTask } from '../task/hosts/host.ts';
import { hostInline } from '../task/hosts/inline.ts';
import { hostProcesses } from '../task/hosts/process.ts';
import { hostThreads } from '../task/hosts/thread.ts';
import type { HostedSetup } from './hosted-task.ts';
import type { TaskWorld } from './open-task.ts';
import { runTask } from './open-task.ts';
import type { TaskSetup } from './task-setup.ts';

export interface HostingWorld {
  /** For tasks in this thread. */
  readonly world: TaskWorld;
  /** For the others, which open connections of their own. */
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly tlsRoot: string | null;
  readonly registries: readonly string[];
  readonly memoryMb: number | null;
  readonly onProcess?: (pipelineId: number, task: number, pid: number) => void;
}

export function hostTasks(
  setups: readonly TaskSetup[],
  isolation: Isolation,
  hosting: HostingWorld,
): readonly HostedTask[] {
  const { world, databaseUrl, brokers, tlsRoot, registries, memoryMb, onProcess } = hosting;
  if (isolation === 'inline')
    return hostInline(setups.length, (channel, peers, task) => runTask(setups[task]!, world, channel, peers));
  const { fileRoot } = world;
  const hosted = setups.map((setup): HostedSetup => ({
    setup,
    brokers,
    fileRoot,
    tlsRoot,
    registries,
    databaseUrl,
  }));
  // What this process has compiled need not be compiled again in theirs.
  flushCompileCache();
  if (isolation === 'thread') return hostThreads(hosted, { entry: entry('thread-entry'), memoryMb });
  const pipelineId = setups[0]!.pipelineId;
  return hostProcesses(hosted, {
    entry: entry('process-entry'),
    memoryMb,
    onStart: (task, pid) => onProcess?.(pipelineId, task, pid),
  });
}

/** Beside this file, as TypeScript in a checkout and as JavaScript in a build. */
function entry(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}
