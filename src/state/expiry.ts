// Which slots end when: a binary heap of (time, slot) in typed arrays, so that freeing what has expired costs what expires and
// not a walk over everything. Slots that go otherwise stay in the heap until their time, or until half of it is void;
// an entry counts only when its slot is live and still ends at the entry's time. Times are doubles here, which are compared without
// making an object of each; where two of them are too far from 1970 to be told apart, the slot is asked.

import { grownDoubles, grownInt32s, nextCapacity } from './growing.ts';

/** No time: never expires. */
export const NO_END = 2n ** 63n - 1n;
const NEVER = Number(NO_END);
/** Doubles of that size are so far apart. */
const INEXACT = 1024n;

export interface ExpiringSlots {
  /** When a slot ends; NO_END also for a slot that is not live. */
  endOf(slot: number): bigint;
  /** The same as the nearest double, when it is had without the bigint; null: ask the other. */
  roughEnd?(slot: number): number | null;
}

export class Expiry {
  private times: Float64Array = new Float64Array(64);
  private slots: Int32Array = new Int32Array(64);
  private size = 0;
  private readonly of: ExpiringSlots;

  constructor(of: ExpiringSlots) {
    this.of = of;
  }

  /** `live`: how many slots the table has, this one included. */
  add(slot: number, live: number): void {
    const time = this.endOf(slot);
    if (time === NEVER) return;
    if (this.size === this.slots.length) this.makeRoom(live);
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.times[parent]! <= time) break;
      this.times[i] = this.times[parent]!;
      this.slots[i] = this.slots[parent]!;
      i = parent;
    }
    this.times[i] = time;
    this.slots[i] = slot;
  }

  private endOf(slot: number): number {
    return this.of.roughEnd?.(slot) ?? Number(this.of.endOf(slot));
  }

  /** Live slots that end at or before `through`, ascending; they leave the heap. */
  take(through: bigint): number[] {
    const found: number[] = [];
    const later: number[] = [];
    const until = Number(through);
    while (this.size > 0 && this.times[0]! <= until) {
      const slot = this.slots[0]!;
      const time = this.times[0]!;
      this.dropFirst();
      if (this.endOf(slot) !== time) continue;
      (time < until || this.of.endOf(slot) <= through ? found : later).push(slot);
    }
    for (const slot of new Set(later)) this.add(slot, this.slots.length);
    return found.sort((a, b) => a - b).filter((slot, i) => slot !== found[i - 1]);
  }

  /** At or before the earliest time; an entry that does not count any more may hold it. Null: none. */
  next(): bigint | null {
    if (this.size === 0) return null;
    const end = this.of.endOf(this.slots[0]!);
    return Number(end) === this.times[0] ? end : BigInt(this.times[0]!) - INEXACT;
  }

  private dropFirst(): void {
    this.size--;
    const time = this.times[this.size]!;
    const slot = this.slots[this.size]!;
    this.sink(0, time, slot);
  }

  private sink(from: number, time: number, slot: number): void {
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.times[child + 1]! < this.times[child]!) child++;
      if (this.times[child]! >= time) break;
      this.times[i] = this.times[child]!;
      this.slots[i] = this.slots[child]!;
      i = child;
    }
    this.times[i] = time;
    this.slots[i] = slot;
  }

  /** Leaves out void entries when they are the larger part, and grows otherwise. */
  private makeRoom(live: number): void {
    if (this.size > 2 * live) this.clean();
    if (this.size * 2 <= this.slots.length) return;
    const capacity = nextCapacity(this.slots.length);
    this.times = grownDoubles(this.times, capacity);
    this.slots = grownInt32s(this.slots, capacity);
  }

  private clean(): void {
    const seen = new Uint8Array(this.slots.subarray(0, this.size).reduce((a, b) => Math.max(a, b), 0) + 1);
    let n = 0;
    for (let i = 0; i < this.size; i++) {
      const slot = this.slots[i]!;
      const time = this.times[i]!;
      if (seen[slot] === 1 || this.endOf(slot) !== time) continue;
      seen[slot] = 1;
      this.times[n] = time;
      this.slots[n++] = slot;
    }
    this.size = n;
    for (let i = (n >> 1) - 1; i >= 0; i--) this.sink(i, this.times[i]!, this.slots[i]!);
  }

  bytes(): number {
    return this.times.byteLength + this.slots.byteLength;
  }
}
