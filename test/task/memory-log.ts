// The change log of a table or view that was played in memory, as an input: its epochs one by one, now and then none.

import type { FollowedLog } from '../../src/task/log-input.ts';
import { decodeChanges } from '../../src/views/change-log-codec.ts';
import { changeBatches } from '../../src/views/log-batches.ts';
import type { LogPosition, LogStep } from '../../src/views/view-log.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';

/** By epoch; epoch 1 comes first. */
export interface MemoryChanges {
  readonly parts: readonly (readonly Uint8Array[])[];
  /** Of the view after each epoch; left out: it has none. */
  readonly watermarks?: readonly (bigint | null)[];
}

export class MemoryLog implements FollowedLog {
  readonly committed: number;
  readonly bytes = 0;
  private epoch: number;
  private over = false;
  private readonly layout: ViewLayout;
  private readonly changes: MemoryChanges;
  private readonly random: () => number;
  private listener: () => void = () => undefined;

  constructor(layout: ViewLayout, changes: MemoryChanges, { epoch }: LogPosition, random: () => number) {
    this.layout = layout;
    this.changes = changes;
    this.random = random;
    this.epoch = epoch;
    this.committed = changes.parts.length;
  }

  onReady(listener: () => void): void {
    this.listener = listener;
    setImmediate(() => this.listener());
  }

  take(): LogStep | undefined {
    if (this.over) return undefined;
    if (this.random() < 0.4) {
      setImmediate(() => this.listener());
      return undefined;
    }
    const parts = this.changes.parts[this.epoch] ?? [];
    const watermark = this.changes.watermarks?.[this.epoch] ?? null;
    this.epoch = Math.min(this.epoch + 1, this.committed);
    this.over = this.epoch === this.committed;
    const { schema } = this.layout;
    return {
      batches: () => parts.flatMap((part) => changeBatches(schema, decodeChanges(part, schema))),
      bytes: parts.reduce((sum, { length }) => sum + length, 0),
      position: { epoch: this.epoch, loaded: { kind: 'all' } },
      watermark,
      finished: this.over,
    };
  }

  close(): Promise<void> {
    this.listener = () => undefined;
    return Promise.resolve();
  }
}
