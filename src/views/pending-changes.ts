// What a follower has not taken yet. Bounded: beyond the limit the waiting commits are merged into one net change per key; when
// even that is too much, the follower is too slow and is let go, with the version from which it can resume.

import type { RowChange } from './row-change.ts';

export interface Pending {
  /** Commits from `first` to `epoch`. */
  readonly first: number;
  readonly epoch: number;
  readonly changes: readonly RowChange[];
  /** As encoded in the change log. */
  readonly bytes: number;
}

export interface PendingLimits {
  readonly rows: number;
  /** As encoded in the change log. */
  readonly bytes: number;
}

export class PendingChanges {
  readonly #limits: PendingLimits;
  #queue: Pending[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(limits: PendingLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** False: there is no room, and nothing was added. Without changes, it only tells that the reader has got that far. */
  add(epoch: number, changes: readonly RowChange[], bytes: number): boolean {
    const last = this.#queue.at(-1);
    if (changes.length === 0 && last !== undefined) {
      this.#queue[this.#queue.length - 1] = { ...last, epoch };
      return true;
    }
    if (!this.#hasRoom(changes.length, bytes)) {
      this.#merge();
      if (!this.#hasRoom(changes.length, bytes)) return false;
    }
    this.#queue.push({ first: epoch, epoch, changes, bytes });
    this.#rows += changes.length;
    this.#bytes += bytes;
    return true;
  }

  #hasRoom(rows: number, bytes: number): boolean {
    return this.#rows + rows <= this.#limits.rows && this.#bytes + bytes <= this.#limits.bytes;
  }

  take(): Pending | undefined {
    const next = this.#queue.shift();
    if (next === undefined) return undefined;
    this.#rows -= next.changes.length;
    this.#bytes -= next.bytes;
    return next;
  }

  clear(): void {
    this.#queue = [];
    this.#rows = 0;
    this.#bytes = 0;
  }

  #merge(): void {
    if (this.#queue.length < 2) return;
    const changes = mergeByKey(this.#queue.flatMap((pending) => pending.changes));
    // Rows of a view are about equally long.
    const bytes = (this.#bytes * changes.length) / Math.max(1, this.#rows);
    this.#queue = [{ first: this.#queue[0]!.first, epoch: this.#queue.at(-1)!.epoch, changes, bytes }];
    this.#rows = changes.length;
    this.#bytes = bytes;
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
