// Fan-out of commits to whoever follows a view in this process. Whoever commits publishes each epoch after its COMMIT was
// answered; for pipelines that run elsewhere, change-tail.ts reads the change log and publishes the same. Batches are decoded
// at most once per view and commit, and only when somebody follows the view.
//
// A topic (one view) knows the last epoch it has passed on. What it has had already is dropped; what comes later than the
// next is a gap, of which every follower is told: it reads the change log from where it stands.
//
// Followers that want the rows of one value of one column are found by that value, so that a commit costs what the
// followers cost whom it concerns.

import type { ChangelogPart } from '../postgres/write-step.ts';
import { decodeChanges } from './change-log-codec.ts';
import type { RowChange } from './row-change.ts';
import { equalityText, rowChanges } from './row-change.ts';
import type { ViewLayout } from './view-layout.ts';

export interface Follower {
  /**
   * The rows that changed in `epoch`; with an interest, only rows that it concerns. Called when there are some, and now and
   * then without any, so that the reader's version does not fall behind retention. `bytes`: about what they take as encoded.
   */
  onChanges(epoch: number, changes: readonly RowChange[], bytes: number): void;
  /** What is published from now on follows `after`: a follower that has not seen all up to there reads the log. */
  onGap(after: number): void;
  /** gone: the view was dropped, or emptied to load again. replaced: its name means another one now. */
  onEnd(how: FeedEnd): void;
}

export type FeedEnd = 'gone' | 'replaced';

/** Only rows that have, or had, this value in this column. */
export interface Interest {
  readonly column: number;
  /** As `equalityText` gives it. */
  readonly value: string;
}

export interface Published {
  readonly pipelineId: number;
  /** Nothing that concerns the views happened between `after` and `epoch`. */
  readonly after: number;
  readonly epoch: number;
  readonly parts: readonly Pick<ChangelogPart, 'viewId' | 'bytes'>[];
}

export class ChangeFeed {
  readonly #topics = new Map<number, Topic>();
  readonly #local = new Set<number>();

  /** The commits of this pipeline are published by its committer in this process. */
  own(pipelineId: number): void {
    this.#local.add(pipelineId);
  }

  disown(pipelineId: number): void {
    this.#local.delete(pipelineId);
  }

  /** Views with followers whose commits happen elsewhere, and the epochs that they have got so far. */
  remote(): { readonly layout: ViewLayout; readonly last: number | null }[] {
    return [...this.#topics.values()].filter((topic) => !this.#local.has(topic.layout.pipelineId));
  }

  /** To be called by the committer, in order, after COMMIT. */
  publish(commit: Published): void {
    for (const topic of this.#topics.values()) {
      if (topic.layout.pipelineId !== commit.pipelineId) continue;
      const parts = commit.parts.filter((part) => part.viewId === topic.layout.viewId);
      topic.publish(
        commit.after,
        commit.epoch,
        parts.map((part) => part.bytes),
      );
    }
  }

  /** The same for one view. */
  publishView(viewId: number, after: number, epoch: number, parts: readonly Uint8Array[]): void {
    this.#topics.get(viewId)?.publish(after, epoch, parts);
  }

  /** Returns how to leave. */
  follow(layout: ViewLayout, follower: Follower, interest: Interest | null): () => void {
    let topic = this.#topics.get(layout.viewId);
    if (topic === undefined) {
      topic = new Topic(layout);
      this.#topics.set(layout.viewId, topic);
    }
    const joined = topic;
    const leave = joined.join(follower, interest);
    return () => {
      leave();
      if (joined.isEmpty() && this.#topics.get(layout.viewId) === joined) this.#topics.delete(layout.viewId);
    };
  }

  /** Followers of a view that is no more are told. */
  end(viewId: number, how: FeedEnd): void {
    const topic = this.#topics.get(viewId);
    this.#topics.delete(viewId);
    topic?.end(how);
  }
}

/** Commits. */
const PROGRESS_EVERY = 64;

class Topic {
  readonly layout: ViewLayout;
  last: number | null = null;
  #sinceProgress = 0;
  readonly #everything = new Set<Follower>();
  /** Column → value → followers. */
  readonly #interested = new Map<number, Map<string, Set<Follower>>>();

  constructor(layout: ViewLayout) {
    this.layout = layout;
  }

  isEmpty(): boolean {
    return this.#everything.size === 0 && this.#interested.size === 0;
  }

  join(follower: Follower, interest: Interest | null): () => void {
    if (interest === null) {
      this.#everything.add(follower);
      return () => this.#everything.delete(follower);
    }
    const { column, value } = interest;
    const values = this.#interested.get(column) ?? new Map<string, Set<Follower>>();
    this.#interested.set(column, values);
    const followers = values.get(value) ?? new Set();
    values.set(value, followers);
    followers.add(follower);
    return () => {
      followers.delete(follower);
      if (followers.size === 0 && values.get(value) === followers) values.delete(value);
      if (values.size === 0 && this.#interested.get(column) === values) this.#interested.delete(column);
    };
  }

  publish(after: number, epoch: number, parts: readonly Uint8Array[]): void {
    if (this.last !== null && epoch <= this.last) return;
    if (this.last === null || after > this.last) for (const follower of this.#all()) follower.onGap(after);
    this.last = epoch;
    if (parts.length > 0) this.#deliver(epoch, parts);
    if (++this.#sinceProgress < PROGRESS_EVERY) return;
    this.#sinceProgress = 0;
    for (const follower of this.#all()) follower.onChanges(epoch, [], 0);
  }

  #deliver(epoch: number, parts: readonly Uint8Array[]): void {
    const changes = parts.flatMap((bytes) =>
      rowChanges(this.layout, decodeChanges(bytes, this.layout.schema)),
    );
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    const each = bytes / Math.max(1, changes.length);
    for (const follower of this.#everything) follower.onChanges(epoch, changes, bytes);
    for (const [column, values] of this.#interested) this.#route(column, values, epoch, changes, each);
  }

  #route(
    column: number,
    values: ReadonlyMap<string, ReadonlySet<Follower>>,
    epoch: number,
    changes: readonly RowChange[],
    bytesEach: number,
  ): void {
    const concerned = new Map<Follower, RowChange[]>();
    const give = (value: string, change: RowChange): void => {
      for (const follower of values.get(value) ?? []) {
        const rows = concerned.get(follower);
        if (rows === undefined) concerned.set(follower, [change]);
        else rows.push(change);
      }
    };
    for (const change of changes) {
      const before = change.before === null ? null : equalityText(change.before[column]!);
      const after = change.after === null ? null : equalityText(change.after[column]!);
      if (before !== null) give(before, change);
      if (after !== null && after !== before) give(after, change);
    }
    for (const [follower, rows] of concerned) follower.onChanges(epoch, rows, rows.length * bytesEach);
  }

  end(how: FeedEnd): void {
    for (const follower of [...this.#all()]) follower.onEnd(how);
  }

  *#all(): Generator<Follower> {
    yield* this.#everything;
    for (const values of this.#interested.values()) for (const followers of values.values()) yield* followers;
  }
}
