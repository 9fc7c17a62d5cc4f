// As how many tasks a pipeline runs, where they live, and what memory it may take, as far as its statements say it.

export type Isolation = 'inline' | 'thread' | 'process';

export const ISOLATIONS: readonly Isolation[] = ['inline', 'thread', 'process'];

/** A task without a fair share of the 256 key groups would have nothing to do. */
export const MAX_PARALLELISM = 64;

/** null: as the service is configured. */
export interface TaskOptions {
  readonly parallelism: number | null;
  readonly isolation: Isolation | null;
  /** Bytes of state and buffers, over all tasks. */
  readonly maxMemory: number | null;
}

/** Less than this is taken by read-ahead and empty tables alone. */
export const MIN_MEMORY = 64 * 1024 * 1024;

export const AS_CONFIGURED: TaskOptions = { parallelism: null, isolation: null, maxMemory: null };
