// What a pipeline may hold: bytes of state and buffers, over all its tasks. V8's own bounds do not see typed arrays, so they are
// counted here, by capacity. A task looks when it has passed on so many rows and before it lets others have their turn, the
// coordinator adds up what the tasks say. Between two looks tables may grow: large arrays by an eighth, an index by as much
// as it holds.
//
// Beyond the cap the epoch at hand is void and the pipeline pauses: what was committed is below the cap, and the rest is read again.

import { MillraceError } from '../errors.ts';

/** Of a task. */
export interface MemoryUse {
  readonly tables: readonly (readonly [fingerprint: string, bytes: number])[];
  /** Rows of the epoch at hand, input that was read ahead, rows on their way between tasks. */
  readonly buffers: number;
}

export interface MemoryCap {
  readonly maxBytes: number;
  /** By fingerprint of a state table: what it is for. */
  readonly names: ReadonlyMap<string, string>;
}

export const NO_MEMORY: MemoryUse = { tables: [], buffers: 0 };

/** How many parts the error names, the largest first. */
const NAMED = 4;

export function memoryBytes({ tables, buffers }: MemoryUse): number {
  return tables.reduce((sum, [, bytes]) => sum + bytes, buffers);
}

/** `committing`: bytes of the epoch that is on its way to Postgres. */
export function checkMemory(cap: MemoryCap, uses: readonly MemoryUse[], committing = 0): void {
  const bytes = uses.reduce((sum, use) => sum + memoryBytes(use), committing);
  if (bytes > cap.maxBytes) throw exceeded(cap, bytes, partsOf(cap, uses, committing));
}

function partsOf({ names }: MemoryCap, uses: readonly MemoryUse[], committing: number): Map<string, number> {
  const parts = new Map<string, number>();
  const add = (name: string, bytes: number): unknown => parts.set(name, (parts.get(name) ?? 0) + bytes);
  for (const { tables, buffers } of uses) {
    for (const [fingerprint, held] of tables) add(names.get(fingerprint) ?? `state ${fingerprint}`, held);
    add('buffers', buffers);
  }
  add('the epoch being committed', committing);
  return parts;
}

function exceeded({ maxBytes }: MemoryCap, bytes: number, parts: ReadonlyMap<string, number>): MillraceError {
  const largest = [...parts].sort(([, a], [, b]) => b - a).slice(0, NAMED);
  const shares = largest.filter(([, held]) => held > 0).map(([name, held]) => `${megabytes(held)} ${name}`);
  return new MillraceError({
    code: 'MEMORY_LIMIT',
    domain: 'external',
    message: `the pipeline holds ${megabytes(bytes)}, more than its max_memory of ${megabytes(maxBytes)}: ${shares.join(', ')}`,
    hint: "raise it (ALTER … SET (max_memory = '…'), or MILLRACE_PIPELINE_MEMORY_MB), or bound what is kept by windows or temporal filters; after ALTER … RESUME it goes on from its last epoch",
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MB`;
}
