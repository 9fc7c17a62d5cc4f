// Which partitions are to be looked at because their first session may have closed: one time for each of them, at or before the end of
// that session. A row costs something here only when it is the first of its partition, or earlier than the others.

import { Expiry, NO_END } from '../../state/expiry.ts';
import { grownBigints, grownBytes } from '../../state/growing.ts';

export class Closing {
  private times: BigInt64Array = new BigInt64Array(64);
  /** 1: `times` holds, and stands in the heap. */
  private waits: Uint8Array = new Uint8Array(64);
  private readonly heap = new Expiry({
    endOf: (partition) => (this.waits[partition] === 1 ? this.times[partition]! : NO_END),
  });

  /** Look at a partition when event time has come to `time`, or earlier. */
  at(partition: number, time: bigint, partitions: number): void {
    if (this.waits.length <= partition) this.makeRoom(partition);
    if (this.waits[partition] === 1 && this.times[partition]! <= time) return;
    this.times[partition] = time;
    this.waits[partition] = 1;
    this.heap.add(partition, partitions);
  }

  private makeRoom(partition: number): void {
    const room = Math.max(partition + 1, this.waits.length * 2);
    this.times = grownBigints(this.times, room);
    this.waits = grownBytes(this.waits, room);
  }

  /** Those whose time has come; they wait no longer. */
  due(through: bigint): readonly number[] {
    const due = this.heap.take(through);
    for (const partition of due) this.waits[partition] = 0;
    return due;
  }

  /** At or before the earliest of the times; null: nothing waits. */
  next(): bigint | null {
    return this.heap.next();
  }
}
