// Event time of the sources of a pipeline over all its tasks: each task tells where its partitions are, the watermark of a source is
// decided here and told to all of them. Lateness was decided before, by who read the partition.

import type { SourceProgress } from '../epoch/write-plan.ts';
import type { SourceClock } from './lateness.ts';
import type { SourceIdentity, SourceReport, SourceTime } from './messages.ts';

interface Entry {
  readonly sourceId: number;
  readonly clock: SourceClock;
  identity: string | null;
  /** What was committed last; undefined: nothing by this run. */
  committed: bigint | null | undefined;
}

export class SourceClocks {
  private readonly entries: readonly Entry[];

  /** `clocks` by source, each with the watermark that was committed. */
  constructor(clocks: ReadonlyMap<number, SourceClock>) {
    this.entries = [...clocks].map(([sourceId, clock]) => ({
      sourceId,
      clock,
      identity: null,
      committed: undefined,
    }));
  }

  get any(): boolean {
    return this.entries.length > 0;
  }

  identify(identities: readonly SourceIdentity[]): void {
    for (const { sourceId, identity } of identities) this.entry(sourceId).identity ??= identity;
  }

  /** The end of an epoch: the reports of all tasks. */
  advance(reports: readonly SourceReport[]): void {
    for (const { sourceId, partitions } of reports)
      for (const { partition, max, idle, finished } of partitions)
        Object.assign(this.entry(sourceId).clock.partition(partition), { max, idle, finished });
    for (const { clock } of this.entries) clock.advance();
  }

  times(): readonly SourceTime[] {
    return this.entries.map(({ sourceId, clock }) => ({
      sourceId,
      watermark: clock.watermark,
      slowest: clock.slowest(),
    }));
  }

  /** What the epoch commits; call once per epoch. */
  progress(): readonly SourceProgress[] {
    return this.entries.flatMap((entry) => {
      const { sourceId, identity, clock } = entry;
      if (clock.watermark === entry.committed) return [];
      entry.committed = clock.watermark;
      return [{ sourceId, watermark: clock.watermark, identity }];
    });
  }

  private entry(sourceId: number): Entry {
    return this.entries.find((entry) => entry.sourceId === sourceId)!;
  }
}
