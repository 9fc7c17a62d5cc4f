// Folding a little at a time: a pass over the key groups writes, epoch after epoch, a piece of the snapshot of bounded size beside the
// epoch's delta. When it is through, everything from before its first epoch leaves the manifest. Recovery reads in the order of epochs:
// deltas hold whole rows, and a piece replaces its key groups, so every point of a pass is a state to recover from, where it goes on.
//
//   resting ── the deltas outweigh the snapshot ──▶ passing ── last key group written ──▶ publishing ── next epoch ──▶ resting

import type { KeyGroupRange } from '../state/key-groups.ts';

export class SnapshotPass {
  /** The first epoch of the pass: what comes before is superseded in the end. */
  readonly since: number;
  deltas = 0;
  deltaBytes = 0;
  private readonly end: number;
  private next: number;

  /** Over these key groups. */
  constructor(since: number, { from, to }: KeyGroupRange) {
    this.since = since;
    this.next = from;
    this.end = to;
  }

  get done(): boolean {
    return this.next === this.end;
  }

  countDelta(bytes: number): void {
    this.deltaBytes += bytes;
    this.deltas++;
  }

  /** After a restart: a piece that is there. False when it is not the next one. */
  found({ from, to }: KeyGroupRange): boolean {
    const follows = from === this.next;
    if (follows) this.next = to;
    return follows;
  }

  /** The key groups of the next piece: as many as fit, and one at least. */
  take(budget: number, bytesOf: (group: number) => number): KeyGroupRange {
    const from = this.next;
    let bytes = bytesOf(this.next++);
    while (this.next < this.end) {
      bytes += bytesOf(this.next);
      if (bytes > budget) break;
      this.next++;
    }
    return { from, to: this.next };
  }
}
