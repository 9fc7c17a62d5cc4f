// As how many tasks a pipeline runs, and where they live: what its statements say, otherwise what the service is configured for.

import type { Isolation, TaskOptions } from '../catalog/task-options.ts';

export interface Placement {
  readonly parallelism: number;
  readonly isolation: Isolation;
}

/** Several tasks in one thread gain nothing, so more than one of them live in threads unless something else is said. */
export function placementOf(said: TaskOptions, configured: TaskOptions): Placement {
  const parallelism = said.parallelism ?? configured.parallelism ?? 1;
  const isolation =
    said.isolation ?? configured.isolation ?? (parallelism > 1 ? ('thread' as const) : ('inline' as const));
  return { parallelism, isolation };
}
