// What a follower has not taken yet. Bounded: beyond the limit the waiting commits are merged into one net change per key; when
// even that is too much, the follower is too slow and is let go, with the version from which it can resume.

import type { RowChange } from './row-change.ts';

export interface Pending {
  /** Commits from `first` to `epoch`. */
  readonly first: number;
  readonly epoch: number;
  readonly changes: readonly RowChange[];
}

export class PendingChanges {
  readonly #limit: number;
  #queue: Pending[] = [];
  #rows = 0;

  /** `limit`: rows. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** False: there is no room, and nothing was added. Without changes, it only tells that the reader has got that far. */
  add(epoch: number, changes: readonly RowChange[]): boolean {
    const last = this.#queue.at(-1);
    if (changes.length === 0 && last !== undefined) {
      this.#queue[this.#queue.length - 1] = { ...last, epoch };
      return true;
    }
    if (this.#rows + changes.length > this.#limit) {
      this.#merge();
      if (this.#rows + changes.length > this.#limit) return false;
    }
    this.#queue.push({ first: epoch, epoch, changes });
    this.#rows += changes.length;
    return true;
  }

  take(): Pending | undefined {
    const next = this.#queue.shift();
    if (next !== undefined) this.#rows -= next.changes.length;
    return next;
  }

  clear(): void {
    this.#queue = [];
    this.#rows = 0;
  }

  #merge(): void {
    if (this.#queue.length < 2) return;
    const changes = mergeByKey(this.#queue.flatMap((pending) => pending.changes));
    this.#queue = [{ first: this.#queue[0]!.first, epoch: this.#queue.at(-1)!.epoch, changes }];
    this.#rows = changes.length;
  }
}

/** One change per key: from the first `before` to the last `after`. What came and went leaves nothing. */
export function mergeByKey(changes: readonly RowChange[]): RowChange[] {
  const merged = new Map<string, RowChange>();
  for (const change of changes) {
    const earlier = merged.get(change.key);
    if (earlier === undefined) merged.set(change.key, change);
    else merged.set(change.key, { key: change.key, before: earlier.before, after: change.after });
  }
  return [...merged.values()].filter((change) => change.before !== null || change.after !== null);
}
