// As how many tasks a pipeline runs, where they live, and what memory they may take together: what its statements say, otherwise what
// the service is configured for.

import { totalmem } from 'node:os';
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../catalog/definition.ts';
import { isKept } from '../catalog/definition.ts';
import type { Isolation, TaskOptions } from '../catalog/task-options.ts';
import { MIN_MEMORY } from '../catalog/task-options.ts';

export interface Placement {
  readonly parallelism: number;
  readonly isolation: Isolation;
  /** Bytes. */
  readonly maxMemory: number;
}

/**
 * Several tasks in one thread gain nothing, so more than one of them live in threads unless something else is said. So does one that
 * waits for scripts, which may take their time: the service answers meanwhile.
 */
export function placementOf(said: TaskOptions, configured: TaskOptions, waits = false): Placement {
  const parallelism = said.parallelism ?? configured.parallelism ?? 1;
  const isolation =
    said.isolation ??
    configured.isolation ??
    (parallelism > 1 || waits ? ('thread' as const) : ('inline' as const));
  const maxMemory = said.maxMemory ?? configured.maxMemory ?? shareOfMachine();
  return { parallelism, isolation, maxMemory };
}

/** Does what the pipeline computes come to a function in JavaScript? */
export function callsScripts(pipelineId: string, catalog: Catalog): boolean {
  const calls = (definition: Definition): boolean =>
    (definition.kind === 'function' && definition.language === 'javascript') ||
    definition.dependsOn.flatMap((id) => catalog.get(id) ?? []).some((read) => !isKept(read) && calls(read));
  return catalog.pipeline(pipelineId).some(calls);
}

/** A quarter of the memory that this process may use: the machine's, or its container's. */
function shareOfMachine(): number {
  const bounds = [totalmem(), process.constrainedMemory()].filter((bytes) => bytes > 0);
  return Math.max(MIN_MEMORY, Math.floor(Math.min(...bounds) / 4));
}
