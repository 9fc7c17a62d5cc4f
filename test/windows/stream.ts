// A random source for tests of joins: its rows on time, out of order, and how far its watermark is.

import type { Row } from './view-run.ts';

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;
const DELAY = 5 * SECOND;

export class Stream {
  readonly all: Row[] = [];
  reached = -Infinity;
  private now = START;
  private readonly next: () => number;

  constructor(next: () => number) {
    this.next = next;
  }

  rows(): Row[] {
    const { next } = this;
    const rows: Row[] = [];
    for (let i = Math.floor(next() * 14); i > 0; i--) {
      this.now += Math.floor(next() * SECOND);
      const time = next() < 0.05 ? null : this.now - (next() < 0.4 ? Math.floor(next() * 2 * DELAY) : 0);
      if (time !== null && time < this.reached) continue;
      if (time !== null) this.reached = Math.max(this.reached, time - DELAY);
      // Whole seconds now and then, so that bounds are met exactly.
      const ts = time === null ? null : BigInt(next() < 0.5 ? Math.ceil(time / SECOND) * SECOND : time);
      rows.push({
        n: BigInt(this.all.length + rows.length),
        k: next() < 0.08 ? null : 'abc'[Math.floor(next() * 3)]!,
        v: next() < 0.1 ? null : BigInt(Math.floor(next() * 10)),
        ts,
        until: ts === null ? null : ts + BigInt(Math.floor(next() * 4 * SECOND)),
      });
    }
    this.all.push(...rows);
    return rows;
  }

  get watermark(): bigint | null {
    return this.reached === -Infinity ? null : BigInt(this.reached);
  }
}
