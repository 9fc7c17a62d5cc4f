// As how many tasks a pipeline runs, and where they live, as far as its statements say it.

export type Isolation = 'inline' | 'thread' | 'process';

export const ISOLATIONS: readonly Isolation[] = ['inline', 'thread', 'process'];

/** A task without a fair share of the 256 key groups would have nothing to do. */
export const MAX_PARALLELISM = 64;

/** null: as the service is configured. */
export interface TaskOptions {
  readonly parallelism: number | null;
  readonly isolation: Isolation | null;
}

export const AS_CONFIGURED: TaskOptions = { parallelism: null, isolation: null };
