// The state manifest in memory: what epochs wrote, in the order in which recovery reads it.

import type { SegmentContent } from '../../src/epoch/commit-port.ts';
import type { StateChanges } from '../../src/epoch/write-plan.ts';

export class MemoryState {
  private segments: SegmentContent[] = [];

  add(epoch: number, changes: StateChanges): void {
    for (const { through } of changes.folds)
      this.segments = this.segments.filter((stored) => stored.epoch > through);
    for (const segment of changes.segments) {
      const { bytes } = segment;
      this.segments.push({ ...segment, epoch, generation: 1, fold: 0, size: bytes.length });
    }
  }

  async *contents(): AsyncIterable<SegmentContent> {
    await Promise.resolve();
    yield* this.segments;
  }

  get bytes(): number {
    return this.segments.reduce((sum, { size }) => sum + size, 0);
  }
}
